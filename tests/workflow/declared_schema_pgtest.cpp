#include "declared_schema.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/pg/session.hpp>

#include "support/selftest_server.hpp"
#include "support/temporary_folder.hpp"

namespace prodclone::workflow {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class DeclaredSchemaTest : public testing::Test {
 protected:
  std::filesystem::path write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((folder_ / name).parent_path());
    write_file_atomically(folder_ / name, text);
    return folder_ / name;
  }
  void load(const std::filesystem::path& path) const { load_declared_schema(path, scratch_.conninfo()); }
  Error error_of(const std::filesystem::path& path) const {
    try {
      load(path);
    } catch (const Error& error) {
      return error;
    }
    return Error(Failure::check_failed, "nothing was thrown");
  }
  std::string tables() const {
    return pg::Session(scratch_.conninfo())
        .query("SELECT pg_catalog.string_agg(schemaname || '.' || tablename, ' ' ORDER BY schemaname, tablename) AS all "
               "FROM pg_catalog.pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')")
        .text(0, "all");
  }
  selftest::TemporaryFolder folder_;
  selftest::ScratchDatabase scratch_;
};

TEST_F(DeclaredSchemaTest, RunsASingleFile) {
  load(write("structure.sql", "CREATE TABLE a (id int PRIMARY KEY);\nCREATE TABLE b (id int REFERENCES a);\n"));
  EXPECT_EQ(tables(), "public.a public.b");
}

TEST_F(DeclaredSchemaTest, RunsAFolderInTheOrderOfNames) {
  write("schema/20_b.sql", "CREATE TABLE b (id int REFERENCES a);");
  write("schema/10_a.sql", "CREATE TABLE a (id int PRIMARY KEY);");
  write("schema/30_more/1.sql", "CREATE TABLE c (id int REFERENCES a);");
  write("schema/README.md", "This is no SQL.");
  load(folder_ / "schema");
  EXPECT_EQ(tables(), "public.a public.b public.c");
}

TEST_F(DeclaredSchemaTest, EachFileBeginsWithASessionOfItsOwn) {
  write("schema/1.sql", "CREATE SCHEMA app; SET search_path = app; CREATE TABLE a ();");
  write("schema/2.sql", "CREATE TABLE b ();");
  load(folder_ / "schema");
  EXPECT_EQ(tables(), "app.a public.b");
}

TEST_F(DeclaredSchemaTest, RunsWhatPgDumpWrites) {
  load(write("structure.sql",
             "\\restrict abc\n"
             "CREATE TABLE public.versions (version text);\n"
             "COPY public.versions (version) FROM stdin;\n1\n2\n\\.\n\n"
             "CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$ SELECT ';' $$;\n"
             "\\unrestrict abc\n"));
  EXPECT_EQ(pg::Session(scratch_.conninfo()).query("SELECT count(*) AS n FROM public.versions").integer(0, "n"), 2);
}

TEST_F(DeclaredSchemaTest, ACommandOfPsqlIsRefusedWithItsLine) {
  const auto file = write("structure.sql", "CREATE TABLE a ();\n\n\\i other.sql\n");
  const auto error = error_of(file);
  EXPECT_EQ(error.failure(), Failure::usage);
  EXPECT_EQ(error.what_failed(), file.string() + ":3: \\i other.sql is a command of psql, and the declared schema must be plain SQL.");
}

TEST_F(DeclaredSchemaTest, AStatementThatFailsIsNamedWithItsLine) {
  const auto file = write("structure.sql", "CREATE TABLE a ();\n-- a comment\nCREATE TABLE\n  b (id nosuchtype);\n");
  const auto error = error_of(file);
  EXPECT_THAT(error.what_failed(), StartsWith("type \"nosuchtype\" does not exist (SQLSTATE 42704)."));
  EXPECT_EQ(error.doing(), "running " + file.string() + ":3");
}

TEST_F(DeclaredSchemaTest, CopyDataThatFailsIsNamedWithItsLine) {
  const auto file = write("structure.sql", "CREATE TABLE a (x int);\nCOPY a FROM stdin;\none\n\\.\n");
  const auto error = error_of(file);
  EXPECT_THAT(error.what_failed(), HasSubstr("invalid input syntax for type integer"));
  EXPECT_EQ(error.doing(), "running " + file.string() + ":3");
}

TEST_F(DeclaredSchemaTest, WhatIsNeverClosedIsNamedWithItsLine) {
  const auto file = write("structure.sql", "CREATE TABLE a ();\nCREATE FUNCTION f() RETURNS int AS $x$ SELECT 1;\n");
  const auto error = error_of(file);
  EXPECT_EQ(error.failure(), Failure::usage);
  EXPECT_THAT(error.what_failed(), StartsWith(file.string() + ":2: "));
  EXPECT_THAT(error.what_failed(), HasSubstr("is never closed."));
}

// Its end would roll all of it back, and everything would look forgotten.
TEST_F(DeclaredSchemaTest, AFileThatLeavesATransactionOpenIsRefused) {
  const auto file = write("structure.sql", "BEGIN;\nCREATE TABLE a ();\n");
  const auto error = error_of(file);
  EXPECT_EQ(error.failure(), Failure::usage);
  EXPECT_EQ(error.what_failed(), file.string() + " ends inside a transaction, so nothing of it would stay.");
  EXPECT_EQ(error.remedy(), "End it with COMMIT.");
  load(write("whole.sql", "BEGIN;\nCREATE TABLE a ();\nCOMMIT;\n"));
  EXPECT_EQ(tables(), "public.a");
}

TEST_F(DeclaredSchemaTest, AFolderWithoutSqlIsAnError) {
  write("schema/README.md", "This is no SQL.");
  const auto error = error_of(folder_ / "schema");
  EXPECT_EQ(error.failure(), Failure::usage);
  EXPECT_EQ(error.what_failed(), "schema.expected: " + (folder_ / "schema").string() + " holds no .sql file.");
}

}  // namespace
}  // namespace prodclone::workflow
