#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <prodclone/pg/driver.hpp>
#include <prodclone/pg/quote.hpp>
#include <prodclone/pg/session.hpp>
#include <prodclone/workflow/content.hpp>
#include <prodclone/workflow/provisioning.hpp>
#include <prodclone/workflow/release.hpp>

#include "provisioning_project.hpp"

namespace prodclone::workflow {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

TEST_F(ProvisioningTest, TheCloneIsProductionWithThePendingMigrations) {
  const auto run = provisioned();
  const auto clone = run->require(Stage::clone);
  EXPECT_EQ(clone.database, name_ + "_prod_clone");
  EXPECT_FALSE(clone.reused);
  EXPECT_EQ(columns(run->conninfo(Stage::clone)), "id name born");
  EXPECT_EQ(people(run->conninfo(Stage::clone)), 2);
  ASSERT_EQ(run->pending().size(), 1U);
  EXPECT_EQ(run->pending()[0]->name, "002-born");
  EXPECT_TRUE(run->made(Stage::pristine) && run->made(Stage::migrated));
  EXPECT_FALSE(run->made(Stage::fresh));
  for (const auto& database : run->cluster().owned())
    EXPECT_EQ(database.sealed, database.name != clone.database) << database.name << ": templates are sealed, the clone is not";
}

TEST_F(ProvisioningTest, ASecondProcessOfTheRunFindsEverythingMade) {
  const auto first = provisioned();
  first->require(Stage::clone);
  const auto second = provisioned();
  EXPECT_EQ(second->run(), first->run());
  EXPECT_TRUE(second->made(Stage::clone));
  EXPECT_EQ(people(second->conninfo(Stage::clone)), 2);
}

TEST_F(ProvisioningTest, TheEndOfTheRunRemovesWhatNobodyKeeps) {
  const auto run = provisioned();
  run->require(Stage::clone);
  EXPECT_THAT(databases(), testing::SizeIs(3));
  run->keep(Stage::pristine, "prodclone load");
  const auto pristine = run->require(Stage::pristine).database;
  const auto report = release(project(), run->run());
  EXPECT_THAT(report.failed, IsEmpty());
  EXPECT_THAT(report.removed, testing::SizeIs(2));
  EXPECT_THAT(report.kept, Contains("database:" + pristine + " (by prodclone load)"));
  EXPECT_THAT(databases(), ElementsAre(pristine));
  EXPECT_THAT(release(project(), run->run()).removed, IsEmpty()) << "again is harmless";

  const auto next = provisioned();
  EXPECT_NE(next->run(), run->run());
  EXPECT_TRUE(next->require(Stage::pristine).reused);
}

// The next run takes over what a run that was killed between naming and sealing has left.
TEST_F(ProvisioningTest, ATemplateThatWasLeftUnsealedIsSealedWhenItIsFound) {
  std::string pristine;
  {
    const auto run = provisioned();
    pristine = run->require(Stage::pristine).database;
    run->keep(Stage::pristine, "prodclone load");
    run->cluster().session().execute("ALTER DATABASE " + pg::quote_identifier(pristine) + " WITH ALLOW_CONNECTIONS true");
    release(project(), run->run());
  }
  const auto run = provisioned();
  EXPECT_TRUE(run->require(Stage::pristine).reused);
  ASSERT_TRUE(run->cluster().find(pristine));
  EXPECT_TRUE(run->cluster().find(pristine)->sealed);
}

TEST_F(ProvisioningTest, WhatIsKnownOfAnEarlierLoadIsNotTakenForThisOne) {
  write("migrations/002-born.up.sql", "ALTER TABLE person RENAME COLUMN name TO called;\n");
  const auto earlier = provisioned();
  pristine_fingerprint(*earlier);
  release(project(), earlier->run());
  release_everything(project());
  const auto later = provisioned();
  const auto content = reconciled_content(*later);
  ASSERT_EQ(content.tables.size(), 1U);
  EXPECT_EQ(content.tables[0].before, "public.person");
  EXPECT_EQ(content.tables[0].fate, data::TableFate::kept);
}

TEST_F(ProvisioningTest, AProjectMayBeNamedInAnyScript) {
  auto named = project();
  named.name = name_ + "aaaaaaaaaé";  // the 20th byte is inside a character
  named.databases = {named.name + "_clone", named.name + "_fresh"};
  const auto run = std::make_unique<Provisioning>(named, Options{.owner = owner_of_this_process(false, "test"), .warden = false});
  EXPECT_THAT(run->require(Stage::pristine).database, StartsWith("prodclone_" + name_ + "aaaaaaaaa_pristine_"));
  EXPECT_EQ(run->require(Stage::clone).database, named.name + "_clone");
}

TEST_F(ProvisioningTest, DroppingEverythingSparesWhatALivingRunHolds) {
  const auto run = provisioned();
  const auto pristine = run->require(Stage::pristine).database;
  run->keep(Stage::pristine, "prodclone load");
  EXPECT_THAT(release_everything(project()).removed, IsEmpty());
  EXPECT_THAT(databases(), ElementsAre(pristine));
  release(project(), run->run());
  EXPECT_THAT(databases(), IsEmpty()) << "the command's hold on it is over";
}

TEST_F(ProvisioningTest, WhatAKilledRunLeftIsRemovedByTheNext) {
  const pid_t child = ::fork();
  if (child == 0) {
    try {
      provisioned()->require(Stage::pristine);
      ::_exit(0);  // as if killed: no clean-up
    } catch (...) {
      ::_exit(1);
    }
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  const auto left = databases();
  ASSERT_THAT(left, testing::SizeIs(1));
  testing::internal::CaptureStderr();
  const auto run = provisioned();
  EXPECT_THAT(testing::internal::GetCapturedStderr(), StartsWith("prodclone: removed " + left[0] + ", left by a killed run (test, "));
  EXPECT_THAT(databases(), IsEmpty());
}

TEST_F(ProvisioningTest, AMigrationThatFailsLeavesNoMigratedAndASayingRecord) {
  write("migrations/002-born.up.sql", "ALTER TABLE person ADD COLUMN born date;\nSELECT 1/0;\n");
  const auto run = provisioned();
  try {
    run->require(Stage::clone);
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.failure(), Failure::migration_failed);
    EXPECT_THAT(error.what(), HasSubstr("002-born.up.sql"));
    EXPECT_EQ(read_file(project().record_directory() / "migration-failure.txt"), error.what());
  }
  EXPECT_FALSE(run->made(Stage::migrated));
  EXPECT_THAT(databases(), testing::SizeIs(1)) << "pristine only";
  write("migrations/002-born.up.sql", "ALTER TABLE person ADD COLUMN born date;\n");
  EXPECT_EQ(columns((provisioned()->require(Stage::clone), role_.with_database(name_ + "_prod_clone"))), "id name born")
      << "asking again tries again";
}

TEST_F(ProvisioningTest, APrivateCopyStopsRightBeforeItsMigration) {
  const auto run = provisioned();
  const auto before = run->private_copy_before("002-born");
  EXPECT_EQ(columns(before), "id name");
  EXPECT_EQ(people(before), 2);
  const auto before_first = run->private_copy_before("001-people");
  EXPECT_EQ(columns(before_first), "") << "production has it already, so it is built from nothing";
  const auto migrated = run->private_copy_of(Stage::migrated);
  EXPECT_EQ(columns(migrated), "id name born");
  run->drop(migrated.database);
  EXPECT_FALSE(run->cluster().exists(migrated.database));
  EXPECT_FALSE(run->leases().find("database:" + migrated.database));
}

// Single-copy mode: production's data is on the server once, at any time.
TEST_F(ProvisioningTest, ASingleCopyIsLoadedMigratedInPlaceAndIsTheClone) {
  Variable single("PRODCLONE_SINGLE_COPY", "1");
  const auto run = provisioned();
  EXPECT_EQ(run->require(Stage::pristine).database, "");
  EXPECT_THAT(databases(), ElementsAre(HasSubstr("_loaded_")));
  EXPECT_EQ(migrations::applied_ids(run->production_history()).size(), 1U);
  const auto clone = run->require(Stage::clone);
  EXPECT_EQ(clone.database, name_ + "_prod_clone");
  EXPECT_THAT(databases(), ElementsAre(clone.database));
  EXPECT_EQ(columns(run->conninfo(Stage::clone)), "id name born");
  EXPECT_EQ(people(run->conninfo(Stage::clone)), 2);
  EXPECT_EQ(run->conninfo(Stage::migrated).database, clone.database);
  EXPECT_THAT(read_file(project().record_directory() / "schema-pristine.json"), testing::Not(HasSubstr(R"("name":"born")"))) << "read before the migrations ran";
  EXPECT_THAT(read_file(project().record_directory() / "schema-migrated.json"), HasSubstr(R"("name":"born")"));
  EXPECT_EQ(provisioned()->require(Stage::clone).database, clone.database) << "another process of the run finds it";
  for (const auto& needs_a_copy : std::vector<std::function<void()>>{[&] { run->private_copy_of(Stage::pristine); },
                                                                     [&] { run->private_copy_before("002-born"); },
                                                                     [&] { run->private_copy_of(Stage::migrated); },
                                                                     [&] { run->conninfo(Stage::pristine); }}) {
    try {
      needs_a_copy();
      ADD_FAILURE() << "nothing was thrown";
    } catch (const Error& error) {
      EXPECT_EQ(error.failure(), Failure::could_not_check);
      EXPECT_THAT(error.what_failed(), StartsWith("Could not check: single-copy mode."));
    }
  }
  EXPECT_EQ(columns(run->private_copy_before("001-people")), "") << "what is built from nothing copies no data";
}

TEST_F(ProvisioningTest, ASingleCopyIsResetByLoadingItAgain) {
  Variable single("PRODCLONE_SINGLE_COPY", "1");
  const auto run = std::make_unique<Provisioning>(project(), Options{.owner = owner_of_this_process(false, "test"), .warden = false, .replaces_kept = true});
  const auto loaded = run->make_clone_from(Stage::pristine, "prodclone load");
  EXPECT_EQ(columns(run->conninfo(Stage::clone)), "id name");
  pg::Session(role_.with_database(loaded.database)).execute("DELETE FROM person");
  EXPECT_THAT(run->make_clone_from(Stage::pristine, "prodclone reset").note, StartsWith("loaded prod.sql in "));
  EXPECT_EQ(people(role_.with_database(loaded.database)), 2);
  EXPECT_THAT(databases(), ElementsAre(loaded.database));
  EXPECT_EQ(run->require(Stage::migrated).database, loaded.database) << "a rehearsal takes its place";
  EXPECT_EQ(columns(run->conninfo(Stage::migrated)), "id name born");
  EXPECT_THAT(databases(), ElementsAre(loaded.database));
}

TEST_F(ProvisioningTest, ASingleCopyWhoseMigrationFailedIsLoadedAgain) {
  Variable single("PRODCLONE_SINGLE_COPY", "1");
  write("migrations/002-born.up.sql", "CREATE TABLE half (i int);\n--;;\nALTER TABLE person ADD COLUMN name date;\n");
  const auto run = provisioned();
  EXPECT_THROW(run->require(Stage::clone), Error);
  EXPECT_THAT(databases(), IsEmpty()) << "half migrated it is neither production nor the clone";
  EXPECT_EQ(migrations::applied_ids(run->production_history()).size(), 1U) << "what was read before stays known";
  write("migrations/002-born.up.sql", "ALTER TABLE person ADD COLUMN born date;\n");
  EXPECT_EQ(columns((provisioned()->require(Stage::clone), role_.with_database(name_ + "_prod_clone"))), "id name born");
}

TEST_F(ProvisioningTest, AForeignDatabaseOfTheClonesNameIsLeftAlone) {
  pg::Driver(role_).run("CREATE DATABASE " + name_ + "_prod_clone TEMPLATE template0");
  const auto run = provisioned();
  try {
    run->require(Stage::clone);
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.failure(), Failure::refused);
    EXPECT_EQ(error.what_failed(), "The database \"" + name_ + "_prod_clone\" exists and was not made by prodclone.");
  }
  EXPECT_THAT(release_everything(project()).removed, testing::Not(Contains(name_ + "_prod_clone")));
  pg::Driver(role_).run("DROP DATABASE " + name_ + "_prod_clone");
}

}  // namespace
}  // namespace prodclone::workflow
