#include <prodclone/checks/foreign_keys.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prodclone::checks {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

data::ForeignKeyReport report(std::optional<std::int64_t> orphans) {
  return {.key = {.name = "document_tenant_fk", .child = "public.document", .parent = "public.tenant", .child_columns = {"tenant_id"}, .parent_columns = {"id"},
                  .orphans_from = "FROM ONLY public.document fk WHERE (fk.tenant_id IS NOT NULL) AND NOT EXISTS (SELECT 1 FROM ONLY public.tenant pk WHERE pk.id = fk.tenant_id)",
                  .sql_name = "document_tenant_fk", .sql_child = "ONLY public.document"},
          .orphans = orphans};
}

Finding only(data::ForeignKeyReport given) {
  const auto findings = foreign_key_findings({"clone", {std::move(given)}});
  EXPECT_EQ(findings.size(), 1U);
  return findings.at(0);
}

TEST(ForeignKeyFindings, AWholeKeyIsNoFinding) { EXPECT_THAT(foreign_key_findings({"clone", {report(0)}}), IsEmpty()); }

TEST(ForeignKeyFindings, OrphansBehindAValidatedKeyAreAFailure) {
  auto given = report(3);
  given.samples = {{"public.document", "(12,5)", {}}};
  const auto finding = only(given);
  EXPECT_EQ(finding.severity, Severity::failure);
  EXPECT_EQ(finding.object, "public.document.document_tenant_fk");
  EXPECT_EQ(finding.what, "3 rows in public.document have no parent in public.tenant.");
  EXPECT_THAT(finding.why, HasSubstr("VALIDATE CONSTRAINT changes nothing"));
  EXPECT_THAT(finding.evidence, Contains("for example public.document at ctid (12,5)"));
  EXPECT_THAT(finding.remedy, testing::AllOf(HasSubstr("DELETE FROM ONLY public.document"), HasSubstr("SET tenant_id = NULL"), HasSubstr("INSERT INTO public.tenant (id)")));
}

TEST(ForeignKeyFindings, ShowsKeysOnlyWhenTheyWereRead) {
  auto given = report(1);
  given.samples = {{"public.document", "(0,1)", {"4711"}}};
  EXPECT_THAT(only(given).evidence, Contains("for example public.document at ctid (0,1): tenant_id=4711"));
}

TEST(ForeignKeyFindings, OrphansOfAKeyNeverValidatedAreAFailureWithTheLastStep) {
  auto given = report(1);
  given.key.validated = false;
  const auto finding = only(given);
  EXPECT_EQ(finding.severity, Severity::failure);
  EXPECT_THAT(finding.why, HasSubstr("VALIDATE CONSTRAINT will fail"));
  EXPECT_THAT(finding.remedy, HasSubstr("ALTER TABLE public.document VALIDATE CONSTRAINT document_tenant_fk;"));
}

TEST(ForeignKeyFindings, AKeyNeverValidatedWithoutOrphansIsAWarning) {
  auto given = report(0);
  given.key.validated = false;
  const auto finding = only(given);
  EXPECT_EQ(finding.severity, Severity::warning);
  EXPECT_THAT(finding.remedy, HasSubstr("VALIDATE CONSTRAINT document_tenant_fk;"));
}

TEST(ForeignKeyFindings, AKeyThatIsNotEnforcedIsANote) {
  auto given = report(0);
  given.key.enforced = given.key.validated = false;
  EXPECT_EQ(only(given).severity, Severity::note);
}

TEST(ForeignKeyFindings, WhatCouldNotBeCountedIsAFailure) {
  auto given = report(std::nullopt);
  given.could_not_count = "permission denied for table tenant";
  const auto finding = only(given);
  EXPECT_EQ(finding.severity, Severity::failure);
  EXPECT_EQ(finding.what, "Could not count its orphans: permission denied for table tenant.");
}

}  // namespace
}  // namespace prodclone::checks
