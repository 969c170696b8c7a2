#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "project_folder.hpp"

namespace prodclone::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

class ProjectTest : public testing::Test {
 protected:
  ProjectFolder folder_;
};

TEST_F(ProjectTest, AnEmptyObjectIsEnoughBesideAMigrationsFolder) {
  const auto project = folder_.parse("{}");
  EXPECT_EQ(project.file, folder_.file());
  EXPECT_EQ(project.root, folder_.root());
  EXPECT_EQ(project.name, "shop");
  EXPECT_EQ(project.default_source, std::nullopt);
  EXPECT_THAT(project.sources, IsEmpty());
  EXPECT_EQ(project.server.kind, ServerKind::embedded);
  EXPECT_EQ(project.server.url, "");
  EXPECT_EQ(project.server.url_env, "");
  EXPECT_EQ(project.server.password_env, "");
  EXPECT_THAT(project.server.allow_hosts, IsEmpty());
  EXPECT_EQ(project.server.major, std::nullopt);
  EXPECT_THAT(project.server.binaries, IsEmpty());
  EXPECT_FALSE(project.server.loopback);
  EXPECT_THAT(project.server.settings, IsEmpty());
  EXPECT_EQ(project.databases.clone, "shop_prod_clone");
  EXPECT_EQ(project.databases.fresh, "shop_fresh");
  EXPECT_EQ(project.migrations.layout, "auto");
  EXPECT_EQ(project.migrations.directory, folder_.root() / "migrations");
  EXPECT_EQ(project.migrations.init, "");
  EXPECT_EQ(project.migrations.table, "");
  EXPECT_EQ(project.migrations.command.url_env, "DATABASE_URL");
  EXPECT_EQ(project.schema.expected, "");
  EXPECT_EQ(project.schema.waivers, "");
  EXPECT_THAT(project.budgets.values, IsEmpty());
  EXPECT_THAT(project.budgets.tables, IsEmpty());
  EXPECT_THAT(project.budgets.exceptions, IsEmpty());
  EXPECT_EQ(project.application.database_env, "");
  EXPECT_FALSE(project.show_keys);
  EXPECT_EQ(project.state_directory(), folder_.root() / ".prodclone");
  EXPECT_EQ(project.record_directory(), folder_.root() / ".prodclone/record");
  EXPECT_EQ(project.dump_directory(), folder_.root() / "dump");
}

TEST_F(ProjectTest, ReadsEveryKey) {
  folder_.write("db/scripts/first.sql");
  folder_.write("schema/one.sql");
  const auto project = folder_.parse(R"({
    // comments are allowed
    "$schema": "https://example.org/prodclone.json", "project": "orcha", "default_source": "file", "show_keys": true,
    "sources": {
      "prod": {"kind": "rds", "instance": "i", "bastion": "b", "region": "r", "database": "d", "user": "u", "password_secret": "p"},
      "render": {"kind": "url", "url_env": "RENDER_URL"},
      "local": {"kind": "existing", "database": "orcha_dev"},
      "file": {"path": "dump/../prod.dump"}},
    "server": {"kind": "url", "url": "postgresql://u@db/x", "url_env": "U", "password_env": "P", "allow_hosts": ["db"],
               "major": 16, "binaries": ["pg", "/opt/pg"], "loopback": true, "settings": {"work_mem": "1MB"}},
    "databases": {"clone": "c", "fresh": "f"},
    "migrations": {"layout": "migratus", "dir": "db/scripts", "init": "first.sql", "table": "versions", "up": ["up", "it"],
                   "down": ["down"], "status": ["status"], "pending_pattern": "pending", "url_env": "DB"},
    "schema": {"expected": "schema/", "waivers": "waivers.json"},
    "application": {"database_env": "DB_NAME", "start": ["bb", "dev"], "health": "http://127.0.0.1/health"},
    "ingestion": {}, "smoke": [],
    "budgets": {"rewrite_mb": 10, "tables": [{"match": "public.a*", "rewrite_mb": 1.5}],
                "exceptions": [{"migration": "m", "rule": "LK01", "until": "2026-12-31", "reason": "small"}]}})");
  EXPECT_EQ(project.name, "orcha");
  EXPECT_EQ(project.default_source, "file");
  EXPECT_TRUE(project.show_keys);

  ASSERT_EQ(project.sources.size(), 4U);
  const auto& rds = project.sources.at("prod");
  EXPECT_EQ(rds.name, "prod");
  EXPECT_EQ(rds.kind, SourceKind::rds);
  EXPECT_EQ(rds.database, "d");
  EXPECT_THAT(rds.details, ElementsAre(Pair("bastion", "b"), Pair("instance", "i"), Pair("password_secret", "p"),
                                       Pair("region", "r"), Pair("user", "u")));
  EXPECT_EQ(project.sources.at("render").kind, SourceKind::url);
  EXPECT_EQ(project.sources.at("render").url_env, "RENDER_URL");
  EXPECT_EQ(project.sources.at("local").kind, SourceKind::existing);
  EXPECT_EQ(project.sources.at("local").database, "orcha_dev");
  EXPECT_EQ(project.sources.at("file").kind, SourceKind::dump);
  EXPECT_EQ(project.sources.at("file").path, folder_.root() / "prod.dump");

  EXPECT_EQ(project.server.kind, ServerKind::url);
  EXPECT_EQ(project.server.url, "postgresql://u@db/x");
  EXPECT_EQ(project.server.url_env, "U");
  EXPECT_EQ(project.server.password_env, "P");
  EXPECT_THAT(project.server.allow_hosts, ElementsAre("db"));
  EXPECT_EQ(project.server.major, 16);
  EXPECT_THAT(project.server.binaries, ElementsAre(folder_.root() / "pg", "/opt/pg"));
  EXPECT_TRUE(project.server.loopback);
  EXPECT_THAT(project.server.settings, ElementsAre(Pair("work_mem", "1MB")));
  EXPECT_EQ(project.databases.clone, "c");
  EXPECT_EQ(project.databases.fresh, "f");

  EXPECT_EQ(project.migrations.layout, "migratus");
  EXPECT_EQ(project.migrations.directory, folder_.root() / "db/scripts");
  EXPECT_EQ(project.migrations.init, folder_.root() / "db/scripts/first.sql");
  EXPECT_EQ(project.migrations.table, "versions");
  EXPECT_THAT(project.migrations.command.up, ElementsAre("up", "it"));
  EXPECT_THAT(project.migrations.command.down, ElementsAre("down"));
  EXPECT_THAT(project.migrations.command.status, ElementsAre("status"));
  EXPECT_EQ(project.migrations.command.pending_pattern, "pending");
  EXPECT_EQ(project.migrations.command.url_env, "DB");
  EXPECT_EQ(project.schema.expected, folder_.root() / "schema/");
  EXPECT_EQ(project.schema.waivers, folder_.root() / "waivers.json");
  EXPECT_EQ(project.application.database_env, "DB_NAME");

  EXPECT_THAT(project.budgets.values, ElementsAre(Pair("rewrite_mb", 10)));
  ASSERT_EQ(project.budgets.tables.size(), 1U);
  EXPECT_EQ(project.budgets.tables[0].match, "public.a*");
  EXPECT_THAT(project.budgets.tables[0].values, ElementsAre(Pair("rewrite_mb", 1.5)));
  ASSERT_EQ(project.budgets.exceptions.size(), 1U);
  EXPECT_EQ(project.budgets.exceptions[0].migration, "m");
  EXPECT_EQ(project.budgets.exceptions[0].rule, "LK01");
  EXPECT_EQ(project.budgets.exceptions[0].until, "2026-12-31");
  EXPECT_EQ(project.budgets.exceptions[0].reason, "small");
}

