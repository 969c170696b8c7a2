#include <gmock/gmock.h>

#include <prodclone/checks/schema_drift.hpp>
#include <prodclone/checks/schema_intent.hpp>

namespace prodclone::checks {
namespace {

using schema::Change;
using schema::Difference;
using schema::Differences;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST(SchemaDrift, EqualSchemasGiveNoFinding) {
  EXPECT_THAT(schema_drift(Differences{}), IsEmpty());
}

TEST(SchemaDrift, AnIndexMadeByHandInProductionIsExplained) {
  const Differences differences{{{.change = Change::removed,
                                  .kind = "index",
                                  .name = "public.i",
                                  .a = "CREATE INDEX i ON public.t USING btree (x)"}}};
  const auto findings = schema_drift(differences);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].check, "schema/drift");
  EXPECT_EQ(findings[0].severity, Severity::failure);
  EXPECT_EQ(findings[0].object, "index public.i");
  EXPECT_EQ(findings[0].what, "Index public.i exists only in clone.");
  EXPECT_THAT(findings[0].remedy, HasSubstr("made by hand in production?"));
  EXPECT_THAT(findings[0].remedy, HasSubstr("DROP INDEX public.i;"));
  EXPECT_THAT(findings[0].evidence, testing::ElementsAre("clone: CREATE INDEX i ON public.t USING btree (x)"));
}

TEST(SchemaDrift, AChangedDefaultNamesBothValuesAndTheStatement) {
  const Differences differences{{{.change = Change::changed,
                                  .kind = "column",
                                  .name = "public.t.x",
                                  .a = "x integer DEFAULT 1",
                                  .b = "x integer",
                                  .touched = {{"default", "1", ""}}}}};
  const auto findings = schema_drift(differences);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].what, "Column public.t.x differs in default: 1 in clone, the default in fresh.");
  EXPECT_THAT(findings[0].remedy, HasSubstr("ALTER TABLE public.t ALTER COLUMN x DROP DEFAULT;"));
}

TEST(SchemaDrift, AnIndexThatIsNotValidIsExplained) {
  const Differences differences{{{.change = Change::removed,
                                  .kind = "index",
                                  .name = "public.i",
                                  .a = "CREATE INDEX i ON public.t USING btree (x)",
                                  .touched = {{"valid", "no", ""}}}}};
  EXPECT_THAT(schema_drift(differences)[0].remedy, HasSubstr("a failed CREATE INDEX CONCURRENTLY leaves behind"));
}

TEST(SchemaDrift, AStatementThatLosesRowsIsAComment) {
  const Differences differences{
      {{.change = Change::removed, .kind = "table", .name = "public.t", .a = "CREATE TABLE public.t ()"}}};
  EXPECT_THAT(schema_drift(differences)[0].remedy, HasSubstr("-- destroys data, look first: DROP TABLE public.t;"));
}

TEST(SchemaDrift, AConstraintOfADomainIsAlteredThere) {
  const Differences differences{{{.change = Change::removed,
                                  .kind = "check_constraint",
                                  .name = "public.d.c",
                                  .a = "CONSTRAINT c CHECK ((VALUE > 0))"}}};
  EXPECT_THAT(schema_drift(differences)[0].remedy, HasSubstr("ALTER DOMAIN public.d DROP CONSTRAINT c;"));
}

TEST(SchemaDrift, ARenameGivesTheRenameStatement) {
  const Differences differences{{{.change = Change::renamed,
                                  .kind = "primary_key",
                                  .name = "public.tenant.tenant_pkey",
                                  .old_name = "public.tenant.legal_entity_pkey"}}};
  const auto findings = schema_intent(differences);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].check, "schema/intent");
  EXPECT_THAT(findings[0].remedy, HasSubstr("forgets to rename"));
  EXPECT_THAT(findings[0].remedy,
              HasSubstr("ALTER TABLE public.tenant RENAME CONSTRAINT legal_entity_pkey TO tenant_pkey;"));
}

TEST(SchemaDrift, ColumnOrderAloneWarns) {
  const Differences differences{{{.change = Change::changed,
                                  .kind = "table",
                                  .name = "public.t",
                                  .a = "",
                                  .b = "",
                                  .touched = {{"column_order", "a, b", "b, a"}}}}};
  const auto findings = schema_drift(differences);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].severity, Severity::warning);
  EXPECT_FALSE(any_failure(findings));
}

TEST(SchemaDrift, PartitionsNamedAfterTheDayAreRecognised) {
  const std::string definition =
      "CREATE TABLE public.e_2024_05_01 (\n    id integer\n)\nPARTITION OF public.e FOR VALUES FROM (1) TO (2)";
  const Differences differences{
      {{.change = Change::removed, .kind = "table", .name = "public.e_2024_05_01", .a = definition},
       {.change = Change::added, .kind = "table", .name = "public.e_2024_06_01", .b = definition}}};
  const auto findings = schema_drift(differences);
  ASSERT_THAT(findings, SizeIs(2));
  EXPECT_THAT(findings[0].remedy, HasSubstr("the day on which it runs"));
  EXPECT_THAT(findings[0].remedy, HasSubstr("public.e "));
}

TEST(SchemaDrift, APartitionWithoutACounterpartIsNotTakenForOne) {
  const Differences differences{{{.change = Change::removed,
                                  .kind = "table",
                                  .name = "public.e_2024",
                                  .a = "CREATE TABLE public.e_2024 ()\nPARTITION OF public.e DEFAULT"}}};
  EXPECT_THAT(schema_drift(differences)[0].remedy, testing::Not(HasSubstr("the day on which it runs")));
}

}  // namespace
}  // namespace prodclone::checks
