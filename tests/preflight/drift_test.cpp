#include <prodclone/preflight/drift.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prodclone::preflight {
namespace {

using schema::Change;
using schema::Difference;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

Difference changed(std::string kind, std::string name) { return {.change = Change::changed, .kind = std::move(kind), .name = std::move(name), .a = "a", .b = "b", .touched = {{"definition", "a", "b"}}}; }

TEST(DifferenceInBothComparisons, IsOneAndMereSpellingIsNot) {
  const auto real = changed("column", "public.t.c"), spelling = changed("check_constraint", "public.t.t_check"), restored_only = changed("view", "public.made_by_the_migration");
  EXPECT_THAT(in_both({.entries = {real, spelling}}, {.entries = {real, restored_only}}).entries, ElementsAre(real));
  EXPECT_THAT(in_both({.entries = {spelling}}, {}).entries, IsEmpty());
}

TEST(SchemaFindings, BeforeADeployDriftIsAFailureWithBothDefinitions) {
  const auto findings = schema_findings({.compared = "this with that", .differences = {.entries = {changed("view", "public.v")}}}, Moment::before, "shop");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].check, "preflight/drift");
  EXPECT_EQ(findings[0].severity, checks::Severity::failure);
  EXPECT_EQ(findings[0].what, "changed view public.v (definition).");
  EXPECT_THAT(findings[0].evidence, Contains("compared: this with that"));
  EXPECT_EQ(schema_findings({.differences = {.entries = {changed("view", "public.v")}}}, Moment::after, "shop").at(0).check, "postflight/schema");
}

TEST(SchemaFindings, WhatMayBeSpellingOnlyCouldNotBeSeen) {
  const auto findings = schema_findings({.differences = {.entries = {changed("view", "public.v")}}, .unsettled = "no right to dump"}, Moment::before, "shop");
  EXPECT_EQ(findings.at(0).check, "preflight/unseen");
  EXPECT_EQ(findings.at(0).why, "no right to dump");
  EXPECT_THAT(schema_findings({.unsettled = "x"}, Moment::before, "shop"), IsEmpty());
}

}  // namespace
}  // namespace prodclone::preflight
