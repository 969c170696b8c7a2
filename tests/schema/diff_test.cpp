#include <gmock/gmock.h>

#include <algorithm>

#include <prodclone/schema/diff.hpp>

#include "objects.hpp"

namespace prodclone::schema {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> told(const Differences& differences) {
  std::vector<std::string> lines;
  for (const auto& d : differences.entries) lines.push_back(to_string(d));
  return lines;
}

const Object t = a_table("t", 100);

TEST(Diff, EqualSnapshotsInAnyOrderDoNotDiffer) {
  Snapshot a{.objects = {t, a_column(t, "x", 1), a_column(t, "y", 2)}};
  auto b = a;
  std::reverse(b.objects.begin(), b.objects.end());
  EXPECT_TRUE(diff(a, b).empty());
  EXPECT_EQ(fingerprint(a), fingerprint(b));
}

TEST(Diff, IdentitiesAreNoDifferenceAcrossLineages) {
  const auto other = a_table("t", 900);
  EXPECT_TRUE(diff({.objects = {t, a_column(t, "x", 1)}}, {.objects = {other, a_column(other, "x", 7)}}).empty());
}

TEST(Diff, AnAddedTableIsOneEntryWithAllThatStandsOnIt) {
  const auto differences = diff({}, {.objects = {t, a_column(t, "x", 1), an_index(t, "i", 101, "ON public.t (x)")}});
  EXPECT_THAT(told(differences), ElementsAre("added table public.t"));
  EXPECT_THAT(*differences.entries[0].b, testing::HasSubstr("CREATE INDEX i ON public.t (x)"));
  EXPECT_EQ(differences.consequences.size(), 2u);
}

TEST(Diff, AChangedColumnNamesWhatItTouches) {
  const auto differences = diff({.objects = {t, a_column(t, "x", 1)}}, {.objects = {t, a_column(t, "x", 1, "bigint")}});
  ASSERT_THAT(told(differences), ElementsAre("changed column public.t.x (type)"));
  EXPECT_THAT(differences.entries[0].touched, ElementsAre(Touched{"type", "integer", "bigint"}));
  EXPECT_EQ(differences.entries[0].a, "x integer");
  EXPECT_EQ(differences.entries[0].b, "x bigint");
}

TEST(Diff, AColumnOfAnotherNameIsNotGuessedToBeARename) {
  EXPECT_THAT(told(diff({.objects = {t, a_column(t, "x", 1)}}, {.objects = {t, a_column(t, "z", 1)}})),
              ElementsAre("removed column public.t.x", "added column public.t.z"));
}

TEST(Diff, AnIndexOfEqualDefinitionIsARenameWhenExactlyOneFits) {
  const std::string on = "ON public.t (x)";
  EXPECT_THAT(told(diff({.objects = {t, an_index(t, "i", 101, on)}}, {.objects = {t, an_index(t, "j", 102, on)}})),
              ElementsAre("renamed index public.i -> j"));
  EXPECT_THAT(told(diff({.objects = {t, an_index(t, "i", 101, on)}},
                        {.objects = {t, an_index(t, "j", 102, on), an_index(t, "k", 103, on)}})),
              ElementsAre("removed index public.i", "added index public.j", "added index public.k"));
}

TEST(Diff, IdentityTellsARenamedColumnExactly) {
  EXPECT_THAT(told(diff_by_identity({.objects = {t, a_column(t, "x", 1), a_column(t, "y", 2)}},
                                    {.objects = {t, a_column(t, "y", 1), a_column(t, "x", 2)}})),
              ElementsAre("renamed column public.t.y -> x", "renamed column public.t.x -> y"));
}

TEST(Diff, RenamedAndChangedAreTwoEntries) {
  EXPECT_THAT(
      told(diff_by_identity({.objects = {t, a_column(t, "x", 1)}}, {.objects = {t, a_column(t, "z", 1, "bigint")}})),
      testing::UnorderedElementsAre("renamed column public.t.x -> z", "changed column public.t.z (type)"));
}

TEST(Diff, WhatIsMadeAgainUnderARenamedTableIsFoundByName) {
  const auto u = a_table("u", 100);
  EXPECT_THAT(told(diff_by_identity({.objects = {t, an_index(t, "i", 101, "ON public.t (x)")}},
                                    {.objects = {u, an_index(u, "i", 555, "ON public.u (x)")}})),
              ElementsAre("renamed table public.t -> u"));
}

TEST(Diff, ATableCopiedAndSwappedIsTheSameTable) {
  const auto swapped = a_table("t", 222);
  EXPECT_THAT(diff_by_identity({.objects = {t, a_column(t, "x", 1)}}, {.objects = {swapped, a_column(swapped, "x", 1)}})
                  .entries,
              IsEmpty());
}

TEST(Diff, ARenameDoesNotExcuseAnotherChangeOfTheText) {
  const auto u = a_table("u", 100);
  EXPECT_THAT(told(diff_by_identity({.objects = {t, an_index(t, "i", 101, "ON public.t (x)")}},
                                    {.objects = {u, an_index(u, "i", 101, "ON public.u (y)")}})),
              ElementsAre("changed index public.i (on)", "renamed table public.t -> u"));
}

TEST(Diff, EqualRawValuesAreEqualWhateverTheTextSays) {
  auto x = a_column(t, "x", 1);
  x.attributes = {{"default", "nextval('public.a'::regclass)", "42"}};
  auto y = x;
  y.attributes[0].value = "nextval('public.b'::regclass)";
  EXPECT_THAT(diff_by_identity({.objects = {t, x}}, {.objects = {t, y}}).entries, IsEmpty());
  EXPECT_THAT(told(diff({.objects = {t, x}}, {.objects = {t, y}})), ElementsAre("changed column public.t.x (default)"));
}

TEST(Diff, ABodyIsFreeTextThatNoRenameExcuses) {
  const auto u = a_table("u", 100);
  Object f{.kind = "function",
           .schema = "public",
           .name = "f",
           .signature = "()",
           .identity = {1255, 7, 0},
           .attributes = {{"body", "SELECT FROM t", ""}}};
  auto g = f;
  g.attributes[0].value = "SELECT FROM u";
  EXPECT_THAT(told(diff_by_identity({.objects = {f, t}}, {.objects = {g, u}})),
              ElementsAre("changed function public.f() (body)", "renamed table public.t -> u"));
}

TEST(Diff, ColumnOrderCountsOnlyWhenStrict) {
  const Snapshot a{.objects = {t, a_column(t, "x", 1), a_column(t, "y", 2)}};
  const Snapshot b{.objects = {t, a_column(t, "x", 5), a_column(t, "y", 2)}};
  EXPECT_TRUE(diff(a, b).empty());
  EXPECT_THAT(told(diff(a, b, {.strict = true})), ElementsAre("changed table public.t (column_order)"));
  const Snapshot gap{.objects = {t, a_column(t, "x", 3), a_column(t, "y", 9)}};
  EXPECT_TRUE(diff(a, gap, {.strict = true}).empty());
}

TEST(Diff, OwnersAndPrivilegesCountOnlyOnRequest) {
  auto other = t;
  other.owner = "somebody";
  other.privileges = {"=r/somebody"};
  EXPECT_TRUE(diff({.objects = {t}}, {.objects = {other}}).empty());
  EXPECT_THAT(told(diff({.objects = {t}}, {.objects = {other}}, {.owners = true, .privileges = true})),
              ElementsAre("changed table public.t (owner, privileges)"));
}

TEST(Diff, WhatAPartitionGotFromItsParentIsAConsequence) {
  auto part = a_table("p1", 200);
  part.attributes = {{"partition_of", "public.t", "100"}};
  auto inherited = a_column(part, "x", 1);
  inherited.inherited = true;
  const auto differences = diff({.objects = {t, part}}, {.objects = {t, a_column(t, "x", 1), part, inherited}});
  EXPECT_THAT(told(differences), ElementsAre("added column public.t.x"));
  ASSERT_EQ(differences.consequences.size(), 1u);
  EXPECT_EQ(to_string(differences.consequences[0]), "added column public.p1.x");
  auto own = inherited;
  own.inherited = false;
  EXPECT_EQ(diff({.objects = {t, part}}, {.objects = {t, a_column(t, "x", 1), part, own}}).entries.size(), 2u);
}

}  // namespace
}  // namespace prodclone::schema
