#include <prodclone/pg/driver.hpp>
#include <prodclone/pg/quote.hpp>

#include "provisioning_project.hpp"

namespace prodclone::workflow {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class FreshDatabaseTest : public ProvisioningTest {
 protected:
  // As a command that keeps what can be used again: what the next one would find.
  struct Made {
    bool reused = false;
    std::string database = {}, base = {}, columns = {};
  };
  Made make(const std::string& by = "prodclone fresh") const {
    const auto run = std::make_unique<Provisioning>(project(), Options{.owner = owner_of_this_process(false, "test"), .warden = false, .replaces_kept = true});
    const auto fresh = run->require(Stage::fresh);
    Made made{.reused = fresh.reused, .database = fresh.database, .columns = columns(run->conninfo(Stage::fresh))};
    if (!by.empty()) {
      run->keep(Stage::pristine, by);
      run->keep(Stage::fresh, by);
    }
    release(project(), run->run());
    for (const auto& name : databases())
      if (name.find("_base_") != std::string::npos) made.base += name;   // one, or the test sees two names run together
    return made;
  }
  std::string identity_of(const std::string& database) const {
    return pg::Session(role_).query("SELECT oid FROM pg_catalog.pg_database WHERE datname = $1", {database}).text(0, "oid");
  }
  void run_in(const std::string& database, const std::string& sql) const { pg::Driver(role_.with_database(database)).run(sql); }
};

TEST_F(FreshDatabaseTest, TheFreshDatabaseIsTheSameMigrationsFromNothing) {
  const auto run = provisioned();
  EXPECT_EQ(run->require(Stage::fresh).database, name_ + "_fresh");
  EXPECT_EQ(columns(run->conninfo(Stage::fresh)), "id name born");
  EXPECT_EQ(people(run->conninfo(Stage::fresh)), 0);
  EXPECT_THAT(databases(), testing::SizeIs(3)) << "pristine, and the template that it was copied from";
}

TEST_F(FreshDatabaseTest, WithoutADeclaredSchemaNothingIsExpected) {
  const auto run = provisioned();
  const auto expected = run->require(Stage::expected);
  EXPECT_EQ(expected.database, "");
  EXPECT_EQ(expected.note, "no schema.expected in prodclone.json");
  EXPECT_THAT(databases(), IsEmpty());
}

TEST_F(FreshDatabaseTest, TheExpectedStageIsTheDeclaredSchema) {
  write("structure.sql", "CREATE TABLE person (id int PRIMARY KEY, name text, born date);\n");
  auto declaring = project();
  declaring.schema.expected = folder_ / "structure.sql";
  const auto run = std::make_unique<Provisioning>(declaring, Options{.owner = owner_of_this_process(false, "test"), .warden = false});
  EXPECT_THAT(run->require(Stage::expected).database, HasSubstr("_expected_"));
  EXPECT_EQ(columns(run->conninfo(Stage::expected)), "id name born");
}


TEST_F(FreshDatabaseTest, IsKeptAndUsedAgainWhileNothingThatItIsMadeFromChanges) {
  const auto first = make();
  EXPECT_FALSE(first.reused);
  const auto identity = identity_of(first.database);
  const auto second = make();
  EXPECT_TRUE(second.reused);
  EXPECT_EQ(second.database, first.database);
  EXPECT_EQ(identity_of(second.database), identity);
  EXPECT_EQ(second.columns, "id name born");
  run_in(first.database, "ALTER TABLE person ADD COLUMN by_hand text");
  const auto third = make();
  EXPECT_FALSE(third.reused) << "somebody changed it";
  EXPECT_EQ(third.columns, "id name born");
}

// A test run leaves what a command kept as it is, changed or not, and makes its own.
TEST_F(FreshDatabaseTest, ThatWasChangedByHandIsNotTakenByATestRun) {
  const auto kept = make();
  run_in(kept.database, "ALTER TABLE person ADD COLUMN by_hand text");
  const auto run = provisioned();
  const auto own = run->require(Stage::fresh);
  EXPECT_NE(own.database, kept.database);
  EXPECT_EQ(columns(run->conninfo(Stage::fresh)), "id name born");
  EXPECT_EQ(columns(role_.with_database(kept.database)), "id name born by_hand");
}

TEST_F(FreshDatabaseTest, OfOtherPendingMigrationsStartsFromTheSameTemplate) {
  const auto first = make();
  const auto template_ = identity_of(first.base);
  write("migrations/002-born.up.sql", "ALTER TABLE person ADD COLUMN birth date;\n");
  const auto second = make();
  EXPECT_FALSE(second.reused);
  EXPECT_EQ(second.columns, "id name birth");
  EXPECT_EQ(second.base, first.base);
  EXPECT_EQ(identity_of(second.base), template_);
}

TEST_F(FreshDatabaseTest, OfOtherAppliedMigrationsIsMadeFromNothingAndTheOldTemplateGoes) {
  const auto first = make();
  write("migrations/001-people.up.sql", "CREATE TABLE person (id int PRIMARY KEY, name text, nick text);\n");
  const auto second = make();
  EXPECT_EQ(second.columns, "id name nick born");
  EXPECT_NE(second.base, first.base);
  EXPECT_THAT(second.base, testing::Not(HasSubstr(first.base)));
  write("migrations/init.sql", "CREATE TABLE from_init (id int);\n");
  const auto third = make();
  EXPECT_FALSE(third.reused);
  EXPECT_NE(third.base, second.base);
  run_in(third.database, "TABLE from_init");
}

TEST_F(FreshDatabaseTest, ATemplateThatIsOpenIsNotTrusted) {
  const auto first = make();
  const auto template_ = identity_of(first.base);
  pg::Session(role_).execute("ALTER DATABASE " + pg::quote_identifier(first.base) + " WITH ALLOW_CONNECTIONS true");
  run_in(first.base, "ALTER TABLE person ADD COLUMN by_hand text");
  write("migrations/002-born.up.sql", "ALTER TABLE person ADD COLUMN birth date;\n");
  const auto second = make();
  EXPECT_EQ(second.columns, "id name birth");
  EXPECT_NE(identity_of(second.base), template_);
}

TEST_F(FreshDatabaseTest, NobodyKeepsIsGoneWithItsTemplate) {
  make("");
  EXPECT_THAT(databases(), IsEmpty());
  make();
  EXPECT_FALSE(databases().empty());
  EXPECT_THAT(release_everything(project()).failed, IsEmpty());
  EXPECT_THAT(databases(), IsEmpty());
}

TEST_F(FreshDatabaseTest, TheDeclaredSchemaIsUsedAgainWhileItIsTheSame) {
  const auto declare = [&](const std::string& column) {
    write("structure.sql", "CREATE TABLE person (id int PRIMARY KEY, name text, " + column + " date);\n");
    auto declaring = project();
    declaring.schema.expected = folder_ / "structure.sql";
    const auto run = std::make_unique<Provisioning>(declaring, Options{.owner = owner_of_this_process(false, "test"), .warden = false});
    const auto expected = run->require(Stage::expected);
    EXPECT_EQ(columns(run->conninfo(Stage::expected)), "id name " + column);
    for (const auto stage : {Stage::pristine, Stage::migrated, Stage::expected}) run->keep(stage, "prodclone rehearse");
    release(declaring, run->run());
    return expected;
  };
  EXPECT_FALSE(declare("born").reused);
  const auto again = declare("born");
  EXPECT_TRUE(again.reused);
  run_in(again.database, "DROP TABLE person");
  EXPECT_FALSE(declare("born").reused) << "somebody changed it";
  EXPECT_FALSE(declare("birth").reused);
  EXPECT_THAT(databases(), testing::SizeIs(3)) << "pristine, migrated; the declared one before is kept no longer";
}

}  // namespace
}  // namespace prodclone::workflow
