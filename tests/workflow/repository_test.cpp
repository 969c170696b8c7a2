// What a repository tells by itself, and what must not be taken for it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "repository_folder.hpp"

namespace prodclone::workflow {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class RepositoryTest : public testing::Test {
 protected:
  RepositoryFolder folder_;
};

TEST_F(RepositoryTest, FindsGolangMigrateWhereverItIs) {
  folder_.write_golang_migrate("services/shop/db/migrations");
  const auto found = folder_.look();
  ASSERT_TRUE(found.migrations);
  EXPECT_EQ(found.migrations->layout, "up_down_pairs");
  EXPECT_EQ(found.migrations->tool, "golang-migrate");
  EXPECT_EQ(found.migrations->directory, "services/shop/db/migrations");
  EXPECT_EQ(found.migrations->count, 2U);
  EXPECT_EQ(found.migrations->last, "000002_email");
  EXPECT_THAT(found.notes, IsEmpty());
}

TEST_F(RepositoryTest, FindsMigratusWithItsInitScript) {
  folder_.write("resources/migrations/20260424-rename.up.sql", "SELECT 1;");
  folder_.write("resources/migrations/20260424-rename.down.sql", "SELECT 1;");
  folder_.write("resources/migrations/init.sql", "SELECT 1;");
  const auto found = folder_.look();
  ASSERT_TRUE(found.migrations);
  EXPECT_EQ(found.migrations->layout, "migratus");
  EXPECT_EQ(found.migrations->directory, "resources/migrations");
  EXPECT_EQ(found.migrations->init, "init.sql");
}

TEST_F(RepositoryTest, FindsFoldersOfPairs) {
  folder_.write("migrations/2026-04-24-101500_email/up.sql", "SELECT 1;");
  folder_.write("migrations/2026-04-24-101500_email/down.sql", "SELECT 1;");
  const auto found = folder_.look();
  ASSERT_TRUE(found.migrations);
  EXPECT_EQ(found.migrations->layout, "folder_pairs");
  EXPECT_EQ(found.migrations->directory, "migrations");
}

TEST_F(RepositoryTest, SaysThatThereAreMoreMigrationsElsewhere) {
  folder_.write_golang_migrate("db/migrations");
  folder_.write_golang_migrate("reporting/db/migrations");
  const auto found = folder_.look();
  ASSERT_TRUE(found.migrations);
  EXPECT_EQ(found.migrations->directory, "db/migrations");
  EXPECT_THAT(found.notes, ElementsAre(HasSubstr("reporting/db/migrations")));
  EXPECT_EQ(folder_.look({.migrations = "reporting/db/migrations"}).migrations->directory, "reporting/db/migrations");
}

TEST_F(RepositoryTest, TakesNoOtherSqlForMigrations) {
  folder_.write("queries/customers.sql", "SELECT 1;");
  folder_.write("node_modules/lib/migrations/000001_x.up.sql", "SELECT 1;");
  EXPECT_FALSE(folder_.look().migrations);
}

TEST_F(RepositoryTest, SaysWhatHindersAMixedFolder) {
  folder_.write("migrations/000001_x.up.sql", "SELECT 1;");
  folder_.write("migrations/20260101-y.up.sql", "SELECT 1;");
  const auto found = folder_.look();
  EXPECT_FALSE(found.migrations);
  EXPECT_THAT(found.notes, ElementsAre(HasSubstr("fit more than one layout")));
  EXPECT_TRUE(folder_.look({.migrations = "migrations", .layout = "up_down_pairs"}).migrations);
}

class AlembicTest : public RepositoryTest {
 protected:
  void write_alembic(const std::string& env, const std::string& folder = "") const {
    folder_.write(folder + "alembic.ini", "[alembic]\nscript_location = %(here)s/db\nsqlalchemy.url = postgresql://app:secret@localhost/shop\n");
    folder_.write(folder + "db/env.py", env);
    folder_.write(folder + "db/versions/1_customer.py", "");
  }
};

TEST_F(AlembicTest, IsCalledThroughItsOwnCommands) {
  write_alembic("url = os.environ['DATABASE_URL']");
  const auto found = folder_.look();
  ASSERT_TRUE(found.migrations);
  EXPECT_EQ(found.migrations->layout, "command");
  EXPECT_EQ(found.migrations->count, 1U);
  EXPECT_THAT(found.migrations->commands.up, ElementsAre("alembic", "upgrade", "heads"));
  EXPECT_THAT(found.migrations->commands.down, ElementsAre("alembic", "downgrade", "-{steps}"));
  EXPECT_EQ(found.migrations->commands.table, "alembic_version");
  EXPECT_THAT(found.notes, Not(Contains(HasSubstr("reads no variable"))));
}

// It would migrate the database that alembic.ini names.
TEST_F(AlembicTest, ThatReadsNoVariableIsSaidToMissTheClone) {
  write_alembic("context.configure(url=config.get_main_option('sqlalchemy.url'))");
  EXPECT_THAT(folder_.look().notes, Contains(AllOf(HasSubstr("db/env.py reads no variable"), HasSubstr("set_main_option"), Not(HasSubstr("secret")))));
}

TEST_F(AlembicTest, InAFolderIsCalledFromThere) {
  write_alembic("os.environ['DATABASE_URL']", "back end/");
  EXPECT_THAT(folder_.look().migrations->commands.up, ElementsAre("sh", "-c", "cd 'back end' && exec alembic upgrade heads"));
}

TEST_F(RepositoryTest, KnowsOtherToolsByTheirFiles) {
  const std::pair<const char*, const char*> tools[] = {
      {"bin/rails", "Rails"}, {"manage.py", "Django"}, {"prisma/migrations/migration_lock.toml", "Prisma"}, {"sql/V1__customer.sql", "Flyway"}};
  for (const auto& [file, tool] : tools) {
    const RepositoryFolder folder;
    folder.write(file, "");
    const auto found = folder.look();
    ASSERT_TRUE(found.migrations) << tool;
    EXPECT_EQ(found.migrations->tool, tool);
    EXPECT_FALSE(found.migrations->commands.up.empty()) << tool;
    EXPECT_THAT(found.notes, Contains(HasSubstr("not measured"))) << tool;
  }
}

TEST_F(RepositoryTest, SaysOfAToolWithoutCommandsThatTheyMustBeWritten) {
  folder_.write("sqitch.plan", "");
  const auto found = folder_.look();
  EXPECT_FALSE(found.migrations);
  EXPECT_THAT(found.notes, ElementsAre(AllOf(HasSubstr("Sqitch"), HasSubstr("\"command\""))));
}

TEST_F(RepositoryTest, FindsVariablesWithoutTheirValues) {
  folder_.write_golang_migrate();
  folder_.write(".env", "SHOP_DB_NAME=shop\nSHOP_DATABASE_URL=postgres://app:hunter2@db/shop\nPOSTGRES_DB=x\nPGDATABASE=y\n");
  folder_.write("src/config.clj", "(System/getenv \"SHOP_DB_NAME_OVERRIDE\")");
  const auto found = folder_.look();
  EXPECT_EQ(found.database_env, "SHOP_DB_NAME_OVERRIDE");  // made for pointing elsewhere
  EXPECT_EQ(found.url_env, "SHOP_DATABASE_URL");
  for (const auto& one : found.found) EXPECT_THAT(one.value + one.from, Not(HasSubstr("hunter2")));
}

TEST_F(RepositoryTest, PrefersTheApplicationsOwnVariable) {
  folder_.write(".env.example", "TEST_DATABASE_URL=\nDATABASE_URL=\nPROD_DATABASE_URL=\n");
  EXPECT_EQ(folder_.look().url_env, "DATABASE_URL");
}

TEST_F(RepositoryTest, LeavesAComposedServerAlone) {
  folder_.write("docker-compose.yml", "services:\n  db:\n    image: \"postgis/postgis:16-3.4\"\n    environment:\n      POSTGRES_PASSWORD: hunter2\n");
  const auto found = folder_.look();
  EXPECT_THAT(found.found, Contains(AllOf(Field(&Found::value, HasSubstr("embedded")), Field(&Found::from, HasSubstr("postgis/postgis:16-3.4")))));
  EXPECT_THAT(found.notes, ElementsAre(HasSubstr("brings an extension")));
}

TEST_F(RepositoryTest, FindsTheDeclaredSchema) {
  folder_.write("db/structure.sql", "CREATE TABLE a (id int);");
  EXPECT_EQ(folder_.look().declared_schema, "db/structure.sql");
  const RepositoryFolder other;
  other.write("schema/10_a.sql", "CREATE TABLE a (id int);");
  EXPECT_EQ(other.look().declared_schema, "schema");
  const RepositoryFolder none;
  none.write("schema/readme.md", "");
  EXPECT_EQ(none.look().declared_schema, "");
}

TEST_F(RepositoryTest, FindsTheDumpByItsContent) {
  folder_.write("dump/notes.sql", "remember the milk");
  EXPECT_EQ(folder_.look().dump, "");
  folder_.write("dump/prod.sql", "--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version 15.8\n-- Dumped by pg_dump version 15.8\n\nSET statement_timeout = 0;\n\n--\n-- PostgreSQL database dump complete\n--\n");
  const auto found = folder_.look();
  EXPECT_EQ(found.dump, "dump/prod.sql");
  EXPECT_THAT(found.found, Contains(AllOf(Field(&Found::what, "dump"), Field(&Found::from, "its content"))));
}

}  // namespace
}  // namespace prodclone::workflow
