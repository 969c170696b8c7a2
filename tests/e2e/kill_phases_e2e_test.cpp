// Every phase of a run, killed in each of three ways: Ctrl-C, SIGKILL of ctest, SIGKILL of the phase's own process.
// Within seconds nothing is left, and the next run is right. The moment is known by the phase's own mark (a database,
// a query, a process) and held by stopping the process until the signal has been sent. docs/killed.md is this table.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <prodclone/base/files.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/databases/leases.hpp>
#include <support/eventually.hpp>

#include "background_run.hpp"
#include "sample_project.hpp"

namespace prodclone::e2e {
namespace {

namespace fs = std::filesystem;
using selftest::eventually;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Processes = std::vector<process::Identity>;

constexpr seconds to_get_there(90);
// It takes one to three; the rest is for a machine on which other tests run.
constexpr seconds soon(20);

struct Phase {
  std::string name = {};
  std::string label = {};      // what ctest is asked for
  std::string process = {};    // on the command line of the phase's own process
  std::string stalls = {};     // a file of the migrations that gets a statement which does not end
  std::string database = {};   // the beginning of a name that the phase is known by
  bool connected = false;      // it is under way when it talks to the server
};

void PrintTo(const Phase& phase, std::ostream* out) { *out << phase.name; }

Phase suite(const std::string& label, const std::string& program) {
  return {.name = "suite_" + label, .label = label, .process = program, .connected = true};
}

// It judges what was read before.
Phase reader(const std::string& label, const std::string& program) { return {.name = "suite_" + label, .label = label, .process = program}; }

const std::string migrations = "resources/migrations/";

const std::vector<Phase> phases = {
    {.name = "server", .label = "dirty", .process = std::string("initdb\0-D", 9)},
    {.name = "load", .label = "dirty", .process = "--gtest_filter=Provision.Pristine", .database = "prodclone_tmp_"},
    {.name = "migrate", .label = "locks", .process = "--gtest_filter=Provision.Migrated",
     .stalls = migrations + "20260424-rename-legal-entity-to-tenant.up.sql"},
    {.name = "traffic", .label = "locks", .process = "--gtest_filter=Provision.Traffic", .database = "prodclone_orcha_case_"},
    {.name = "clone", .label = "fk", .process = "--gtest_filter=Provision.Clone", .connected = true},
    {.name = "fresh", .label = "schema", .process = "--gtest_filter=Provision.Fresh", .stalls = migrations + "20260407-tune-indexes.up.sql"},
    {.name = "expected", .label = "schema", .process = "--gtest_filter=Provision.Expected", .connected = true},
    suite("schema", "/suite_schema"),
    suite("fk", "/suite_fk"),
    suite("data", "/suite_data"),
    reader("locks", "/suite_locks"),
    reader("dirty", "/suite_dirty"),
    reader("leftovers", "/suite_leftovers"),
    suite("roundtrip", "/suite_roundtrip"),
    reader("ingestion", "/suite_ingestion"),
    reader("smoke", "/suite_smoke"),
    reader("preflight", "/suite_preflight"),
    {.name = "suite_refactor", .label = "refactor", .process = "/rename_legal_entity_to_tenant", .database = "prodclone_orcha_case_"},
    {.name = "teardown", .label = "dirty", .process = "--gtest_filter=Cleanup"},
};

// Sessions of its own, beside the three descriptors that it was given.
bool talks_to_a_server(const process::Identity& one) {
  std::error_code error;
  for (fs::directory_iterator entry(fmt::format("/proc/{}/fd", one.pid), error), end; !error && entry != end; entry.increment(error)) {
    std::error_code gone;
    if (std::stoi(entry->path().filename().string()) > 2 && fs::read_symlink(entry->path(), gone).string().starts_with("socket:")) return true;
  }
  return false;
}

// Told of the project on its command line or by variable; what only lists tests is of no run.
bool works_for(const SampleProject& project, pid_t pid, const std::string& line) {
  if (line.find("--gtest_list_tests") != std::string::npos) return false;
  if (line.find(project.root().string()) != std::string::npos) return true;
  std::ifstream stream(fmt::format("/proc/{}/environ", pid), std::ios::binary);
  const std::string variables{std::istreambuf_iterator<char>(stream), {}};
  return variables.find("PRODCLONE_CONFIG=" + project.config_file().string() + '\0') != std::string::npos;
}

// Of those, the ones with `words` on their command line.
Processes working_for(const SampleProject& project, const std::string& words = "") {
  Processes found;
  std::error_code error;
  for (fs::directory_iterator entry("/proc", error), end; !error && entry != end; entry.increment(error)) {
    const auto name = entry->path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    const auto pid = static_cast<pid_t>(std::stol(name));
    const auto line = process::command_line(pid);
    if (line.find(words) == std::string::npos || line.starts_with("prodclone-warden") || !works_for(project, pid, line)) continue;
    if (const auto one = process::identity_of(pid)) found.push_back(*one);
  }
  return found;
}

// A statement that does not end, at the end of a migration, as long as this object lives.
class Stalled {
 public:
  Stalled(const SampleProject& project, const std::string& file) : file_(file.empty() ? fs::path() : project.root() / file) {
    if (file_.empty()) return;
    before_ = read_file(file_);
    std::ofstream(file_, std::ios::app) << "\n--;;\nSELECT pg_catalog.pg_sleep(1000);\n";
  }
  ~Stalled() {
    if (!file_.empty()) std::ofstream(file_, std::ios::trunc) << before_;
  }

