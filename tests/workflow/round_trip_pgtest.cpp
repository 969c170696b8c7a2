// Real migrations in a folder of their own, up, down and up again: each wrong in one way, and what must pass.
#include <prodclone/workflow/round_trip.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <tuple>

#include <prodclone/base/files.hpp>
#include <prodclone/base/text.hpp>

#include "team_project.hpp"

namespace prodclone::workflow {
namespace {

using checks::Severity;
using checks::TripRule;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

class RoundTrips : public TeamRun {
 protected:
  void write(const std::string& name, const std::string& text) const { team_.write(name, text); }
  void configure(const std::string& more, const std::string& migrations = R"("layout": "migratus")") const { team_.configure(more, migrations); }
  void migration(const std::string& name, const std::string& up, const std::string& down) const { team_.migration(name, up, down); }
  config::Project project() const { return team_.project(); }
  // What is told at this severity.
  static std::vector<std::string> told(const checks::Findings& findings, Severity severity) {
    std::vector<std::string> texts;
    for (const auto& finding : findings)
      if (finding.severity == severity) texts.push_back(finding.what);
    return texts;
  }
  std::vector<std::string> failures(TripRule rule) { return told(round_trip_findings(run(), rule), Severity::failure); }
  std::vector<std::string> notes(TripRule rule) { return told(round_trip_findings(run(), rule), Severity::note); }
  std::vector<std::string> all_failures() {
    std::vector<std::string> texts;
    for (const auto& finding : round_trip_findings(run()))
      if (finding.severity == Severity::failure) texts.push_back(finding.check + ": " + finding.what);
    return texts;
  }
};

TEST_F(RoundTrips, PassWhereDownUndoesUp) {
  migration("002-rename", "ALTER TABLE person RENAME TO human;\n--;;\nALTER TABLE human RENAME COLUMN city TO town;\n",
            "ALTER TABLE human RENAME COLUMN town TO city;\n--;;\nALTER TABLE human RENAME TO person;\n");
  migration("003-born", "ALTER TABLE human ADD COLUMN born date;\n--;;\nUPDATE human SET born = '1815-12-10' WHERE name = 'Ada';\n--;;\nCREATE INDEX human_born ON human (born);\n",
            "ALTER TABLE human DROP COLUMN born;\n");
  EXPECT_THAT(all_failures(), IsEmpty());
  EXPECT_THAT(notes(TripRule::data), ElementsAre(HasSubstr("public.human.born, which the migration added: 1 value right after it")));
  const auto trips = round_trips(run());
  ASSERT_TRUE(trips.chain);
  EXPECT_THAT(trips.chain->migrations, ElementsAre("002-rename", "003-born"));
  EXPECT_TRUE(trips.chain->up_again.ran);
}

TEST_F(RoundTrips, SeeWhatDownLeavesInTheSchema) {
  migration("002-more", "ALTER TABLE person ADD COLUMN born date;\n--;;\nCREATE INDEX person_city ON person (city);\n", "DROP INDEX person_city;\n");
  EXPECT_THAT(failures(TripRule::schema), ElementsAre(HasSubstr("added column public.person.born")));
  EXPECT_THAT(failures(TripRule::data), IsEmpty());
  EXPECT_THAT(failures(TripRule::again), ElementsAre(HasSubstr("cannot be applied again")));
  EXPECT_THAT(failures(TripRule::chain), SizeIs(2));
}

TEST_F(RoundTrips, SeeColumnsThatChangedPlaces) {
  migration("002-swap", "ALTER TABLE person RENAME COLUMN name TO n;\n--;;\nALTER TABLE person RENAME COLUMN city TO c;\n",
            "ALTER TABLE person RENAME COLUMN n TO city;\n--;;\nALTER TABLE person RENAME COLUMN c TO name;\n");
  EXPECT_THAT(failures(TripRule::schema), UnorderedElementsAre(HasSubstr("renamed column public.person.name -> city"), HasSubstr("renamed column public.person.city -> name")));
}

TEST_F(RoundTrips, SeeWhatDownLosesByTableAndColumn) {
  migration("002-drop", "ALTER TABLE person DROP COLUMN city;\n", "ALTER TABLE person ADD COLUMN city text;\n");
  EXPECT_THAT(failures(TripRule::schema), IsEmpty());
  EXPECT_THAT(failures(TripRule::data), ElementsAre(HasSubstr("public.person.city")));
  EXPECT_THAT(failures(TripRule::again), IsEmpty());
  EXPECT_THAT(failures(TripRule::way_back), IsEmpty());
}

TEST_F(RoundTrips, SeeAnIncompleteRestore) {
  migration("002-upper", "CREATE TABLE person_was AS SELECT * FROM person;\n--;;\nUPDATE person SET name = upper(name);\n",
            "UPDATE person p SET name = w.name FROM person_was w WHERE w.id = p.id AND p.id < 3;\n--;;\nDROP TABLE person_was;\n");
  EXPECT_THAT(failures(TripRule::data), ElementsAre(HasSubstr("public.person.name")));
}

TEST_F(RoundTrips, AcceptWhatIsDeclaredLost) {
  migration("002-drop", "ALTER TABLE person DROP COLUMN city;\n", "ALTER TABLE person ADD COLUMN city text;\n");
  configure(R"(, "schema": {"waivers": "waivers.json"})");
  write("waivers.json", R"({"down_losses": [{"migration": "002-*", "table": "person", "column": "city", "reason": "nobody reads it", "until": "2999-12-31"}]})");
  EXPECT_THAT(all_failures(), IsEmpty());
}

TEST_F(RoundTrips, SeeRowsThatDownLosesAndRowsThatItLeaves) {
  migration("002-rows", "CREATE TABLE gone AS SELECT * FROM person WHERE id = 1;\n--;;\nDELETE FROM person WHERE id = 1;\n--;;\nINSERT INTO person VALUES (4, 'Alan', NULL);\n",
            "DROP TABLE gone;\n");
  const auto failed = failures(TripRule::data);
  EXPECT_THAT(failed, UnorderedElementsAre(HasSubstr("does not bring back 1 row of public.person"), HasSubstr("holds 1 row that it did not hold before")));
}

TEST_F(RoundTrips, FailWithoutADownScriptUnlessThatIsAccepted) {
  write("migrations/002-drop.up.sql", "ALTER TABLE person DROP COLUMN city;\n");
  migration("003-more", "ALTER TABLE person ADD COLUMN born date;\n", "ALTER TABLE person DROP COLUMN born;\n");
  EXPECT_THAT(all_failures(), UnorderedElementsAre(HasSubstr("roundtrip/down: The migration is irreversible"), HasSubstr("roundtrip/chain: The chain cannot go down: 002-drop has")));
  const auto trips = round_trips(run());
  EXPECT_TRUE(trips.migrations.at(1).up_again.ran) << "the next one goes on from there";
  configure(R"(, "schema": {"waivers": "waivers.json"})");
  write("waivers.json", R"({"irreversible": [{"migration": "002-drop", "reason": "the archive has it", "until": "2999-12-31"}]})");
  const checks::TripContext context = [&] {
    Provisioning again(project(), Options{.owner = owner_of_this_process(false, "test"), .warden = false});
    return trip_context(again);
  }();
  for (const auto& finding : checks::round_trip_findings(trips, context)) EXPECT_NE(finding.severity, Severity::failure) << checks::to_string(finding);
}

TEST_F(RoundTrips, SayWhichStatementOfADownScriptFails) {
  migration("002-more", "ALTER TABLE person ADD COLUMN born date;\n", "ALTER TABLE person DROP COLUMN birth;\n");
  migration("003-other", "CREATE TABLE other (id int);\n", "DROP TABLE other;\n");
  EXPECT_THAT(failures(TripRule::way_back), ElementsAre("The down script failed."));
  EXPECT_THAT(failures(TripRule::schema), ElementsAre(HasSubstr("Could not be checked"))) << "the other migration was tried all the same";
  EXPECT_TRUE(round_trips(run()).migrations.at(1).after_second_up);
}

TEST_F(RoundTrips, SeeASecondUpThatDoesNothing) {
  migration("002-seed", "CREATE TABLE IF NOT EXISTS setting (id int PRIMARY KEY, v int);\n--;;\nINSERT INTO setting SELECT 1, 1 WHERE NOT EXISTS (SELECT FROM person WHERE name = 'seeded');\n"
                        "--;;\nUPDATE person SET name = 'seeded' WHERE id = 3;\n",
            "DROP TABLE setting;\n");
  EXPECT_THAT(failures(TripRule::again), ElementsAre(HasSubstr("other rows in public.setting")));
}

TEST_F(RoundTrips, ExcuseWhatDependsOnTheMoment) {
  migration("002-stamp", "ALTER TABLE person ADD COLUMN stamped timestamptz DEFAULT clock_timestamp(), ADD COLUMN token uuid DEFAULT gen_random_uuid();\n",
            "ALTER TABLE person DROP COLUMN stamped, DROP COLUMN token;\n");
  EXPECT_THAT(all_failures(), IsEmpty());
  EXPECT_THAT(notes(TripRule::again), ElementsAre(HasSubstr("depends on the moment")));
}

TEST_F(RoundTrips, DoNotMindThatWhatIsMadeAnewPrintsOtherwise) {
  write("prod.sql", replaced(read_file(project().root / "prod.sql"), "-- PostgreSQL database dump complete",
                             "ALTER TABLE public.person ADD CONSTRAINT known CHECK (((name)::text = ANY (ARRAY[('Ada'::character varying)::text, ('Grace'::character varying)::text, "
                             "('Edsger'::character varying)::text])));\n-- PostgreSQL database dump complete"));
  migration("002-known", "ALTER TABLE person DROP CONSTRAINT known;\n",
            "ALTER TABLE person ADD CONSTRAINT known CHECK (name::varchar IN ('Ada', 'Grace', 'Edsger'));\n");
  const auto failed = failures(TripRule::schema);
  for (const auto& text : failed) EXPECT_THAT(text, HasSubstr("known"));
  EXPECT_LE(failed.size(), 1U);
}

// Diesel goes by version, not by when a migration was applied.
TEST_F(RoundTrips, SeeThatTheToolWouldUndoAnotherThanTheLateMergedOne) {
  write("prod.sql", replaced(read_file(project().root / "prod.sql"), "-- PostgreSQL database dump complete",
                             "CREATE TABLE public.__diesel_schema_migrations (version varchar(50) NOT NULL PRIMARY KEY, run_on timestamp NOT NULL DEFAULT now());\n"
                             "INSERT INTO public.__diesel_schema_migrations (version) VALUES ('20260105000000');\n-- PostgreSQL database dump complete"));
  std::filesystem::remove_all(project().root / "migrations");
  configure("", R"("layout": "folder_pairs")");
  for (const auto& [folder, up, down] : {std::tuple{"2026-01-05-000000_five", "SELECT 1;", "SELECT 2;"},
                                         std::tuple{"2026-01-03-000000_late", "ALTER TABLE person ADD COLUMN born date;", "ALTER TABLE person DROP COLUMN born;"}}) {
    write(std::string("migrations/") + folder + "/up.sql", up);
    write(std::string("migrations/") + folder + "/down.sql", down);
  }
  EXPECT_THAT(failures(TripRule::way_back), ElementsAre(HasSubstr("five instead")));
}

TEST_F(RoundTrips, HoldEachMigrationToItsBudget) {
  migration("002-slow", "SELECT pg_sleep(0.3);\n", "SELECT pg_sleep(0.3);\n");
  configure(R"(, "budgets": {"migration_seconds": 0.2})");
  EXPECT_THAT(failures(TripRule::time), ElementsAre(HasSubstr("Going up took"), HasSubstr("Going down took")));
}

TEST_F(RoundTrips, GrantExceptionsToTheBudget) {
  migration("002-slow", "SELECT pg_sleep(0.3);\n", "SELECT 1;\n");
  configure(R"(, "budgets": {"migration_seconds": 0.2, "exceptions": [{"migration": "002-*", "rule": "migration_seconds", "until": "2999-12-31", "reason": "at night"}]})");
  EXPECT_THAT(failures(TripRule::time), IsEmpty());
  EXPECT_THAT(notes(TripRule::time), ElementsAre(HasSubstr("Going up took")));
}

TEST_F(RoundTrips, TakeAnExternalToolDownByItsOwnCommand) {
  write("tool.sh", "psql -X -q -v ON_ERROR_STOP=1 -c \"$1\"\n");
  configure("", R"("layout": "command", "up": ["sh", "tool.sh", "ALTER TABLE person ADD COLUMN born date"], "down": ["sh", "tool.sh", "ALTER TABLE person DROP COLUMN born"])");
  EXPECT_THAT(all_failures(), IsEmpty());
  EXPECT_TRUE(round_trips(run()).migrations.at(0).up_again.ran);
}

TEST_F(RoundTrips, SeeWhatAnExternalToolLeaves) {
  write("tool.sh", "psql -X -q -v ON_ERROR_STOP=1 -c \"$1\"\n");
  configure("", R"("layout": "command", "up": ["sh", "tool.sh", "ALTER TABLE person ADD COLUMN IF NOT EXISTS born date"], "down": ["sh", "tool.sh", "SELECT 1"])");
  EXPECT_THAT(failures(TripRule::schema), ElementsAre(HasSubstr("public.person.born")));
}

TEST_F(RoundTrips, AreIrreversibleWithoutADownCommand) {
  write("tool.sh", "psql -X -q -v ON_ERROR_STOP=1 -c \"$1\"\n");
  configure("", R"("layout": "command", "up": ["sh", "tool.sh", "SELECT 1"])");
  EXPECT_THAT(failures(TripRule::way_back), ElementsAre(HasSubstr("irreversible")));
}

TEST_F(RoundTrips, AreMadeOnceForAllProcessesOfARun) {
  migration("002-born", "ALTER TABLE person ADD COLUMN born date;\n", "ALTER TABLE person DROP COLUMN born;\n");
  const auto first = round_trips(run());
  Provisioning second(project(), Options{.owner = owner_of_this_process(false, "test"), .warden = false});
  EXPECT_EQ(round_trips(second), first) << "times and all";
}

TEST_F(RoundTrips, WithNothingPendingHaveNothingToSay) {
  EXPECT_THAT(round_trip_findings(run()), IsEmpty());
}

}  // namespace
}  // namespace prodclone::workflow
