#include <prodclone/checks/load.hpp>

#include <gmock/gmock.h>

namespace prodclone::checks {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::chrono::year_month_day today{std::chrono::year(2026), std::chrono::month(6), std::chrono::day(15)};
constexpr std::chrono::year_month_day tomorrow{std::chrono::year(2026), std::chrono::month(6), std::chrono::day(16)};
constexpr std::chrono::year_month_day yesterday{std::chrono::year(2026), std::chrono::month(6), std::chrono::day(14)};

const LoadFact postgis{.kind = "extension", .name = "postgis", .reason = "The server does not have it.", .remedy = "Install it."};
const LoadFact places{.kind = "table", .name = "public.places", .reason = "type \"public.geometry\" does not exist.", .cause = "extension postgis"};

TEST(LoadFindings, OfACompleteLoadAreNone) { EXPECT_THAT(load_findings({.dump = "d"}, {}, today), IsEmpty()); }

TEST(LoadFindings, NameWhatIsMissingWithItsConsequences) {
  const auto findings = load_findings({.dump = "prod.dump", .facts = {postgis, places}}, {}, today);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].check, "load/extension");
  EXPECT_EQ(findings[0].severity, Severity::failure);
  EXPECT_EQ(findings[0].object, "postgis");
  EXPECT_EQ(findings[0].where, "prod.dump");
  EXPECT_EQ(findings[0].remedy, "Install it.");
  EXPECT_THAT(findings[0].evidence, ElementsAre(HasSubstr("table public.places")));
}

TEST(LoadFindings, AWaiverCoversWhatItNamesAndNoMore) {
  const std::vector<LoadWaiver> waivers{{.kind = "extension", .name = "post*", .reason = "maps are not rehearsed", .until = tomorrow}};
  const auto findings = load_findings({.facts = {postgis, places}}, waivers, today);
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].severity, Severity::note);
  EXPECT_THAT(findings[0].what, HasSubstr("maps are not rehearsed"));
  EXPECT_EQ(findings[1].severity, Severity::failure);
  EXPECT_EQ(findings[1].object, "public.places");
  EXPECT_THAT(findings[1].remedy, HasSubstr("not_loaded"));
}

TEST(LoadFindings, AnExpiredWaiverFailsAndCoversNothing) {
  const auto findings = load_findings({.facts = {postgis}}, {{.reason = "for now", .until = yesterday}}, today);
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].check, "load/waivers");
  EXPECT_EQ(findings[1].object, "postgis");
  EXPECT_EQ(findings[1].severity, Severity::failure);
  EXPECT_FALSE(any_failure(load_findings({.facts = {postgis}}, {{.reason = "for now", .until = today}}, today))) << "its last day";
}

TEST(LoadFindings, WhatIsChangedWarnsAndWhatIsLeftOutIsNoted) {
  const auto findings = load_findings({.facts = {{.effect = LoadEffect::altered, .kind = "foreign_key", .name = "b.k", .reason = "r"},
                                                 {.effect = LoadEffect::left_out, .kind = "subscription", .name = "s", .reason = "r"}},
                                       .excluded_data = {"public.audit"}}, {}, today);
  ASSERT_EQ(findings.size(), 3U);
  EXPECT_EQ(findings[0].severity, Severity::warning);
  EXPECT_EQ(findings[1].severity, Severity::note);
  EXPECT_EQ(findings[2].severity, Severity::note);
  EXPECT_THAT(findings[2].what, HasSubstr("public.audit is empty"));
  EXPECT_FALSE(any_failure(findings));
}

}  // namespace
}  // namespace prodclone::checks