 private:
  fs::path file_;
  std::string before_;
};

// The phase's own process, stopped while it is under way.
class Held {
 public:
  Held(const SampleProject& project, const Phase& phase) : project_(project), phase_(phase) {
    eventually([&] { return reached(); }, to_get_there);
  }
  ~Held() { go_on(); }

  const std::optional<process::Identity>& process() const { return process_; }
  void go_on() {
    if (process_) process::send_signal(*process_, SIGCONT);
  }

 private:
  bool reached() {
    if (!phase_.stalls.empty() && project_.ask_server("SELECT 'yes' AS answer FROM pg_catalog.pg_stat_activity WHERE state = 'active' AND "
                                                      "query LIKE '%pg_sleep(1000)%' AND pid <> pg_catalog.pg_backend_pid()").empty())
      return false;
    if (!phase_.database.empty() && !database_is_there()) return false;
    for (const auto& one : working_for(project_, phase_.process)) {
      if (phase_.connected && !talks_to_a_server(one)) continue;
      process::send_signal(one, SIGSTOP);
      if (process::alive(one) && (phase_.database.empty() || database_is_there())) {
        process_ = one;
        return true;
      }
      process::send_signal(one, SIGCONT);  // the moment has passed
    }
    return false;
  }
  bool database_is_there() const {
    return !project_.ask_server(fmt::format("SELECT datname::text AS answer FROM pg_catalog.pg_database WHERE pg_catalog.starts_with(datname, '{}')", phase_.database)).empty();
  }

