#include "review_script.hpp"

#include <gmock/gmock.h>

#include <prodclone/base/error.hpp>
#include <prodclone/base/text.hpp>

namespace prodclone::dump {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

std::vector<std::string> run_of(std::string_view script, const std::string& database = {}) {
  std::vector<std::string> run;
  review_script(script, "d.sql", database, [&](const ReviewedPart& part) { run.emplace_back(trimmed(part.part.text)); });
  return run;
}
ScriptFindings findings_of(std::string_view script) { return review_script(script, "d.sql", {}); }

std::string refusal_of(std::string_view script) {
  try {
    findings_of(script);
  } catch (const Error& error) {
    EXPECT_EQ(error.failure(), Failure::refused);
    EXPECT_NE(error.remedy(), "");
    return error.what_failed();
  }
  return "";
}

TEST(ScriptReview, RunsWhatFillsADatabase) {
  const std::vector<std::string> statements = {
      "SET client_encoding = 'UTF8'", "CREATE SCHEMA s", "CREATE TABLE s.t (program text)", "CREATE USER MAPPING FOR public SERVER x",
      "INSERT INTO s.t VALUES ('COPY t FROM PROGRAM ''x''; DROP DATABASE y')", "ALTER TABLE s.t ADD COLUMN owner text",
      "ALTER TABLE s.t ALTER COLUMN owner SET DEFAULT 'OWNER TO x'", "DO $$ BEGIN PERFORM 1; END $$", "COMMENT ON TABLE s.t IS 'COMMENT ON DATABASE'",
      "DROP TABLE s.t", "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'ALTER SYSTEM SET x = 1'", "SELECT pg_catalog.setval('s', 1)",
      "BEGIN", "COMMIT", "ANALYZE", "CREATE RULE r AS ON INSERT TO s.t DO ALSO (SELECT 1; SELECT 2)"};
  EXPECT_EQ(run_of(joined(statements, ";\n") + ";"), statements);
}

TEST(ScriptReview, LeavesOutOwnersAndPrivileges) {
  EXPECT_THAT(run_of("ALTER TABLE t OWNER TO \"O'Neil\"; GRANT SELECT ON t TO a, \"B b\"; REVOKE ALL ON t FROM c; SET ROLE d;"
                     "ALTER DEFAULT PRIVILEGES FOR ROLE e IN SCHEMA s GRANT SELECT ON TABLES TO f; SET SESSION AUTHORIZATION 'g';"
                     "RESET SESSION AUTHORIZATION; ALTER FUNCTION f(a int) OWNER TO postgres;"),
              IsEmpty());
}

TEST(ScriptReview, NamesRolesAndThoseThatAreNeeded) {
  const auto survey = findings_of("ALTER TABLE t OWNER TO \"O'Neil\"; GRANT SELECT ON t TO A, \"B b\", PUBLIC WITH GRANT OPTION; CREATE ROLE c;"
                                  "ALTER DEFAULT PRIVILEGES FOR ROLE e GRANT SELECT ON TABLES TO f;"
                                  "CREATE POLICY p ON t FOR SELECT TO g, \"H;\" USING (x = 'TO nobody');"
                                  "CREATE POLICY q ON t USING (x IN (SELECT y FROM z)); CREATE USER MAPPING FOR i SERVER s;"
                                  "GRANT pg_read_all_data TO j; CREATE SCHEMA AUTHORIZATION k;")
                          .survey;
  EXPECT_THAT(survey.roles_needed, UnorderedElementsAre("g", "H;", "i", "k"));
  EXPECT_THAT(survey.roles_named, UnorderedElementsAre("O'Neil", "a", "B b", "c", "e", "f", "g", "H;", "i", "j", "k"));
}

TEST(ScriptReview, CollectsExtensionsAndSettings) {
  const auto survey = findings_of(
      "CREATE EXTENSION IF NOT EXISTS \"uuid-ossp\" WITH SCHEMA public; CREATE EXTENSION hstore VERSION '1.8';"
      "CREATE EXTENSION IF NOT EXISTS plpgsql; CREATE DATABASE d WITH TEMPLATE = template0 ENCODING = 'UTF8' LOCALE = 'C.UTF-8';"
      "ALTER DATABASE d SET search_path TO 'a', 'B b'; ALTER DATABASE d SET app.tenant TO 'x''y';"
      "ALTER ROLE r IN DATABASE d SET statement_timeout TO '5s';").survey;
  EXPECT_THAT(survey.extensions, ElementsAre(Extension{"uuid-ossp", ""}, Extension{"hstore", "1.8"}));
  EXPECT_THAT(survey.settings, ElementsAre(Setting{"", "search_path", "a, \"B b\""}, Setting{"", "app.tenant", "x'y"},
                                           Setting{"r", "statement_timeout", "5s"}));
  EXPECT_EQ(survey.encoding, "UTF8");
  EXPECT_EQ(survey.lc_ctype, "C.UTF-8");
}

TEST(ScriptReview, KeepsTheServerOut) {
  const auto script = "DROP DATABASE IF EXISTS shop; CREATE DATABASE shop; \n\\c shop\nALTER DATABASE shop OWNER TO x; CREATE TABLESPACE t LOCATION '/x';"
                      "DROP ROLE x; ALTER ROLE x SUPERUSER; CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p; COMMENT ON DATABASE shop IS 'x';"
                      "SET default_tablespace = fast; CREATE TABLE t (i int);";
  EXPECT_THAT(run_of(script), ElementsAre("CREATE TABLE t (i int)"));
  EXPECT_THAT(joined(findings_of(script).left_out, "\n"),
              testing::AllOf(HasSubstr("DROP DATABASE shop"), HasSubstr("CREATE DATABASE shop"), HasSubstr("CREATE TABLESPACE"),
                             HasSubstr("DROP ROLE"), HasSubstr("subscription"), HasSubstr("Tablespaces")));
}

TEST(ScriptReview, RefusesWhatRunsProgramsOrLeaves) {
  EXPECT_THAT(refusal_of("\nCOPY t (a) FROM PROGRAM 'rm -rf /';"), testing::StartsWith("d.sql:2: the dump runs a program"));
  EXPECT_THAT(refusal_of("cOpY (SELECT 1) /* FROM STDIN */ TO\nprogram 'x';"), HasSubstr("PROGRAM"));
  EXPECT_THAT(refusal_of("COPY t FROM '/etc/passwd';"), HasSubstr("/etc/passwd"));
  EXPECT_THAT(refusal_of("COPY t FROM E'/etc/passwd';"), HasSubstr("/etc/passwd"));
  EXPECT_THAT(refusal_of("ALTER SYSTEM SET archive_command = 'x';"), HasSubstr("ALTER SYSTEM"));
  EXPECT_THAT(refusal_of("LOAD 'evil';"), HasSubstr("LOAD"));
  EXPECT_THAT(refusal_of("DO $x$ BEGIN EXECUTE 'COPY t FROM PROGRAM ''id'''; END $x$;"), HasSubstr("DO block"));
  EXPECT_THAT(refusal_of("PREPARE TRANSACTION 'x';"), HasSubstr("prepared"));
  EXPECT_THAT(refusal_of("DROP OWNED BY x;"), HasSubstr("DROP OWNED"));
  EXPECT_THAT(refusal_of("\\! touch x\n"), HasSubstr("\\!"));
  EXPECT_THAT(refusal_of("\\i other.sql\n"), HasSubstr("other.sql"));
  EXPECT_THAT(refusal_of("\\copy t from 'x'\n"), HasSubstr("\\copy"));
  EXPECT_THAT(refusal_of("SELECT 'DROP TABLE x' \\gexec\n"), HasSubstr("\\gexec"));
  EXPECT_THAT(refusal_of("SELECT 1\\; COPY t FROM PROGRAM 'x';"), HasSubstr("inside a statement"));
  EXPECT_THAT(refusal_of("\\connect shop me prod.example.com\n"), HasSubstr("connects elsewhere"));
  EXPECT_THAT(refusal_of("\\c postgresql://prod/shop\n"), HasSubstr("connects elsewhere"));
  EXPECT_THAT(refusal_of("\\c \"host=prod dbname=x\"\n"), HasSubstr("connects elsewhere"));
}

TEST(ScriptReview, TakesOneDatabaseOfACluster) {
  const auto script = "CREATE ROLE a;\n\\connect template1\nCREATE TABLE one (i int);\n\\connect shop\nCREATE TABLE two (i int);\nCOPY two FROM stdin;\n1\n\\.\n"
                      "\\connect -reuse-previous=on \"dbname='o\\'dd \\\\ name'\"\nCREATE TABLE three (i int);\nCOPY three FROM stdin;\n2\n\\.\n";
  EXPECT_THAT(run_of(script, "shop"), ElementsAre("CREATE TABLE two (i int)", "COPY two FROM stdin", "1"));
  EXPECT_THAT(findings_of(script).survey.databases, ElementsAre("template1", "shop", "o'dd \\ name"));
  EXPECT_EQ(chosen_database({"template1", "postgres", "shop"}, "", "d.sql"), "shop");
  EXPECT_EQ(chosen_database({"a", "b"}, "b", "d.sql"), "b");
  EXPECT_THROW(chosen_database({"template1", "a", "b"}, "", "d.sql"), Error);
  EXPECT_THROW(chosen_database({"a"}, "c", "d.sql"), Error);
}

TEST(ScriptReview, TellsAScriptThatIsCutOff) {
  for (const std::string_view script : {"COPY t FROM stdin;\n1\n2\n", "SELECT 'x;\n", "CREATE FUNCTION f() AS $$ x;"}) {
    try {
      findings_of(script);
      ADD_FAILURE() << script;
    } catch (const Error& error) {
      EXPECT_EQ(error.failure(), Failure::could_not_check);
      EXPECT_THAT(error.what_failed(), HasSubstr("cut off"));
    }
  }
}

}  // namespace
}  // namespace prodclone::dump
