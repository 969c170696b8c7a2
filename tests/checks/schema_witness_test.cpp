#include <gmock/gmock.h>

#include <prodclone/checks/schema_witness.hpp>

namespace prodclone::checks {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

TEST(SchemaWitness, ADisagreementIsAFaultOfOurs) {
  const auto findings = schema_witness(
      {{.seen_by = schema::Witness::catalogs_only, .object = "index public.i", .difference = "added index public.i"}});
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_THAT(findings[0].what, HasSubstr("The gate and pg_dump disagree about index public.i: only the gate sees"));
  EXPECT_THAT(findings[0].remedy, HasSubstr("fault of prodclone"));
}

TEST(SchemaWitness, AKindThatOnlyPgDumpComparesIsAnOrdinaryDifference) {
  const auto findings =
      schema_witness({{.expected = true, .object = "COLLATION public.c", .difference = "added COLLATION public.c"}});
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].severity, Severity::failure);
  EXPECT_THAT(findings[0].remedy, testing::Not(HasSubstr("fault of prodclone")));
}

TEST(SchemaWitness, AgreementIsSilent) {
  EXPECT_THAT(schema_witness({}), SizeIs(0));
}

}  // namespace
}  // namespace prodclone::checks
