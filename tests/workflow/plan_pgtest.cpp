#include <prodclone/workflow/plan.hpp>

#include <prodclone/base/error.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/workflow/schema_script.hpp>

#include "team_project.hpp"

namespace prodclone::workflow {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class PlanTest : public testing::Test {
 protected:
  void TearDown() override { team_.clean_up(); }
  Plan plan(const std::string& declared, bool allow_destructive = false) {
    team_.write("wanted.sql", declared);
    const auto project = team_.project();
    Provisioning provisioning(project, {.owner = owner_of_this_process(false, "a test"), .warden = false});
    auto made = plan_migrations(provisioning, {.schema = project.root / "wanted.sql", .name = "reach-it", .allow_destructive = allow_destructive});
    release(project, provisioning.run());
    return made;
  }
  Failure failure(const std::string& declared) {
    try {
      plan(declared);
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
  const auto made = plan("CREATE TABLE person (id int PRIMARY KEY, name text)", true);
  ASSERT_EQ(made.files.size(), 2u);
  EXPECT_THAT(made.files[0].content, HasSubstr("-- DESTRUCTIVE: loses the values of public.person.city.\nALTER TABLE public.person DROP COLUMN city;\n"));
  EXPECT_EQ(made.files[1].content, "ALTER TABLE public.person ADD COLUMN city text;\n");
}

TEST_F(PlanTest, ADeclarationThatDoesNotRunNamesItsLine) {
  EXPECT_EQ(failure("CREATE TABLE a ();\nCREATE TABLE a ();"), Failure::could_not_check);
  EXPECT_THAT(said_, HasSubstr("wanted.sql:2"));
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
