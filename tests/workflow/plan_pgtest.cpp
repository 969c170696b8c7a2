#include <prodclone/workflow/plan.hpp>

#include <prodclone/base/error.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/schema/render.hpp>
#include <prodclone/workflow/schema_script.hpp>

#include "team_project.hpp"

namespace prodclone::workflow {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class PlanTest : public testing::Test {
 protected:
  void TearDown() override { team_.clean_up(); }
  Plan plan(const std::string& declared, PlanOptions options = {}) {
    team_.write("wanted.sql", declared);
    const auto project = team_.project();
    Provisioning provisioning(project, {.owner = owner_of_this_process(false, "a test"), .warden = false});
    options.schema = project.root / "wanted.sql";
    options.name = "reach-it";
    auto made = plan_migrations(provisioning, options);
    release(project, provisioning.run());
    return made;
  }
  Failure failure(const std::string& declared, const PlanOptions& options = {}) {
    try {
      plan(declared, options);
    } catch (const Error& error) {
      said_ = error.what();
      return error.failure();
    }
    return {};
  }
  TeamProject team_;
  std::string said_;
};

TEST_F(PlanTest, WritesTheWayUpAndTheWayDown) {
  const auto made = plan("CREATE TABLE person (id int PRIMARY KEY, name text NOT NULL, city text); CREATE TABLE pet (id int PRIMARY KEY, owner int REFERENCES person);"
                         "CREATE INDEX person_city ON person (city)");
  // The NOT NULL, the index and the rest may not share a transaction.
  std::vector<std::string> names;
  for (const auto& file : made.files) names.push_back(file.path.filename().string());
  EXPECT_THAT(names, ElementsAre("002-reach-it-1.up.sql", "002-reach-it-1.down.sql", "003-reach-it-2.up.sql", "003-reach-it-2.down.sql", "004-reach-it-3.up.sql",
                                 "004-reach-it-3.down.sql", "005-reach-it-4.up.sql", "005-reach-it-4.down.sql"));
  EXPECT_THAT(made.files[0].content, HasSubstr("CREATE TABLE public.pet"));
  EXPECT_THAT(made.files[1].content, HasSubstr("DROP TABLE public.pet;"));
}

TEST_F(PlanTest, NothingToWriteIsSaid) {
  EXPECT_EQ(failure("CREATE TABLE person (id int PRIMARY KEY, name text, city text)"), Failure::usage);
  EXPECT_THAT(said_, HasSubstr("There is nothing to write"));
}

TEST_F(PlanTest, RowsAreOnlyLostWhenAllowed) {
  EXPECT_EQ(failure("CREATE TABLE person (id int PRIMARY KEY, name text)"), Failure::refused);
  EXPECT_THAT(said_, HasSubstr("ALTER TABLE public.person DROP COLUMN city;  (loses the values of public.person.city)"));
  const auto made = plan("CREATE TABLE person (id int PRIMARY KEY, name text)", {.allow_destructive = true});
  ASSERT_EQ(made.files.size(), 2u);
  EXPECT_THAT(made.files[0].content, HasSubstr("-- DESTRUCTIVE: loses the values of public.person.city.\nALTER TABLE public.person DROP COLUMN city;\n"));
  EXPECT_EQ(made.files[1].content, "ALTER TABLE public.person ADD COLUMN city text;\n");
}

TEST_F(PlanTest, WhatHasANewNameIsRenamedWhereExactlyOneFits) {
  team_.migration("002-pets", "CREATE TYPE kind AS ENUM ('cat', 'dog'); CREATE TABLE pet (id serial PRIMARY KEY, kind kind, owner int REFERENCES person);\n"
                              "CREATE VIEW cats AS SELECT id, owner FROM pet WHERE kind = 'cat';\n",
                  "DROP VIEW cats; DROP TABLE pet; DROP TYPE kind;\n");
  const auto wanted =
      "CREATE TABLE person (id int PRIMARY KEY, name text, city text); CREATE TYPE species AS ENUM ('cat', 'dog');"
      "CREATE TABLE animal (id serial PRIMARY KEY, species species, owner int REFERENCES person); CREATE VIEW cats AS SELECT id, owner FROM animal WHERE species = 'cat';";
  EXPECT_EQ(failure(wanted), Failure::refused) << "a table that is called otherwise and whose column is, too, is another one";
  const auto made = plan("CREATE TABLE human (id int PRIMARY KEY, name text, city text); CREATE TYPE species AS ENUM ('cat', 'dog');"
                         "CREATE TABLE animal (id serial PRIMARY KEY, kind species, owner int REFERENCES human); CREATE VIEW cats AS SELECT id, owner FROM animal WHERE kind = 'cat';");
  ASSERT_EQ(made.files.size(), 2u);
  EXPECT_THAT(made.renames, ElementsAre(schema::ProposedRename{"table", "public.person", "public.human"}, schema::ProposedRename{"type", "public.kind", "public.species"},
                                        schema::ProposedRename{"table", "public.pet", "public.animal"}));
  EXPECT_THAT(made.files[0].content, AllOf(HasSubstr("-- ASSUMED: table public.person -> public.human is a rename: "), HasSubstr("ALTER TABLE public.pet RENAME TO animal;\n"),
                                           HasSubstr("ALTER SEQUENCE public.pet_id_seq RENAME TO animal_id_seq;\n"), Not(HasSubstr("DROP"))));
  EXPECT_THAT(made.files[1].content, AllOf(HasSubstr("ALTER TABLE public.animal RENAME TO pet;\n"), HasSubstr("ALTER TYPE public.species RENAME TO kind;\n"), Not(HasSubstr("DROP"))));
}

TEST_F(PlanTest, AColumnIsRenamedUnlessItIsSaidToBeAnotherOne) {
  const auto wanted = "CREATE TABLE person (id int PRIMARY KEY, name text NOT NULL, town text)";
  team_.migration("002-named", "ALTER TABLE person ALTER name SET NOT NULL;\n", "ALTER TABLE person ALTER name DROP NOT NULL;\n");
  const auto made = plan(wanted);
  ASSERT_EQ(made.files.size(), 2u);
  EXPECT_THAT(made.files[0].content, HasSubstr("\nALTER TABLE public.person RENAME COLUMN city TO town;\n"));
  EXPECT_EQ(made.files[1].content, "ALTER TABLE public.person RENAME COLUMN town TO city;\n");
  EXPECT_EQ(failure(wanted, {.renames = false}), Failure::refused);
  EXPECT_THAT(said_, HasSubstr("Without --no-renames"));
  EXPECT_EQ(failure("CREATE TABLE person (id int PRIMARY KEY, name text NOT NULL, town text, land text)"), Failure::refused) << "two fit";
}

TEST_F(PlanTest, WhatIsMadeAgainKeepsItsPrivilegesAndComments) {
  team_.migration("002-view",
                  "CREATE VIEW names AS SELECT id, name FROM person; COMMENT ON VIEW names IS 'for all'; GRANT SELECT ON names TO PUBLIC;\n"
                  "CREATE VIEW first_names AS SELECT name FROM names; GRANT UPDATE ON first_names TO PUBLIC;\n"
                  "CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1'; REVOKE EXECUTE ON FUNCTION f FROM PUBLIC;\n"
                  "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT DELETE ON TABLES TO PUBLIC;\n",
                  "ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE DELETE ON TABLES FROM PUBLIC; DROP FUNCTION f; DROP VIEW first_names; DROP VIEW names;\n");
  const auto made = plan("CREATE TABLE person (id bigint PRIMARY KEY, name text, city text); CREATE VIEW names AS SELECT id, name FROM person;"
                         "COMMENT ON VIEW names IS 'for all'; CREATE VIEW first_names AS SELECT name FROM names; CREATE FUNCTION f(b int) RETURNS int LANGUAGE sql AS 'SELECT 1';");
  ASSERT_EQ(made.files.size(), 2u);
  for (const auto& file : made.files)
    EXPECT_THAT(file.content,
                AllOf(HasSubstr("COMMENT ON VIEW public.names IS 'for all';"), HasSubstr("REVOKE ALL ON TABLE public.names FROM PUBLIC;\n"), HasSubstr("GRANT SELECT ON TABLE public.names TO PUBLIC;\n"),
                      HasSubstr("GRANT UPDATE ON TABLE public.first_names TO PUBLIC;\n"), HasSubstr("REVOKE ALL ON FUNCTION public.f(integer) FROM PUBLIC;"), Not(HasSubstr("OWNER TO"))));
  EXPECT_EQ(made.access_not_planned, 3u) << "the declaration grants nothing";
}

TEST_F(PlanTest, PrivilegesArePlannedWhereTheyAreDeclared) {
  const auto wanted = "CREATE TABLE person (id int PRIMARY KEY, name text, city text); GRANT SELECT ON person TO PUBLIC";
  EXPECT_EQ(failure(wanted), Failure::usage) << "nothing else differs";
  EXPECT_THAT(said_, HasSubstr("Owners or privileges differ: --owners and --privileges plan those too."));
  const auto made = plan(wanted, {.compared = {.privileges = true}});
  ASSERT_EQ(made.files.size(), 2u);
  EXPECT_EQ(made.files[0].content, "GRANT SELECT ON TABLE public.person TO PUBLIC;\n");
  EXPECT_EQ(made.files[1].content, "REVOKE ALL ON TABLE public.person FROM PUBLIC;\n");
}

TEST_F(PlanTest, ADeclarationThatDoesNotRunNamesItsLine) {
  EXPECT_EQ(failure("CREATE TABLE a ();\nCREATE TABLE a ();"), Failure::could_not_check);
  EXPECT_THAT(said_, HasSubstr("wanted.sql:2"));
}

TEST_F(PlanTest, AScriptIsProvenWithPrivilegesWhereTheyAreCompared) {
  const auto project = team_.project();
  Provisioning provisioning(project, {.owner = owner_of_this_process(false, "a test"), .warden = false});
  const auto with = [&](const char* ddl) {
    return provisioning.scratch([&](const pg::ConnInfo& database) { pg::Session(database).execute(ddl); });
  };
  const auto a = with("CREATE TABLE t (x int); CREATE VIEW v AS SELECT x FROM t; GRANT SELECT ON v TO PUBLIC; CREATE TABLE u (x int);"
                      "SELECT lo_create(4711), lo_create(4712); COMMENT ON LARGE OBJECT 4711 IS 'a file'");
  const auto b = with("CREATE TABLE t (x bigint); CREATE VIEW v AS SELECT x FROM t; GRANT SELECT, UPDATE ON v TO PUBLIC; CREATE TABLE u (x int); GRANT SELECT (x) ON u TO PUBLIC;"
                      "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC; CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';"
                      "SELECT lo_create(4711), lo_create(4712); COMMENT ON LARGE OBJECT 4712 IS 'a file'; GRANT SELECT ON LARGE OBJECT 4712 TO PUBLIC");
  const schema::SnapshotOptions read{.large_objects = true};
  const auto snapshot = [&](const pg::ConnInfo& database) {
    pg::Session session(database);
    return schema::take_snapshot(session, read);
  };
  const schema::DiffOptions compared{.privileges = true};
  for (const auto& [from, to] : {std::pair(a, b), std::pair(b, a)}) {
    auto script = schema::write_script(snapshot(from), snapshot(to), {.compared = compared, .allow_destructive = true});
    const auto proof = prove_script(provisioning, from, to, script, read, compared);
    EXPECT_TRUE(proof.holds()) << proof.failed << schema::to_plain(proof.left);
    std::erase_if(script.statements, [](const auto& statement) { return statement.access; });
    EXPECT_THAT(prove_script(provisioning, from, to, script, read, compared).left.entries, Not(IsEmpty()));
    EXPECT_TRUE(prove_script(provisioning, from, to, script, read, {}).holds());
  }
  release(project, provisioning.run());
}

TEST_F(PlanTest, AScriptIsProvenOnCopiesOfTheSchemas) {
  const auto project = team_.project();
  Provisioning provisioning(project, {.owner = owner_of_this_process(false, "a test"), .warden = false});
  const auto with = [&](const char* ddl) {
    return provisioning.scratch([&](const pg::ConnInfo& database) { pg::Session(database).execute(ddl); });
  };
  const auto a = with("CREATE TABLE t (x varchar(5) CHECK (x IN ('a', 'b')))"), b = with("CREATE TABLE t (x varchar(5) CHECK (x IN ('a', 'c')), y int)");
  const auto snapshot = [](const pg::ConnInfo& database) {
    pg::Session session(database);
    return schema::take_snapshot(session);
  };
  auto script = schema::write_script(snapshot(a), snapshot(b));
  EXPECT_TRUE(prove_script(provisioning, a, b, script, {}, {}).holds());
  script.statements.pop_back();
  const auto proof = prove_script(provisioning, a, b, script, {}, {});
  EXPECT_EQ(proof.left.entries.size(), 1u);
  script.statements.push_back({.sql = "ALTER TABLE public.nothing ADD x int;"});
  EXPECT_THAT(prove_script(provisioning, a, b, script, {}, {}).failed, HasSubstr("public.nothing"));
  release(project, provisioning.run());
}

}  // namespace
}  // namespace prodclone::workflow
