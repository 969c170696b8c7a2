#include <gmock/gmock.h>

#include <prodclone/schema/cross_check.hpp>

namespace prodclone::schema {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

Differences catalogs(Difference d) {
  return {.entries = {std::move(d)}};
}
DumpDifference dump(const std::string& type, const std::string& name, Change change = Change::changed) {
  return {.change = change, .type = type, .name = name, .schema = "public"};
}

TEST(CrossCheck, BothSilentAgree) {
  EXPECT_THAT(cross_check({}, {}), IsEmpty());
}

TEST(CrossCheck, WhatBothSeeIsNoDisagreement) {
  EXPECT_THAT(cross_check(catalogs({.change = Change::added, .kind = "index", .name = "public.i"}),
                          {dump("INDEX", "i", Change::added)}),
              IsEmpty());
  EXPECT_THAT(cross_check(catalogs({.kind = "column", .name = "public.t.x", .touched = {{"default", "1", "2"}}}),
                          {dump("TABLE", "t")}),
              IsEmpty());
  EXPECT_THAT(cross_check(catalogs({.change = Change::added, .kind = "foreign_key", .name = "public.t.f"}),
                          {dump("FK CONSTRAINT", "t f", Change::added)}),
              IsEmpty());
}

TEST(CrossCheck, TheDefaultOfASerialColumnMovesWithItsSequence) {
  const auto left = catalogs({.kind = "sequence", .name = "public.t_id_seq", .touched = {{"owned_by", "public.t.id", ""}}});
  EXPECT_THAT(cross_check(left, {dump("DEFAULT", "t id", Change::removed), dump("TABLE", "t"), dump("SEQUENCE OWNED BY", "t_id_seq", Change::removed)}), IsEmpty());
  EXPECT_THAT(cross_check(left, {dump("DEFAULT", "t x", Change::removed), dump("SEQUENCE OWNED BY", "t_id_seq", Change::removed)}), testing::SizeIs(1));
}

TEST(CrossCheck, KindsWhoseTagIsNoListOfNamesAreRecognised) {
  struct Pair {
    std::string kind, name, type, tag, schema;
  };
  for (const auto& pair : std::vector<Pair>{
           {"cast", "(app.mood AS integer)", "CAST", "CAST (app.mood AS integer)", ""},
           {"transform", "FOR app.mood LANGUAGE l", "TRANSFORM", "TRANSFORM FOR app.mood LANGUAGE l", ""},
           {"operator", "app.===(app.mood, app.mood)", "OPERATOR", "===", "app"},
           {"operator_class", "app.c USING btree", "OPERATOR CLASS", "c", "app"},
           {"operator_family", "app.\"F f\" USING btree", "OPERATOR FAMILY", "F f", "app"},
           {"user_mapping", "far.public", "USER MAPPING", "USER MAPPING public SERVER far", ""},
           {"publication_table", "app.t.p", "PUBLICATION TABLE", "p t", "app"},
           {"publication_tables_in_schema", "app.p", "PUBLICATION TABLES IN SCHEMA", "p app", "app"},
           {"comment", "cast (app.mood AS integer)", "COMMENT", "CAST (app.mood AS integer)", ""},
           {"comment", "operator class app.c USING btree", "COMMENT", "OPERATOR CLASS c USING btree", "app"},
           {"security_label", "sample on column app.t.c", "SECURITY LABEL", "TABLE t", "app"},
       }) {
    const DumpDifference shown{.change = Change::added, .type = pair.type, .name = pair.tag, .schema = pair.schema};
    EXPECT_THAT(cross_check(catalogs({.change = Change::added, .kind = pair.kind, .name = pair.name}), {shown}),
                IsEmpty())
        << pair.kind;
    auto another = shown;
    another.name = pair.kind == "security_label" ? "TABLE u" : pair.tag + "x";
    EXPECT_THAT(cross_check(catalogs({.change = Change::added, .kind = pair.kind, .name = pair.name}), {another}),
                SizeIs(2))
        << pair.kind;
  }
}

TEST(CrossCheck, TheCommentOnARenamedObjectIsExplainedByTheRename) {
  const auto rename = catalogs({.change = Change::renamed, .kind = "index", .name = "public.j", .old_name = "public.i"});
  EXPECT_THAT(cross_check(rename, {dump("INDEX", "i", Change::removed), dump("INDEX", "j", Change::added),
                                   dump("COMMENT", "INDEX i", Change::removed), dump("COMMENT", "INDEX j", Change::added)}),
              IsEmpty());
  EXPECT_THAT(cross_check(rename, {dump("INDEX", "i", Change::removed), dump("INDEX", "j", Change::added),
                                   dump("COMMENT", "INDEX k", Change::removed)}),
              SizeIs(1));
}

TEST(CrossCheck, WhatOnlyPgDumpSeesIsADisagreement) {
  const auto disagreements = cross_check({}, {dump("INDEX", "i")});
  ASSERT_THAT(disagreements, SizeIs(1));
  EXPECT_EQ(disagreements[0].seen_by, Witness::pg_dump_only);
  EXPECT_FALSE(disagreements[0].expected);
}

TEST(CrossCheck, ADifferenceOfAnotherTableDoesNotExplainIt) {
  EXPECT_THAT(cross_check(catalogs({.kind = "column", .name = "public.u.x", .touched = {{"default", "1", "2"}}}),
                          {dump("TABLE", "t")}),
              SizeIs(2));
}

TEST(CrossCheck, WhatOnlyTheCatalogsSeeIsADisagreementUnlessTheTableSaysSo) {
  EXPECT_THAT(cross_check(catalogs({.kind = "index", .name = "public.i", .touched = {{"on", "x", "y"}}}), {}),
              SizeIs(1));
  EXPECT_THAT(cross_check(catalogs({.kind = "index", .name = "public.i", .touched = {{"tablespace", "", "fast"}}}), {}),
              IsEmpty());
  EXPECT_THAT(cross_check(catalogs({.kind = "extension", .name = "x", .touched = {{"version", "1", "2"}}}), {}),
              IsEmpty());
}

TEST(CrossCheck, AnIndexThatIsNotValidIsSeenByTheCatalogsAlone) {
  EXPECT_THAT(
      cross_check(
          catalogs({.change = Change::removed, .kind = "index", .name = "public.i", .touched = {{"valid", "no", ""}}}),
          {}),
      IsEmpty());
  EXPECT_THAT(cross_check(catalogs({.change = Change::removed, .kind = "index", .name = "public.i"}), {}), SizeIs(1));
}

TEST(CrossCheck, AKindThatWeDoNotCompareIsADifferenceButNoFault) {
  const auto disagreements = cross_check({}, {dump("PROPERTY GRAPH", "g", Change::added)});
  ASSERT_THAT(disagreements, SizeIs(1));
  EXPECT_TRUE(disagreements[0].expected);
}

TEST(CrossCheck, TheOrderOfColumnsIsNoDisagreement) {
  auto order = dump("TABLE", "t");
  order.only_order = true;
  EXPECT_THAT(cross_check({}, {order}), IsEmpty());
}

TEST(CrossCheck, ARenameIsSeenByPgDumpAsTwoEntries) {
  EXPECT_THAT(
      cross_check(catalogs({.change = Change::renamed, .kind = "index", .name = "public.j", .old_name = "public.i"}),
                  {dump("INDEX", "i", Change::removed), dump("INDEX", "j", Change::added)}),
      IsEmpty());
}

}  // namespace
}  // namespace prodclone::schema
