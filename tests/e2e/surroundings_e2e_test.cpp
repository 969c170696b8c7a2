// What surrounds a run may be odd (names, folders) or break (disk, server, connection): it works, or says what happened
// and what to do, with exit code 6; and the next run is right.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>

#include <prodclone/base/files.hpp>
#include <prodclone/base/text.hpp>
#include <support/eventually.hpp>

#include "background_run.hpp"
#include "sample_project.hpp"

namespace prodclone::e2e {
namespace {

namespace fs = std::filesystem;
using selftest::eventually;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr int could_not_check = 6;
constexpr std::chrono::seconds to_get_there(90);

void expect_clean(const SampleProject& project) { EXPECT_TRUE(project.becomes_clean(std::chrono::seconds(20))) << project.what_is_left(); }

void expect_green(const SampleProject& project, const std::string& label) {
  const auto result = Ctest(project).run({"-L", label});
  EXPECT_EQ(result.outcome.exit_code, 0) << tail(result.outcome);
  EXPECT_FALSE(result.cases.empty());
  expect_clean(project);
}

void expect_could_not_check(const process::Outcome& outcome) {
  EXPECT_EQ(outcome.exit_code, could_not_check) << tail(outcome);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("prodclone: "), HasSubstr("\n  "), Not(HasSubstr("fault of prodclone itself"))));
}

// ---- names ----

TEST(Folder, MayHaveBlanksAndQuotesInItsName) {
  const SampleProject project({.folder = "it's \"our\" $HOME; orcha"});
  const auto rehearsed = project.run_cli({"rehearse"});
  EXPECT_EQ(rehearsed.exit_code, 0) << tail(rehearsed);
  EXPECT_EQ(project.run_cli({"drop-clone"}).exit_code, 0);
  expect_clean(project);
  expect_green(project, "^(fk|refactor)$");
}

TEST(Databases, MayHaveCapitalsBlanksAndQuotesInTheirNames) {
  const SampleProject project;
  const std::string clone = "Orcha \"Prod\" it's a Clone", fresh = "Orcha \\Fresh\\";
  project.edit_config([&](nlohmann::ordered_json& config) {
    config["databases"]["clone"] = clone;
    config["databases"]["fresh"] = fresh;
  });
  for (const char* command : {"load", "migrate", "reset", "fresh", "rehearse"}) {
    const auto outcome = project.run_cli({command});
    EXPECT_EQ(outcome.exit_code, 0) << command << ": " << tail(outcome);
  }
  EXPECT_THAT(project.ask_server("SELECT datname::text AS answer FROM pg_catalog.pg_database WHERE datname LIKE 'Orcha%' ORDER BY datname"), ElementsAre(clone, fresh));
  const auto compared = project.run_cli({"schema-diff", "--a", clone, "--b", fresh});
  EXPECT_EQ(compared.exit_code, 0) << tail(compared);
  EXPECT_EQ(project.run_cli({"drop-clone"}).exit_code, 0);
  expect_clean(project);
  expect_green(project, "^(schema|fk|refactor)$");
}

// ---- folders ----

