#include <gmock/gmock.h>

#include <prodclone/schema/render.hpp>

#include "objects.hpp"

namespace prodclone::schema {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Render, TheSameSchemaIsSaid) {
  EXPECT_EQ(to_plain(Differences{}, {.label_a = "clone", .label_b = "fresh"}),
            "clone and fresh have the same schema.\n");
}

TEST(Render, BothDefinitionsStandUnderEachOther) {
  const Difference d{.kind = "column",
                     .name = "public.t.x",
                     .a = "x integer DEFAULT 1",
                     .b = "x integer DEFAULT 22",
                     .touched = {{"default", "1", "22"}}};
  EXPECT_EQ(to_plain(d, {.label_a = "clone", .label_b = "fresh"}),
            "~ changed column public.t.x (default)\n"
            "    - clone  x integer DEFAULT 1\n"
            "    + fresh  x integer DEFAULT 22\n"
            "                               ^^\n"
            "    The default was set on one side only, or written by another version of the server or of the tool in other "
            "words.\n");
}

TEST(Render, ColourIsOnlyThereWhenAsked) {
  const Difference d{.change = Change::added, .kind = "index", .name = "public.i", .b = "CREATE INDEX"};
  EXPECT_THAT(to_plain(d), Not(HasSubstr("\x1b")));
  EXPECT_THAT(to_plain(d, {.colour = true}), HasSubstr("\x1b[32m"));
}

TEST(Render, LongDefinitionsAreShownAsLinesThatDiffer) {
  const Difference d{.kind = "function",
                     .name = "public.f()",
                     .a = "BEGIN\n one;\nEND",
                     .b = "BEGIN\n two;\nEND",
                     .touched = {{"body", "", ""}}};
  EXPECT_THAT(to_plain(d), HasSubstr("     BEGIN\n    - one;\n    + two;\n     END\n"));
}

TEST(Render, LinesThatAreCommentsAreShownToo) {
  const Difference d{.kind = "view", .name = "public.v", .a = "VIEW\n-- privileges: x", .b = "VIEW\n-- privileges: y", .touched = {{"privileges", "x", "y"}}};
  EXPECT_THAT(to_plain(d), HasSubstr("     VIEW\n    --- privileges: x\n    +-- privileges: y\n"));
}

TEST(Render, StatementsThatTouchedItAreNamed) {
  const Differences differences{.entries = {{.change = Change::removed, .kind = "index", .name = "public.i", .a = "CREATE INDEX"}}};
  const TouchedBy by = {{"removed index public.i", {"3-drop.up.sql:2: DROP INDEX i;"}}};
  EXPECT_THAT(to_plain(differences, {.touched_by = by}), HasSubstr("\n    touched by 3-drop.up.sql:2: DROP INDEX i;\n"));
  EXPECT_THAT(to_json(differences, by), HasSubstr("\"touched_by\": [\n        \"3-drop.up.sql:2: DROP INDEX i;\"\n      ]"));
}

TEST(Render, JsonIsAsTheContractSays) {
  Differences differences{
      .entries = {{.change = Change::renamed,
                   .kind = "table",
                   .name = "public.tenant",
                   .old_name = "public.legal_entity",
                   .a = "CREATE TABLE public.legal_entity ()",
                   .b = "CREATE TABLE public.tenant ()"},
                  {.change = Change::removed, .kind = "index", .name = "public.i", .a = "CREATE INDEX"}}};
  const std::string expected = R"json({
  "schema": "prodclone/schema-diff/1",
  "equal": false,
  "differences": [
    {
      "change": "renamed",
      "kind": "table",
      "name": "public.tenant",
      "old_name": "public.legal_entity",
      "a": "CREATE TABLE public.legal_entity ()",
      "b": "CREATE TABLE public.tenant ()",
      "touched": [],
      "touched_by": [],
      "usual_cause": null
    },
    {
      "change": "removed",
      "kind": "index",
      "name": "public.i",
      "old_name": null,
      "a": "CREATE INDEX",
      "b": null,
      "touched": [],
      "touched_by": [],
      "usual_cause": "Often an index that was made by hand in production, during an incident."
    }
  ]
}
)json";
  EXPECT_EQ(to_json(differences), expected);
  EXPECT_THAT(to_json({}), HasSubstr("\"equal\": true"));
}

TEST(Render, CanonicalTextShowsWhatSqlDoesNot) {
  const auto t = a_table("t", 1);
  auto x = a_column(t, "x", 1);
  x.attributes.push_back({"statistics", "500", ""});
  const auto text = canonical_text({.objects = {x, t}});
  EXPECT_EQ(text, "-- table public.t\nCREATE TABLE public.t ();\n\n-- column public.t.x\n-- statistics: 500\n\n");
}

}  // namespace
}  // namespace prodclone::schema