  const SampleProject& project_;
  const Phase& phase_;
  std::optional<process::Identity> process_;
};

enum class Way { ctrl_c, kill_ctest, kill_phase };

std::string to_string(Way way) {
  return way == Way::ctrl_c ? "Ctrl-C" : way == Way::kill_ctest ? "SIGKILL of ctest" : "SIGKILL of the phase";
}

// Files of a run, finished or half made, that outlived it.
std::vector<std::string> papers(const SampleProject& project) {
  std::vector<std::string> left;
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(project.root(), error)) {
    const auto path = entry.path().lexically_relative(project.root());
    const auto text = path.string();
    if (text.find(".tmp-") != std::string::npos || text.starts_with(".prodclone/runs/") || text.starts_with(".prodclone/work/")) left.push_back(text);
  }
  return left;
}

bool nothing_left(const SampleProject& project) {
  return project.becomes_clean(milliseconds(0)) && working_for(project).empty() && papers(project).empty() &&
         databases::Leases(project.root() / ".prodclone").runs().empty();
}

std::string what_is_left(const SampleProject& project) {
  auto text = project.what_is_left() + joined(papers(project), "\n");
  for (const auto& one : working_for(project)) text += fmt::format("\n  {} {}", one.pid, process::command_line(one.pid));
  return text;
}

class KilledPhase : public ::testing::TestWithParam<Phase> {
 protected:
  void kill_once(Way way) {
    const Stalled stalled(project_, GetParam().stalls);
    Ctest ctest(project_);
    BackgroundRun run(ctest.command({"-L", "^" + GetParam().label + "$"}), "ctest", ctest.folder().string());
    Held held(project_, GetParam());
    ASSERT_TRUE(held.process()) << "never under way\n" << what_is_left(project_);
    const auto databases = project_.ask_server("SELECT datname::text AS answer FROM pg_catalog.pg_database WHERE datname ~ 'orcha|prodclone_tmp'").size();
    const auto processes = working_for(project_).size();
    auto began = std::chrono::steady_clock::now();
    send(way, run, held);
    if (way == Way::kill_phase) {
      run.wait();  // ctest goes on with its other tests
      began = std::chrono::steady_clock::now();
    }
    EXPECT_TRUE(eventually([&] { return nothing_left(project_); }, soon)) << what_is_left(project_);
    const auto took = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - began);
    EXPECT_FALSE(run.wait().succeeded()) << tail(run.wait());
    if (way == Way::kill_phase) {
      const auto result = ctest.result(run.wait());
      EXPECT_EQ(result.outcome.exit_code, 8) << tail(result.outcome);
      EXPECT_FALSE(result.failed().empty()) << tail(result.outcome);
    }
    fmt::print("| {} | {} | {} databases, {} processes | {:.1f} s |\n", GetParam().name, to_string(way), databases, processes,
               static_cast<double>(took.count()) / 1000);
  }

  SampleProject project_;

 private:
  static void send(Way way, const BackgroundRun& run, Held& held) {
    if (way == Way::kill_phase) {
      process::send_signal(*held.process(), SIGKILL);
    } else {
      // A terminal sends Ctrl-C to the whole group: ctest and what it runs.
      if (way == Way::ctrl_c) ASSERT_EQ(::kill(-run.child()->pid, SIGINT), 0);
      else ASSERT_TRUE(run.send(SIGKILL));
      held.go_on();
    }
  }
};

// Each run but the first is the next one of a killed run, and gets as far as its phase.
TEST_P(KilledPhase, LeavesNothingAndTheNextRunIsRight) {
  for (const auto way : {Way::ctrl_c, Way::kill_ctest, Way::kill_phase}) {
    SCOPED_TRACE(to_string(way));
    kill_once(way);
    if (HasFatalFailure()) return;
  }
  const auto next = Ctest(project_).run({"-L", "^" + GetParam().label + "$", "-V"});
  EXPECT_EQ(next.outcome.exit_code, 0) << tail(next.outcome);
  EXPECT_EQ(next.passed().size(), next.cases.size());
  EXPECT_THAT(output(next.outcome), ::testing::Not(::testing::HasSubstr("left by a"))) << "what the killed runs left was removed before";
  EXPECT_TRUE(eventually([&] { return nothing_left(project_); }, soon)) << what_is_left(project_);
}

INSTANTIATE_TEST_SUITE_P(Run, KilledPhase, ::testing::ValuesIn(phases), [](const auto& phase) { return phase.param.name; });

// A suite that is added to the standard ones is added here.
TEST(KilledPhases, CoverEveryLabel) {
  SampleProject project;
  std::set<std::string> labels, killed = {"prodclone", "tenancy"};
  for (const auto& [test, of_test] : Ctest(project).labels()) labels.insert(of_test.begin(), of_test.end());
  for (const auto& phase : phases)
    if (phase.name == "suite_" + phase.label) killed.insert(phase.label);
  EXPECT_EQ(labels, killed);
}

}  // namespace
}  // namespace prodclone::e2e