// Of this user; as root, of a user who may write nothing there.
process::Command by_whom_it_is_read_only(const SampleProject& project, process::Command command) {
  fs::permissions(project.root(), fs::perms{0555});
  if (::geteuid() != 0) return command;
  for (const auto& entry : fs::recursive_directory_iterator(project.root())) fs::permissions(entry.path(), fs::perms{0555}, fs::perm_options::add);
  fs::permissions(project.root().parent_path(), fs::perms{0755});
  // Its own way to the program, which need not be readable where it was built.
  const auto program = project.root().parent_path() / fs::path(command.arguments[0]).filename();
  fs::copy_file(command.arguments[0], program, fs::copy_options::skip_existing);
  command.arguments[0] = program.string();
  command.arguments.insert(command.arguments.begin(), {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"});
  return command;
}

TEST(Workspace, ThatIsReadOnlyIsNamedWithARemedy) {
  const SampleProject project;
  for (const char* argument : {"load", "rehearse", "drop-clone"}) {
    const auto outcome = process::run(by_whom_it_is_read_only(project, project.cli({argument})));
    expect_could_not_check(outcome);
    EXPECT_THAT(outcome.err, AllOf(HasSubstr((project.root() / ".prodclone").string()), HasSubstr("let this user write in " + project.root().string())));
  }
  const auto suite = process::run(by_whom_it_is_read_only(project, project.suite("suite_fk")));
  EXPECT_NE(suite.exit_code, 0);
  EXPECT_THAT(suite.out, AllOf(HasSubstr("Nothing was checked"), HasSubstr("let this user write in")));
  EXPECT_FALSE(fs::exists(project.root() / ".prodclone"));
  fs::permissions(project.root(), fs::perms{0755});
  expect_green(project, "^dirty$");
}

// A disk of its own for the state folder, where this process may mount one.
class SmallDisk {
 public:
  SmallDisk(const SampleProject& project, const std::string& options, unsigned long flags = 0) : folder_(project.root() / ".prodclone") {
    // So that the server's account reaches it, and its data is not put elsewhere.
    for (auto folder = project.root(); folder != fs::temp_directory_path() && folder != folder.root_path(); folder = folder.parent_path())
      fs::permissions(folder, fs::perms{0755});
    make_private_directory(folder_);
    mounted_ = ::mount("prodclone-selftest", folder_.c_str(), "tmpfs", flags, ("mode=0755," + options).c_str()) == 0;
  }
  ~SmallDisk() {
    if (mounted_) ::umount2(folder_.c_str(), MNT_DETACH);
  }
  bool mounted() const { return mounted_; }

 private:
  fs::path folder_;
  bool mounted_ = false;
};

// The nearest thing to a full disk without one: no file may grow beyond this.
process::Command with_small_files(process::Command command, const std::string& bytes) {
  command.arguments.insert(command.arguments.begin(), {"prlimit", "--fsize=" + bytes, "--"});
  return command;
}

TEST(Disk, ThatIsMountedReadOnlyIsNamedWithARemedy) {
  const SampleProject project;
  {
    const SmallDisk disk(project, "size=1m", MS_RDONLY);
    // Where mounting is forbidden, the folder alone is.
    const auto outcome = process::run(disk.mounted() ? project.cli({"load"}) : by_whom_it_is_read_only(project, project.cli({"load"})));
    expect_could_not_check(outcome);
    EXPECT_THAT(outcome.err, AllOf(HasSubstr(disk.mounted() ? "Read-only file system" : "Permission denied"), HasSubstr("let this user write in " + project.root().string())));
    fs::permissions(project.root(), fs::perms{0755});
  }
  expect_green(project, "^dirty$");
}

TEST(Disk, ThatIsTooSmallForTheServerIsSaid) {
  const SampleProject project;
  {
    const SmallDisk disk(project, "size=16m");
    const auto outcome = process::run(disk.mounted() ? project.cli({"load"}) : with_small_files(project.cli({"load"}), "4000000"));
    expect_could_not_check(outcome);
    if (disk.mounted()) {
      EXPECT_THAT(outcome.err, AllOf(HasSubstr("No space left on device"), HasSubstr("free some room")));
    }
    EXPECT_TRUE(eventually([&] { return !project.has_processes(); })) << project.what_is_left();
  }
  expect_green(project, "^dirty$");
}

// Room for the server, and for the load by the estimate, but not for what comes.
TEST(Disk, ThatFillsUpIsSaidAndNothingHalfMadeLooksWhole) {
  const SampleProject project;
  {
    const SmallDisk disk(project, "size=76m");
    const auto outcome = process::run(disk.mounted() ? project.cli({"rehearse"}) : with_small_files(project.cli({"rehearse"}), "17000000"));
    expect_could_not_check(outcome);
    if (disk.mounted()) {
      EXPECT_THAT(outcome.err, AllOf(AnyOf(HasSubstr("No space left on device"), HasSubstr("disk")), AnyOf(HasSubstr("ree some room"), HasSubstr("free some"))));
    }
    EXPECT_THAT(project.ask_server("SELECT datname::text AS answer FROM pg_catalog.pg_database WHERE datname LIKE 'orcha%'"), IsEmpty());
    EXPECT_TRUE(project.run_cli({"drop-clone"}).exit_code == 0);
    EXPECT_TRUE(eventually([&] { return !project.has_processes(); })) << project.what_is_left();
  }
  expect_green(project, "^dirty$");
}

// Takes what is left of a disk, to the last byte, for as long as it lives.
class Filler {
 public:
  explicit Filler(fs::path file) : file_(std::move(file)) {
    std::string block(1 << 20, 'x');
    const int descriptor = ::open(file_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    while (descriptor >= 0 && !block.empty())
      if (::write(descriptor, block.data(), block.size()) <= 0) block.resize(block.size() / 2);
    ::close(descriptor);
  }
  ~Filler() { fs::remove(file_); }
  Filler(const Filler&) = delete;
  Filler& operator=(const Filler&) = delete;

 private:
  fs::path file_;
};

bool has_no_server(const SampleProject& project) {
  for (const auto& entry : fs::directory_iterator(project.root() / ".prodclone"))
    if (entry.path().filename().string().starts_with("server-")) return false;
  return !project.has_processes();
}

// Where mounting is forbidden the disk is not full, and the same must hold.
TEST(Disk, ThatIsFullToTheLastByteIsCleanedUpAllTheSame) {
  const SampleProject project;
  {
    const SmallDisk disk(project, "size=200m");
    ASSERT_EQ(project.run_cli({"load"}).exit_code, 0);
    {
      std::optional<Filler> filler;
      if (disk.mounted()) {
        filler.emplace(project.root() / ".prodclone/filler");
        const auto outcome = project.run_cli({"rehearse"});
        expect_could_not_check(outcome);
        EXPECT_THAT(outcome.err, HasSubstr("No space left on device"));
        filler.emplace(project.root() / ".prodclone/filler");   // what that one gave up
      }
      const auto dropped = project.run_cli({"drop-clone"});
      EXPECT_EQ(dropped.exit_code, 0) << tail(dropped);
      EXPECT_THAT(dropped.out, HasSubstr("embedded server"));
      EXPECT_TRUE(has_no_server(project)) << project.what_is_left();
      EXPECT_FALSE(fs::exists(project.root() / ".prodclone/ballast"));
    }
    const auto again = project.run_cli({"load"});
    EXPECT_EQ(again.exit_code, 0) << tail(again);
    EXPECT_EQ(project.run_cli({"drop-clone"}).exit_code, 0);
  }
  expect_clean(project);
}

// ---- the server and the connection ----

// At the end of the pending migration, for as long as this object lives.
class EndlessStatement {
 public:
  explicit EndlessStatement(const SampleProject& project) : project_(project), before_(read_file(project.pending_migration())) {
    std::ofstream(project.pending_migration(), std::ios::app) << "\n--;;\nSELECT pg_catalog.pg_sleep(1000);\n";
  }
  ~EndlessStatement() { std::ofstream(project_.pending_migration(), std::ios::trunc) << before_; }

  bool is_running() const {
    return eventually([&] { return !project_.ask_server("SELECT 'yes' AS answer" + where_).empty(); }, to_get_there);
  }
  void cut() const { project_.ask_server("SELECT pg_catalog.pg_terminate_backend(pid)::text AS answer" + where_); }

 private:
  const SampleProject& project_;
  std::string before_;
  const std::string where_ = " FROM pg_catalog.pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep(1000)%' AND pid <> pg_catalog.pg_backend_pid()";
};

TEST(Server, RestartedDuringAMigrationIsNotTheMigrationsFault) {
  const SampleProject project;
  {
    const EndlessStatement endless(project);
    BackgroundRun run(project.cli({"rehearse"}), "prodclone", project.config_file().string());
    ASSERT_TRUE(endless.is_running()) << project.what_is_left();
    const auto postmaster = project.postmaster();
    ASSERT_TRUE(postmaster);
    // Not seen before the server is back: its run would stop it for good.
    ASSERT_TRUE(run.send(SIGSTOP));
    const fs::path data = fs::read_symlink("/proc/" + std::to_string(postmaster->pid) + "/cwd");
    const auto pg_ctl = fs::read_symlink("/proc/" + std::to_string(postmaster->pid) + "/exe").parent_path() / "pg_ctl";
    const auto restarted = process::run({.arguments = {pg_ctl.string(), "restart", "-D", data.string(), "-m", "fast", "-w", "-l", "/dev/null"},
                                         .directory = "/",
                                         .run_as = ::geteuid() == 0 ? std::optional<std::string>("postgres") : std::nullopt,
                                         .output_to_null = true});
    EXPECT_TRUE(restarted.succeeded()) << tail(restarted);
    ASSERT_TRUE(run.send(SIGCONT));
    const auto& outcome = run.wait();
    expect_could_not_check(outcome);
    EXPECT_THAT(outcome.err, AllOf(HasSubstr("could not be finished"), HasSubstr("The connection was lost"), HasSubstr("says nothing about the migration")));
    EXPECT_EQ(project.run_cli({"drop-clone"}).exit_code, 0);
  }
  expect_clean(project);
  expect_green(project, "^locks$");
}

TEST(Disk, ThatIsFullWhenARunIsKilledIsCleanedUpByItsWarden) {
  const SampleProject project;
  {
    const SmallDisk disk(project, "size=200m");
    std::optional<Filler> filler;
    {
      const EndlessStatement endless(project);
      Ctest ctest(project);
      BackgroundRun run(ctest.command({"-L", "^locks$"}), "ctest", ctest.folder().string());
      ASSERT_TRUE(endless.is_running()) << project.what_is_left();
      if (disk.mounted()) filler.emplace(project.root() / ".prodclone/filler");
      ASSERT_TRUE(run.send(SIGKILL));
      run.wait();
      EXPECT_TRUE(eventually([&] { return has_no_server(project); }, std::chrono::seconds(30))) << project.what_is_left();
    }
    filler.reset();
    expect_green(project, "^locks$");
  }
}

TEST(Connection, CutDuringAMigrationIsNotTheMigrationsFault) {
  const SampleProject project;
  {
    const EndlessStatement endless(project);
    BackgroundRun run(project.cli({"rehearse"}), "prodclone", project.config_file().string());
    ASSERT_TRUE(endless.is_running()) << project.what_is_left();
    endless.cut();
    const auto& outcome = run.wait();
    expect_could_not_check(outcome);
    EXPECT_THAT(outcome.err, AllOf(HasSubstr("terminating connection"), HasSubstr("could not be finished"), HasSubstr("says nothing about the migration")));
  }
  EXPECT_EQ(project.run_cli({"drop-clone"}).exit_code, 0);
  expect_clean(project);
}

TEST(Connection, CutDuringALoadIsSaid) {
  const SampleProject project({.scale = 0.3});
  BackgroundRun run(project.cli({"load"}), "prodclone", project.config_file().string());
  const std::string loading = " FROM pg_catalog.pg_stat_activity WHERE datname LIKE 'prodclone\\_tmp\\_%' AND query LIKE 'COPY %' AND state = 'active'";
  ASSERT_TRUE(eventually([&] { return !project.ask_server("SELECT pg_catalog.pg_terminate_backend(pid)::text AS answer" + loading).empty(); }, to_get_there));
  const auto& outcome = run.wait();
  expect_could_not_check(outcome);
  EXPECT_THAT(outcome.err, AnyOf(HasSubstr("connection"), HasSubstr("terminating")));
  expect_clean(project);
  const auto again = project.run_cli({"load"});
  EXPECT_EQ(again.exit_code, 0) << tail(again);
  EXPECT_THAT(again.out, Not(HasSubstr("reused")));
  EXPECT_EQ(project.run_cli({"drop-clone"}).exit_code, 0);
  expect_clean(project);
}

TEST(Connection, CutDuringACheckIsAFailureThatSaysItCouldNotCheck) {
  const SampleProject project;
  fs::create_directories(project.root() / "refactors/slow");
  std::ofstream(project.root() / "refactors/slow/case.json") << R"({"migration": "20260424-rename-legal-entity-to-tenant"})";
  std::ofstream(project.root() / "refactors/slow/after_asking.sql") << "SELECT 1 WHERE pg_catalog.pg_sleep(1000) IS NULL";
  const std::string asking = " FROM pg_catalog.pg_stat_activity WHERE wait_event = 'PgSleep'";  // through a cursor
  Ctest ctest(project);
  BackgroundRun run(ctest.command({"-L", "^refactor$", "-R", "^slow\\."}), "ctest", ctest.folder().string());
  ASSERT_TRUE(eventually([&] { return !project.ask_server("SELECT pg_catalog.pg_terminate_backend(pid)::text AS answer" + asking).empty(); }, to_get_there)) << project.what_is_left();
  const auto result = ctest.result(run.wait());
  EXPECT_THAT(result.failed(), ElementsAre("slow.after_asking"));
  ASSERT_NE(result.find("slow.after_asking"), nullptr) << tail(result.outcome);
  EXPECT_THAT(result.find("slow.after_asking")->text, AllOf(HasSubstr("Could not check"), HasSubstr("terminating connection")));
  expect_clean(project);
}

}  // namespace
}  // namespace prodclone::e2e