TEST_F(ProjectTest, TheNameOfTheFolderBecomesAnIdentifier) {
  const auto project = parse_project(R"({"migrations": {"layout": "command"}})", folder_.root() / "My Shop-2" / "prodclone.json");
  EXPECT_EQ(project.name, "my_shop_2");
  EXPECT_EQ(project.databases.clone, "my_shop_2_prod_clone");
}

TEST_F(ProjectTest, DatabasesAreNamedAfterTheProject) {
  const auto project = folder_.parse(R"({"project": "templates"})");
  EXPECT_EQ(project.databases.clone, "templates_prod_clone");
  EXPECT_EQ(project.databases.fresh, "templates_fresh");
}

TEST_F(ProjectTest, AConnectionStringMakesTheServerOnesOwn) {
  EXPECT_EQ(folder_.parse(R"({"server": {"url": "postgresql:///x"}})").server.kind, ServerKind::url);
  EXPECT_EQ(folder_.parse(R"({"server": {"url_env": "U"}})").server.kind, ServerKind::url);
  EXPECT_EQ(folder_.parse(R"({"server": {"major": 15}})").server.kind, ServerKind::embedded);
}

TEST_F(ProjectTest, NullMeansNotGiven) {
  const auto project = folder_.parse(R"({"project": null, "server": null, "default_source": null, "show_keys": null,
                                         "budgets": {"rewrite_mb": null}})");
  EXPECT_EQ(project.name, "shop");
  EXPECT_EQ(project.server.kind, ServerKind::embedded);
  EXPECT_EQ(project.default_source, std::nullopt);
  EXPECT_THAT(project.budgets.values, IsEmpty()) << "a budget that is not given is not a budget of zero";
}

TEST_F(ProjectTest, FindsTheMigrationsWhereToolsPutThem) {
  std::filesystem::remove(folder_.root() / "migrations");
  folder_.write("resources/migrations/1.sql");
  EXPECT_EQ(folder_.parse("{}").migrations.directory, folder_.root() / "resources/migrations");
  folder_.write("db/migrations/1.sql");
  EXPECT_EQ(folder_.parse("{}").migrations.directory, folder_.root() / "db/migrations");
}

TEST_F(ProjectTest, TheInitScriptStandsInTheMigrationsFolderOrTheRoot) {
  folder_.write("init.sql");
  EXPECT_EQ(folder_.parse("{}").migrations.init, folder_.root() / "init.sql");
  folder_.write("migrations/init.sql");
  EXPECT_EQ(folder_.parse("{}").migrations.init, folder_.root() / "migrations/init.sql");
  EXPECT_EQ(folder_.parse(R"({"migrations": {"init": ""}})").migrations.init, "") << "an empty text means none";
}

TEST_F(ProjectTest, TheCommandLayoutNeedsNoFolder) {
  std::filesystem::remove(folder_.root() / "migrations");
  const auto project = folder_.parse(R"({"migrations": {"layout": "command", "up": ["make", "migrate"]}})");
  EXPECT_EQ(project.migrations.directory, "");
  EXPECT_EQ(project.migrations.init, "");
}

}  // namespace
}  // namespace prodclone::config
