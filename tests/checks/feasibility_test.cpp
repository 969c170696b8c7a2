#include <prodclone/checks/feasibility.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prodclone::checks {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

data::TrialReport report(std::optional<std::int64_t> offenders, bool validated = true) {
  return {.trial = {.requirement = {.kind = data::RequirementKind::foreign_key, .name = "doc_fk", .definition = "FOREIGN KEY (tenant_id) REFERENCES tenant(id)", .validated = validated},
                    .table = "public.document", .table_before = "public.document", .listing = "SELECT 1;", .repairs = "-- then mend\n"},
          .offenders = offenders, .not_tried = offenders ? "" : "the migration itself creates public.x", .samples = {"public.document at ctid (0,1)"}};
}

TEST(Feasibility, SaysNothingWhereEveryRowFits) {
  EXPECT_THAT(feasibility_findings({.trials = {report(0)}}), IsEmpty());
  EXPECT_THAT(feasibility_findings({.trials = {report(0)}, .migrated = true}), IsEmpty());
}

TEST(Feasibility, RowsThatMakeTheMigrationFailAreAFailureWithAWayOut) {
  const auto findings = feasibility_findings({.trials = {report(3)}});
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::failure);
  EXPECT_EQ(findings[0].check, "fk/feasibility");
  EXPECT_EQ(findings[0].object, "public.document.doc_fk");
  EXPECT_THAT(findings[0].what, HasSubstr("3 rows have no parent"));
  EXPECT_THAT(findings[0].remedy, HasSubstr("SELECT 1;\n-- then mend"));
}

TEST(Feasibility, RowsThatTheMigrationRepairsAreAWarning) {
  const auto findings = feasibility_findings({.trials = {report(1)}, .migrated = true});
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::warning);
  EXPECT_THAT(findings[0].what, HasSubstr("1 row has no parent; the migrations repair"));
}

TEST(Feasibility, AConstraintLeftNotValidOverSuchRowsIsAFailure) {
  const auto findings = feasibility_findings({.trials = {report(1, false)}, .migrated = true});
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::failure);
  EXPECT_THAT(findings[0].what, HasSubstr("left NOT VALID"));
}

TEST(Feasibility, WhatIsNotTriedIsANote) {
  const auto findings = feasibility_findings({.trials = {report(std::nullopt)}});
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::note);
  EXPECT_THAT(findings[0].what, HasSubstr("the migration itself creates public.x"));
}

}  // namespace
}  // namespace prodclone::checks
