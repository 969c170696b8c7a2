#include <prodclone/dump/take.hpp>

#include <gmock/gmock.h>

#include <prodclone/base/error.hpp>
#include <prodclone/base/hash.hpp>
#include <prodclone/dump/load.hpp>
#include <prodclone/pg/quote.hpp>
#include <prodclone/pg/session.hpp>
#include <support/selftest_server.hpp>

#include "workshop.hpp"

namespace prodclone::dump {
namespace {

using namespace selftest;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
namespace fs = std::filesystem;

class Take : public testing::Test {
 protected:
  void SetUp() override {
    fill(source.conninfo(), role);
    execute(source.conninfo(), "CREATE EXTENSION hstore");
    const auto database = pg::quote_identifier(source.conninfo().database);
    execute(source.conninfo(), "ALTER DATABASE " + database + " SET search_path TO 'a b', public");
    execute(source.conninfo(), "ALTER DATABASE " + database + " SET app.tenant TO 'it''s, one'");
    execute(source.conninfo(), "ALTER ROLE " + role + " SET work_mem TO '7MB'");
    execute(source.conninfo(), "ALTER ROLE " + role + " IN DATABASE " + database + " SET work_mem TO '9MB'");
  }
  void TearDown() override {
    execute(source.conninfo(), "DROP OWNED BY " + role + " CASCADE");
    execute(server(), "DROP ROLE " + role);
  }
  const std::string role = "reader_" + random_hex(8);
  ScratchDatabase source;
  ScratchFolder folder;
};

TEST_F(Take, WritesEachFormatWithItsManifest) {
  const DumpStore store(folder / "dump");
  const auto content = content_of(source.conninfo());
  for (const auto format : {DumpFormat::custom, DumpFormat::directory, DumpFormat::tar, DumpFormat::plain, DumpFormat::gzip}) {
    SCOPED_TRACE(to_string(format));
    const auto name = "d" + std::to_string(static_cast<int>(format));
    const auto dump = take_dump(source.conninfo(), store, {.format = format, .name = name, .schema_fingerprint = "f"});
    EXPECT_EQ(dump.file.format, format);
    EXPECT_EQ(store.find(name).manifest, dump.manifest);
    const auto& manifest = dump.manifest;
    EXPECT_EQ(manifest.server_major, server_major());
    EXPECT_EQ(manifest.database, source.conninfo().database);
    EXPECT_EQ(manifest.encoding, "UTF8");
    EXPECT_THAT(manifest.roles, Contains(role));
    EXPECT_THAT(manifest.extensions, Contains(testing::Field(&Extension::name, "hstore")));
    EXPECT_THAT(manifest.settings, testing::IsSupersetOf({Setting{"", "search_path", "\"a b\", public"}, Setting{"", "app.tenant", "it's, one"},
                                                          Setting{role, "work_mem", "9MB"}}));
    EXPECT_THAT(manifest.settings, testing::Not(Contains(Setting{role, "work_mem", "7MB"})));
    EXPECT_EQ(manifest.schema_fingerprint, "f");
    EXPECT_EQ(manifest.sha256, sha256_of(dump.file.path));
    const ScratchDatabase target;
    load_dump(dump.file, target.conninfo());
    EXPECT_EQ(content_of(target.conninfo()), content);
  }
  EXPECT_EQ(store.contents().dumps.size(), 5U);
}

TEST_F(Take, NamesTheDumpAfterDatabaseAndTime) {
  const DumpStore store(folder / "dump");
  std::vector<ProgressReport> reports;
  const auto dump = take_dump(source.conninfo(), store, {.progress = [&](const ProgressReport& report) { reports.push_back(report); }});
  EXPECT_TRUE(dump.file.name().starts_with(source.conninfo().database + "-2"));
  EXPECT_TRUE(dump.file.name().ends_with("Z.dump"));
  EXPECT_EQ(store.latest().file.name(), dump.file.name());
  EXPECT_EQ(reports.back().unit, "bytes");
  EXPECT_EQ(reports.back().done, reports.back().total);
  for (std::size_t i = 1; i < reports.size(); ++i) EXPECT_GE(reports[i].done, reports[i - 1].done);
}

TEST_F(Take, KeepsAnEarlierDumpOfTheSameSecond) {
  const DumpStore store(folder / "dump");
  std::string last;
  for (int i = 0; i < 3; ++i) last = take_dump(source.conninfo(), store, {.format = DumpFormat::plain}).file.name();
  EXPECT_EQ(store.contents().dumps.size(), 3U);
  EXPECT_EQ(store.latest().file.name(), last);
}

TEST_F(Take, LeavesNothingWhenItFails) {
  const DumpStore store(folder / "dump");
  auto weak = ordinary_role();
  weak.database = source.conninfo().database;
  try {
    take_dump(weak, store);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.failure(), Failure::could_not_check);
    EXPECT_THAT(error.what_failed(), HasSubstr("permission denied"));
    EXPECT_THAT(error.remedy(), HasSubstr("pg_read_all_data"));
    EXPECT_THAT(error.what(), testing::Not(HasSubstr(weak.password.reveal())));
  }
  EXPECT_TRUE(fs::is_empty(store.folder()));
}

TEST_F(Take, SaysHowToDumpBehindRowSecurity) {
  const DumpStore store(folder / "dump");
  auto weak = ordinary_role();
  weak.database = source.conninfo().database;
  execute(source.conninfo(), "GRANT pg_read_all_data TO " + weak.user);
  try {
    take_dump(weak, store);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.remedy(), HasSubstr("BYPASSRLS"));
  }
  execute(source.conninfo(), "REVOKE pg_read_all_data FROM " + weak.user);
}

