#include <gmock/gmock.h>

#include <prodclone/base/day.hpp>
#include <prodclone/checks/accepted_differences.hpp>

namespace prodclone::checks {
namespace {

using config::DifferenceWaiver;
using schema::Change;
using schema::Differences;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const Differences two{{{.change = Change::removed, .kind = "index", .name = "public.by_hand"},
                       {.change = Change::renamed, .kind = "primary_key", .name = "public.\"Client\".client_pkey", .old_name = "public.\"Client\".customer_pkey"}}};

Acceptance by(std::vector<DifferenceWaiver> waivers, const std::string& of = "fresh") {
  return {.of = of, .waivers = std::move(waivers), .file = "waivers.json", .today = *parse_day("2026-11-20")};
}
DifferenceWaiver waiver(const std::string& name, const std::string& until = "2026-11-20") { return {.name = name, .reason = "known", .until = *parse_day(until)}; }

TEST(AcceptedDifferences, AreANoteAndNoLongerADifference) {
  const auto result = accept_differences(two, by({waiver("public.by_*")}));
  ASSERT_THAT(result.remaining.entries, SizeIs(1));
  EXPECT_EQ(result.remaining.entries[0].kind, "primary_key");
  ASSERT_THAT(result.findings, SizeIs(1));
  EXPECT_EQ(result.findings[0].severity, Severity::note);
  EXPECT_THAT(result.findings[0].what, HasSubstr("removed index public.by_hand"));
  EXPECT_EQ(result.findings[0].why, "known");
}

TEST(AcceptedDifferences, OfARenameGoByEitherName) {
  EXPECT_THAT(accept_differences(two, by({waiver("public.Client.client_pkey")})).remaining.entries, SizeIs(1));
  EXPECT_THAT(accept_differences(two, by({waiver("public.\"Client\".customer_pkey")})).remaining.entries, SizeIs(1));
}

TEST(AcceptedDifferences, FitInKindAndChange) {
  auto other_kind = waiver("public.by_hand"), other_change = waiver("public.by_hand");
  other_kind.kind = "table";
  other_change.change = "added";
  for (const auto& one : {other_kind, other_change}) EXPECT_EQ(accept_differences(two, by({one})).remaining, two);
}

TEST(AcceptedDifferences, AWaiverThatAcceptsNothingFails) {
  const auto result = accept_differences(two, by({waiver("public.gone")}));
  EXPECT_EQ(result.remaining, two);
  ASSERT_THAT(result.findings, SizeIs(1));
  EXPECT_EQ(result.findings[0].severity, Severity::failure);
  EXPECT_EQ(result.findings[0].check, "schema/waivers");
  EXPECT_THAT(result.findings[0].remedy, HasSubstr("\"of\": \"declared\""));
}

TEST(AcceptedDifferences, AnExpiredWaiverAcceptsNothingAndFails) {
  const auto result = accept_differences(two, by({waiver("public.by_hand", "2026-11-19")}));
  EXPECT_EQ(result.remaining, two);
  EXPECT_THAT(result.findings, ElementsAre(Field(&Finding::what, HasSubstr("has expired on 2026-11-19"))));
}

TEST(AcceptedDifferences, OfTheOtherComparisonAreNotLookedAt) {
  auto of_declared = waiver("public.by_hand");
  of_declared.of = "declared";
  EXPECT_EQ(accept_differences(two, by({of_declared})).remaining, two);
  EXPECT_THAT(accept_differences(two, by({of_declared})).findings, IsEmpty());
  EXPECT_THAT(accept_differences(two, by({of_declared}, "declared")).remaining.entries, SizeIs(1));
}

}  // namespace
}  // namespace prodclone::checks
