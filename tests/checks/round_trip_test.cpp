#include <prodclone/checks/round_trip.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <prodclone/rehearsal/round_trip_json.hpp>

namespace prodclone::checks {
namespace {

using namespace std::chrono;
using rehearsal::Apart;
using rehearsal::RoundTrip;
using rehearsal::RoundTrips;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Went all the way, and everything was as it should be.
RoundTrip good(const std::string& id) {
  return {.id = id, .name = id + "-change", .migrations = {id + "-change"}, .up_file = id + ".up.sql", .down_file = id + ".down.sql",
          .up = {.ran = true, .took = seconds(1)}, .down = {.ran = true, .took = seconds(1)}, .up_again = {.ran = true, .took = seconds(1)},
          .after_down = Apart{}, .after_second_up = Apart{}};
}

data::TableComparison table_that_lost(const std::string& column) {
  return {.before = "public.person", .after = "public.person", .fate = data::TableFate::changed, .rows_before = 3, .rows_after = 3,
          .columns = {{.before = column, .fate = data::ColumnFate::gone, .values_before = 2}}};
}

std::vector<std::string> failures(const RoundTrips& trips, const TripContext& context = {}) {
  // Through the record's form, as the tests of the suite get it.
  const auto read = rehearsal::round_trips_from_json(rehearsal::to_json(trips));
  EXPECT_EQ(read, trips);
  std::vector<std::string> texts;
  for (const auto& finding : round_trip_findings(trips, context))
    if (finding.severity == Severity::failure) texts.push_back(finding.check + ": " + finding.what);
  return texts;
}

TEST(RoundTripCheck, PassesATripThatCameBack) { EXPECT_THAT(failures({.migrations = {good("1"), good("2")}}), IsEmpty()); }

TEST(RoundTripCheck, NamesTheColumnThatDownLoses) {
  auto trip = good("1");
  trip.after_down->content.tables = {table_that_lost("city")};
  EXPECT_THAT(failures({.migrations = {good("0"), trip}}), ElementsAre("roundtrip/data: Down does not bring back the column public.person.city: 2 values lost."));
}

TEST(RoundTripCheck, OfOneMigrationTellsOnceWhatItsOwnTripAndTheChainShow) {
  auto trip = good("1");
  trip.after_down->content.tables = {table_that_lost("\"City\"")};
  EXPECT_THAT(failures({.migrations = {trip}}), ElementsAre("roundtrip/data: Down does not bring back the column public.person.\"City\": 2 values lost."));
  const auto chain = round_trip_findings({.migrations = {trip}}, {}, TripRule::chain);
  ASSERT_THAT(chain, testing::SizeIs(1)) << "the chain's own test is red as well";
  EXPECT_THAT(chain.front().remedy, HasSubstr(R"("column": "City")"));
}

TEST(RoundTripCheck, ShowsOfAColumnOnlyTheRowsInWhichItChanged) {
  auto trip = good("1");
  auto table = table_that_lost("city");
  table.keyed = true;
  table.columns = {{.before = "city", .after = "city", .fate = data::ColumnFate::changed, .values_before = 3, .values_after = 2},
                   {.before = "name", .after = "name", .fate = data::ColumnFate::changed, .values_before = 3, .values_after = 2}};
  table.rows = {.changed = 2, .columns = {{"city", 1}, {"name", 1}},
                .samples = {{data::RowFate::changed, "public.person", "(0,1)", {"city"}, {}}, {data::RowFate::changed, "public.person", "(0,2)", {"name"}, {}}}};
  trip.after_down->content.tables = {table};
  const auto findings = round_trip_findings({.migrations = {trip}}, {}, TripRule::data);
  ASSERT_THAT(findings, testing::SizeIs(2));
  EXPECT_THAT(findings[0].evidence, ElementsAre("for example public.person at ctid (0,1)"));
  EXPECT_THAT(findings[1].evidence, ElementsAre("for example public.person at ctid (0,2)"));
}

TEST(RoundTripCheck, AcceptsALossOfThatMigrationTableAndColumnOnly) {
  auto trip = good("1");
  trip.after_down->content.tables = {table_that_lost("city")};
  const RoundTrips trips{.migrations = {trip, good("2")}};
  constexpr auto today = year_month_day(year(2026), month(6), day(1));
  const auto with = [&](config::DownLossWaiver waiver) { return failures(trips, {.losses = {std::move(waiver)}, .today = today}); };
  EXPECT_THAT(with({"1", "public.person", "city", "r", today}), IsEmpty());
  EXPECT_THAT(with({"1-*", "person", "*", "r", today}), IsEmpty());
  EXPECT_THAT(with({"2", "public.person", "city", "r", today}), testing::SizeIs(1));
  EXPECT_THAT(with({"1", "public.person", "name", "r", today}), testing::SizeIs(1));
  EXPECT_THAT(with({"1", "public.person", "city", "r", year_month_day(year(2026), month(5), day(31))}),
              testing::UnorderedElementsAre(HasSubstr("city"), HasSubstr("has expired")));
}

TEST(RoundTripCheck, AcceptsOfTheChainWhatOneOfItsMigrationsMayLose) {
  auto chain = good("");
  chain.migrations = {"1-change", "2-change"};
  chain.after_down->content.tables = {table_that_lost("city")};
  const RoundTrips trips{.migrations = {good("1"), good("2")}, .chain = chain};
  constexpr auto today = year_month_day(year(2026), month(6), day(1));
  const auto with = [&](const std::string& migration) { return failures(trips, {.losses = {{migration, "public.person", "city", "r", today}}, .today = today}); };
  EXPECT_THAT(with("2"), IsEmpty());
  EXPECT_THAT(with("2-change"), IsEmpty());
  EXPECT_THAT(with("3"), ElementsAre(HasSubstr("roundtrip/chain: Down does not bring back")));
}

TEST(RoundTripCheck, TellsWhatEndedTheTripInEveryTestThatNeedsIt) {
  auto trip = good("1");
  trip.down.error = "no such column";
  trip.after_down = std::nullopt;
  trip.after_second_up = std::nullopt;
  EXPECT_THAT(failures({.migrations = {trip, good("2")}}),
              ElementsAre("roundtrip/down: The down script failed.", HasSubstr("roundtrip/schema: Could not be checked"),
                          HasSubstr("roundtrip/data: Could not be checked"), HasSubstr("roundtrip/again: Could not be checked")));
}

TEST(RoundTripCheck, JudgesTheChainAsOne) {
  auto chain = good("");
  chain.migrations = {"1-change", "2-change"};
  chain.after_second_up->schema = {{"table", "public.t", "removed table public.t", "CREATE TABLE", ""}};
  chain.beside_clone = {{"table", "public.u", "added table public.u", "", "CREATE TABLE"}};
  const auto failed = failures({.migrations = {good("1"), good("2")}, .chain = chain});
  EXPECT_THAT(failed, testing::UnorderedElementsAre(HasSubstr("roundtrip/chain: Applied a second time"), HasSubstr("roundtrip/chain: Up alone gave another schema")));
}

TEST(RoundTripCheck, HoldsBothWaysToTheBudgetAndExpiresExceptions) {
  auto trip = good("1");
  trip.down.took = seconds(31);
  constexpr auto today = year_month_day(year(2026), month(6), day(1));
  EXPECT_THAT(failures({.migrations = {trip}}, {.today = today}), ElementsAre(HasSubstr("roundtrip/time: Going down took 31")));
  EXPECT_THAT(failures({.migrations = {trip}}, {.exceptions = {{"1", "migration_seconds", "2026-06-01", "big"}}, .today = today}), IsEmpty());
  EXPECT_THAT(failures({.migrations = {trip}}, {.exceptions = {{"1", "migration_seconds", "2026-05-31", "big"}}, .today = today}), testing::SizeIs(1));
  EXPECT_THAT(failures({.migrations = {trip}}, {.exceptions = {{"1", "LK04", "2026-06-01", "big"}}, .today = today}), testing::SizeIs(1));
}

TEST(RoundTripCheck, DoesNotReadFactsOfAnotherVersion) { EXPECT_EQ(rehearsal::round_trips_from_json(R"({"schema": "prodclone/roundtrip/0"})"), std::nullopt); }

}  // namespace
}  // namespace prodclone::checks
