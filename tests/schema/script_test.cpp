#include <prodclone/schema/script.hpp>

#include <gmock/gmock.h>

#include "objects.hpp"
#include "script_draft.hpp"
#include "script_types.hpp"

namespace prodclone::schema {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Snapshot of(std::vector<Object> objects) {
  return {.server_version = 150000, .database = "d", .objects = std::move(objects)};
}

std::vector<std::string> sql(const std::vector<ScriptStatement>& statements) {
  std::vector<std::string> lines;
  for (const auto& one : statements) lines.push_back(one.sql);
  return lines;
}

TEST(Script, EqualSchemasNeedNone) {
  const auto table = a_table("t", 1);
  EXPECT_TRUE(write_script(of({table}), of({table})).empty());
}

TEST(Script, AddsColumnsBeforeItBuildsIndexesOnThem) {
  const auto table = a_table("t", 1);
  auto index = an_index(table, "i", 9, "ON public.t USING btree (x)");
  index.definition = "CREATE INDEX i ON public.t USING btree (x)";
  index.depends = {{class_catalog, 1, 2}};
  const auto script = write_script(of({table}), of({a_column(table, "x", 2), index, table}));
  EXPECT_THAT(sql(script.statements), ElementsAre("ALTER TABLE public.t ADD COLUMN x integer;", "CREATE INDEX CONCURRENTLY i ON public.t USING btree (x);"));
  EXPECT_EQ(script.statements[1].run, Run::outside);
  EXPECT_THAT(script.statements[1].closes, ElementsAre("added index public.i"));
}

TEST(Script, DropsOnlyWhenAllowed) {
  const auto table = a_table("t", 1);
  const auto withheld = write_script(of({table}), of({}));
  EXPECT_THAT(withheld.statements, IsEmpty());
  EXPECT_THAT(sql(withheld.withheld), ElementsAre("DROP TABLE public.t;"));
  const auto allowed = write_script(of({table}), of({}), {.allow_destructive = true});
  EXPECT_THAT(sql(allowed.statements), ElementsAre("DROP TABLE public.t;"));
  EXPECT_EQ(allowed.statements[0].loses, "all rows of public.t");
}

TEST(Script, SaysWhatItDoesNotKnow) {
  const Object odd{.kind = "hologram", .schema = "public", .name = "h", .identity = {1, 7, 0}, .definition = "CREATE HOLOGRAM h"};
  const auto script = write_script(of({}), of({odd}));
  ASSERT_EQ(script.not_expressed.size(), 1u);
  EXPECT_EQ(script.not_expressed[0].difference, "added hologram public.h");
  EXPECT_THAT(to_sql(script), HasSubstr("-- NOT EXPRESSED: added hologram public.h. "));
}

TEST(Script, TextKeepsEachPartInItsTransaction) {
  const Script script{.statements = {{.sql = "A;"}, {.sql = "B;"}, {.sql = "C;", .run = Run::outside, .note = "waits"}, {.sql = "D;"}},
                      .withheld = {{.sql = "E\nF;", .loses = "rows"}}};
  const auto text = to_sql(script, {.a = "one", .b = "two"});
  EXPECT_THAT(text, HasSubstr("-- Turns one into two: 4 statements in 3 parts.\n"));
  EXPECT_THAT(text, HasSubstr("BEGIN;\nA;\nB;\nCOMMIT;\n"));
  EXPECT_THAT(text, HasSubstr("-- lock: waits.\nC;\n\n-- Part 3"));
  EXPECT_THAT(text, HasSubstr("-- DESTRUCTIVE: loses rows.\n-- E\n-- F;\n"));
}

TEST(Script, CopiesOfOneDatabaseShareALineage) {
  const auto a = a_table("t", 20000), b = a_table("u", 20000), other = a_table("t", 20001);
  EXPECT_TRUE(share_lineage(of({a}), of({b})));
  EXPECT_FALSE(share_lineage(of({a}), of({other})));
}

struct TypeRow {
  std::string from, to;
  TypeChange change;
};

TEST(ScriptTypeChange, TellsWhatItDoesToValues) {
  const TypeRow rows[] = {
      {"character varying(10)", "character varying(20)", {.in_place = true}},
      {"character varying(20)", "character varying(10)", {.narrows = true}},
      {"character varying(10)", "text", {.in_place = true}},
      {"text", "character varying(10)", {.narrows = true}},
      {"integer", "bigint", {.using_cast = "::bigint"}},
      {"bigint", "integer", {.narrows = true, .using_cast = "::integer"}},
      {"numeric(10,2)", "numeric(12,2)", {.in_place = true}},
      {"numeric(10,2)", "numeric(10,4)", {.narrows = true}},
      {"integer", "text", {.using_cast = "::text"}},
      {"text", "integer", {.narrows = true, .using_cast = "::integer"}},
      {"date", "timestamp without time zone", {.using_cast = "::timestamp without time zone"}},
      {"timestamp with time zone", "timestamp(3) with time zone", {.narrows = true}},
      {"timestamp(3) with time zone", "timestamp with time zone", {.in_place = true}},
      {"public.a", "public.b", {.narrows = true, .using_cast = "::text::public.b"}},
      {"integer[]", "bigint[]", {.using_cast = "::bigint[]"}},
  };
  for (const auto& row : rows) EXPECT_EQ(type_change(row.from, row.to), row.change) << row.from << " -> " << row.to;
}

TEST(ScriptLists, AreCutOutsideQuotesAndParentheses) {
  EXPECT_THAT(cut_list(R"(a numeric(10,2), "b, c" text DEFAULT 'x, y', d int[])"), ElementsAre("a numeric(10,2)", R"("b, c" text DEFAULT 'x, y')", "d int[]"));
  EXPECT_EQ(cut_name(R"("a b" integer)"), (std::pair<std::string, std::string>(R"("a b")", "integer")));
  EXPECT_THAT(option_actions("fillfactor=70, user_catalog_table=true", "fillfactor=80"), ElementsAre("SET (fillfactor = '80')", "RESET (user_catalog_table)"));
  EXPECT_EQ(foreign_option_changes("a=1, b=2", "a=3, c=4"), "OPTIONS (SET a '3', ADD c '4', DROP b)");
}

}  // namespace
}  // namespace prodclone::schema