TEST_F(Take, ItsSettingsCanBeAppliedToEachCopy) {
  const auto manifest = facts_of(source.conninfo());
  const ScratchDatabase copy;
  auto settings = settings_of(manifest);
  settings.push_back({"", "rds_only_setting", "1"});
  settings.push_back({"nobody_of_this_name", "work_mem", "1MB"});
  EXPECT_THAT(load_settings(settings, copy.conninfo()), testing::ElementsAre(HasSubstr("rds_only_setting"), HasSubstr("nobody_of_this_name")));
  EXPECT_EQ(value(copy.conninfo(), "SHOW search_path"), "\"a b\", public");
  EXPECT_EQ(value(copy.conninfo(), "SHOW app.tenant"), "it's, one");
  EXPECT_EQ(value(copy.conninfo(), "SHOW timezone"), manifest.timezone);
  EXPECT_EQ(value(copy.conninfo(), "SELECT setconfig FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase JOIN pg_roles r ON r.oid = s.setrole "
                                   "WHERE d.datname = current_database() AND r.rolname = '" + role + "'"), "{work_mem=9MB}");
  EXPECT_THAT(settings_of(facts_of(copy.conninfo())), testing::UnorderedElementsAreArray(settings_of(manifest))) << "what was applied reads the same again";
}

TEST_F(Take, ReadsTheSameFactsFromTheDumpAlone) {
  const DumpStore store(folder / "dump");
  const auto taken = take_dump(source.conninfo(), store, {.name = "d.dump"});
  fs::remove(manifest_path(taken.file.path));
  const auto read = store.find("d.dump").manifest;
  EXPECT_EQ(read.roles, taken.manifest.roles);
  EXPECT_EQ(read.encoding, taken.manifest.encoding);
  EXPECT_EQ(read.lc_collate, taken.manifest.lc_collate);
  EXPECT_EQ(read.database, taken.manifest.database);
  EXPECT_EQ(read.server_major, taken.manifest.server_major);
  EXPECT_EQ(read.sha256, taken.manifest.sha256);
  EXPECT_THAT(read.settings, testing::IsSupersetOf({Setting{"", "search_path", "\"a b\", public"}, Setting{"", "app.tenant", "it's, one"}, Setting{role, "work_mem", "9MB"}}));
}

}  // namespace
}  // namespace prodclone::dump
