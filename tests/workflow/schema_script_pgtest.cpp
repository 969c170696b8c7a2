// Scripts for schemas that nobody made for testing them: the orcha sample, and the databases in the folder that
// PRODCLONE_SAMPLE_DATABASES names.
#include <prodclone/workflow/schema_script.hpp>

#include <cstdlib>

#include <prodclone/migrations/runner.hpp>
#include <prodclone/pg/driver.hpp>
#include <prodclone/schema/render.hpp>

#include "team_project.hpp"

namespace prodclone::workflow {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

migrations::Project orcha() {
  return migrations::read_project({.layout = migrations::Layout::migratus, .dir = PRODCLONE_ORCHA_MIGRATIONS, .init = "init.sql"});
}

void build(const pg::ConnInfo& database, const migrations::RunOptions& options) {
  const auto project = orcha();
  pg::Driver driver(database);
  migrations::run_init(driver, project);
  migrations::run_up(driver, project, options);
}

schema::Snapshot snapshot_of(const pg::ConnInfo& database) {
  pg::Session session(database);
  return schema::take_snapshot(session);
}

class SchemaScriptTest : public testing::Test {
 protected:
  SchemaScriptTest() : project_(team_.project()), provisioning_(project_, {.owner = owner_of_this_process(false, "a test"), .warden = false}) {}
  void TearDown() override {
    release(project_, provisioning_.run());
    team_.clean_up();
  }
  void expect_way(const pg::ConnInfo& a, const pg::ConnInfo& b) {
    const auto script = schema::write_script(snapshot_of(a), snapshot_of(b), {.allow_destructive = true});
    for (const auto& one : script.not_expressed) ADD_FAILURE() << one.difference << ": " << one.why;
    const auto proof = prove_script(provisioning_, a, b, script, {}, {});
    EXPECT_EQ(proof.failed, "");
    EXPECT_TRUE(proof.left.empty()) << schema::to_plain(proof.left);
  }
  TeamProject team_;
  config::Project project_;
  Provisioning provisioning_;
};

TEST_F(SchemaScriptTest, LeadsFromNothingToAWholeDatabaseAndBack) {
  const auto empty = provisioning_.scratch([](const pg::ConnInfo&) {});
  std::vector<std::pair<std::string, pg::ConnInfo>> databases;
  databases.emplace_back("orcha", provisioning_.scratch([](const pg::ConnInfo& database) { build(database, {}); }));
  if (const char* given = std::getenv("PRODCLONE_SAMPLE_DATABASES"); given != nullptr && *given != '\0')
    for (const auto& entry : fs::recursive_directory_iterator(given))
      if (const auto name = entry.path().filename().string(); (name.ends_with(".sql") || name.ends_with(".sql.gz")) && entry.path().parent_path().filename() != "pagila-pg18")
        databases.emplace_back(name, provisioning_.scratch_from_dump(entry.path()));
  for (const auto& [name, database] : databases) {
    SCOPED_TRACE(name);
    expect_way(empty, database);
    expect_way(database, empty);
  }
}

TEST_F(SchemaScriptTest, RenamesOfTheSampleAreRenamesAndKeepRows) {
  const selftest::ScratchDatabase before;
  build(before.conninfo(), {.stop_before = "20260424-rename-legal-entity-to-tenant"});
  pg::Session(before.conninfo()).execute("INSERT INTO legal_entity (code, name) VALUES ('ACME', 'Acme')");
  const auto copy = before.conninfo().database + "_after";
  pg::Session server(selftest::server());
  server.execute("CREATE DATABASE " + copy + " TEMPLATE " + before.conninfo().database);
  {
    pg::Driver driver(before.conninfo().with_database(copy));
    migrations::run_up(driver, orcha());
  }
  const auto a = snapshot_of(before.conninfo()), b = snapshot_of(before.conninfo().with_database(copy));
  server.execute("DROP DATABASE " + copy + " WITH (FORCE)");

  ASSERT_TRUE(schema::share_lineage(a, b));
  const auto script = schema::write_script(a, b, {.lineage = true});
  EXPECT_TRUE(script.withheld.empty()) << schema::to_sql(script);
  EXPECT_THAT(schema::to_sql(script), HasSubstr("ALTER TABLE public.legal_entity RENAME TO tenant;"));
  run_script(script, before.conninfo());
  const auto left = schema::diff(snapshot_of(before.conninfo()), b);
  EXPECT_TRUE(left.empty()) << schema::to_plain(left);
  EXPECT_EQ(pg::Session(before.conninfo()).query("SELECT name FROM public.tenant").text(0, "name"), "Acme");
}

}  // namespace
}  // namespace prodclone::workflow
