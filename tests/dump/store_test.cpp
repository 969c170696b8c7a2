#include <prodclone/dump/store.hpp>

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/base/hash.hpp>

#include "scratch.hpp"

namespace prodclone::dump {
namespace {

using namespace selftest;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
namespace fs = std::filesystem;

constexpr auto sql = "CREATE TABLE t (i int);\n";

class Store : public testing::Test {
 protected:
  static fs::perms rights(const fs::path& path) { return fs::status(path).permissions(); }
  static std::string error_of(const std::function<void()>& work) {
    try {
      work();
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }
  void put(const std::string& name, const std::string& started) {
    write(folder / name, "-- Started on " + started + " UTC\n" + sql);
  }
  ScratchFolder folder;
};

TEST_F(Store, MakesItsFolderPrivate) {
  const DumpStore store(folder / "dump");
  EXPECT_EQ(rights(folder / "dump"), fs::perms::owner_all);
  EXPECT_THAT(store.warnings(), IsEmpty());
}

TEST_F(Store, TakesOthersRightsAway) {
  fs::permissions(folder.path(), fs::perms::all);
  fs::permissions(write(folder / "a.sql", sql), fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read | fs::perms::others_read);
  const DumpStore store(folder.path());
  EXPECT_EQ(rights(folder.path()), fs::perms::owner_all);
  EXPECT_EQ(rights(folder / "a.sql"), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(Store, FindsTheLatestByWhenItWasTaken) {
  put("z-old.sql", "2026-04-01 10:00:00");
  put("a-new.sql", "2026-04-02 10:00:00");
  write(folder / "notes.txt", "Dear all");
  const DumpStore store(folder.path());
  EXPECT_EQ(store.latest().file.name(), "a-new.sql");
  const auto contents = store.contents();
  EXPECT_EQ(contents.dumps.size(), 2U);
  EXPECT_THAT(contents.ignored, ElementsAre(HasSubstr("notes.txt")));
}

TEST_F(Store, FindsByNameAndByPath) {
  put("prod.sql", "2026-04-01 10:00:00");
  const auto elsewhere = ScratchFolder();
  write(elsewhere / "other.sql", sql);
  const DumpStore store(folder.path());
  EXPECT_EQ(store.find("prod.sql").file.path, folder / "prod.sql");
  EXPECT_EQ(store.find("latest").file.path, folder / "prod.sql");
  EXPECT_EQ(store.find((elsewhere / "other.sql").string()).file.path, elsewhere / "other.sql");
  EXPECT_THAT(error_of([&] { store.find("prd.sql"); }), HasSubstr("Did you mean \"prod.sql\"?"));
}

TEST_F(Store, SaysWhenItIsEmpty) {
  write(folder / "cut.dump", "PGDMP");
  const DumpStore store(folder.path());
  EXPECT_THAT(error_of([&] { store.latest(); }), testing::AllOf(HasSubstr("There is no dump in"), HasSubstr("cut.dump")));
}

TEST_F(Store, MakesAManifestForAUsersOwnFile) {
  write(folder / "mine.sql", std::string("-- Dumped from database version 16.4\n") + sql + "ALTER TABLE t OWNER TO boss; CREATE EXTENSION hstore;");
  const DumpStore store(folder.path());
  const auto manifest = store.find("mine.sql").manifest;
  EXPECT_EQ(manifest.server_major, 16);
  EXPECT_THAT(manifest.roles, ElementsAre("boss"));
  EXPECT_THAT(manifest.extensions, ElementsAre(Extension{"hstore", ""}));
  EXPECT_EQ(manifest.sha256, sha256_of(folder / "mine.sql"));
  EXPECT_EQ(rights(folder / "mine.sql.manifest.json"), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(store.contents().dumps.size(), 1U);
}

TEST_F(Store, HashesAgainOnlyWhenTheFileChanged) {
  write(folder / "mine.sql", sql);
  const DumpStore store(folder.path());
  auto manifest = store.find("mine.sql").manifest;
  manifest.sha256 = std::string(64, '0');  // would be put right by hashing
  write_file_atomically(manifest_path(folder / "mine.sql"), to_json(manifest));
  EXPECT_EQ(store.find("mine.sql").manifest.sha256, std::string(64, '0'));
  write(folder / "mine.sql", std::string(sql) + "SELECT 1;\n");
  EXPECT_EQ(store.find("mine.sql").manifest.sha256, sha256_of(folder / "mine.sql"));
}

TEST_F(Store, KeepsWhatIsKnownOfAFileThatWasOnlyTouched) {
  write(folder / "mine.sql", sql);
  const DumpStore store(folder.path());
  auto manifest = store.find("mine.sql").manifest;
  manifest.source = "host=db";
  write_file_atomically(manifest_path(folder / "mine.sql"), to_json(manifest));
  fs::last_write_time(folder / "mine.sql", fs::file_time_type::clock::now() + std::chrono::hours(1));
  EXPECT_EQ(store.find("mine.sql").manifest.source, "host=db");
  write(folder / "mine.sql", "SELECT 2;\n");
  EXPECT_EQ(store.find("mine.sql").manifest.source, "");
}

TEST_F(Store, AdmitsAWholeDumpUnderItsName) {
  const DumpStore store(folder.path());
  const auto partial = store.partial_path("prod.sql");
  write(partial, sql);
  EXPECT_THAT(store.contents().dumps, IsEmpty());
  EXPECT_THAT(store.remove_leftovers(), IsEmpty()) << "its writer is alive";
  const auto dump = store.admit(partial, "prod.sql", {.source = "host=db", .taken_at = parse_iso8601("2026-04-24T10:00:00Z")});
  EXPECT_FALSE(fs::exists(partial));
  EXPECT_EQ(rights(folder / "prod.sql"), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(store.latest().manifest, dump.manifest);
  EXPECT_EQ(dump.manifest.sha256, sha256_of(folder / "prod.sql"));
}

TEST_F(Store, RemovesWhatADeadWriterLeft) {
  const DumpStore store(folder.path());
  const pid_t writer = ::fork();
  if (writer == 0) {
    write(store.partial_path("prod.dump"), "PGDMP");
    fs::create_directory(store.partial_path("prod.dir"));
    write(store.partial_path("prod.dir") / "toc.dat", "PGDMP");
    ::_exit(0);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(writer, &status, 0), writer);
  ASSERT_EQ(status, 0);
  EXPECT_THAT(store.contents().dumps, IsEmpty());
  EXPECT_THAT(store.remove_leftovers(), ElementsAre("prod.dir", "prod.dump"));
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST_F(Store, RemovesADumpWithItsManifest) {
  put("prod.sql", "2026-04-01 10:00:00");
  const DumpStore store(folder.path());
  store.remove(store.latest());
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

}  // namespace
}  // namespace prodclone::dump
