#include "spelling.hpp"

#include <gtest/gtest.h>

namespace prodclone::schema {
namespace {

TEST(Spelling, ColumnsOfTheOnlyTableLoseItsName) {
  EXPECT_EQ(without_only_table(" SELECT t.id,\n    (t.pair).x AS x\n   FROM public.t\n  WHERE (t.id > 0)\n  ORDER BY t.\"Name\";"),
            " SELECT id,\n    (pair).x AS x\n   FROM public.t\n  WHERE (id > 0)\n  ORDER BY \"Name\";");
  EXPECT_EQ(without_only_table(" SELECT a.id FROM public.t a;"), " SELECT id FROM public.t a;");
  EXPECT_EQ(without_only_table(" WITH c AS (SELECT t.id FROM t) SELECT c.id FROM c;"), " WITH c AS (SELECT t.id FROM t) SELECT id FROM c;");
  EXPECT_EQ(without_only_table(" SELECT s.id FROM ( SELECT t.id FROM t) s;"), " SELECT id FROM ( SELECT t.id FROM t) s;");
  EXPECT_EQ(without_only_table(" SELECT s.id FROM ((SELECT t.id FROM t) UNION (SELECT u.id FROM u)) s;"), " SELECT id FROM ((SELECT t.id FROM t) UNION (SELECT u.id FROM u)) s;");
  EXPECT_EQ(without_only_table(" SELECT g.n FROM ROWS FROM(f(1), f(2)) WITH ORDINALITY g(n, m);"), " SELECT n FROM ROWS FROM(f(1), f(2)) WITH ORDINALITY g(n, m);");
  EXPECT_EQ(without_only_table(" SELECT date_part('a.b', a.at) FROM a TABLESAMPLE system (1);"), " SELECT date_part('a.b', at) FROM a TABLESAMPLE system (1);");
}

TEST(Spelling, WhatIsNoColumnOfItKeepsTheName) {
  for (const std::string_view kept : {
           " SELECT t.*::text AS t FROM t;",                                                         // a whole row
           " SELECT app.f(1), 'a'::app.mood, 1 OPERATOR(app.+) 1, id COLLATE app.de FROM public.app;",  // its schema's namesake
           " SELECT EXISTS ( SELECT 1 FROM u WHERE u.id = t.id) FROM t;",                            // in a subquery
           " SELECT id IN ((SELECT 1) UNION SELECT u.id FROM u WHERE u.id = t.id) FROM t;",
           " SELECT a.id, b.id FROM (a JOIN b ON ((a.id = b.id)));",
           " SELECT a.id FROM (( SELECT 1) a JOIN b ON ((a.id = b.id)));",
           " SELECT a.id, b.id FROM a, b;",
           " SELECT a.id FROM a, LATERAL ( SELECT a.id) b;",
           " SELECT a.id FROM a UNION SELECT b.id FROM b;",
           " SELECT 1;", " VALUES (1);", "", ";"})
    EXPECT_EQ(without_only_table(kept), kept);
}

TEST(Spelling, OnlyWordsThatSomeMajorsReserveLoseTheirQuotes) {
  EXPECT_EQ(without_late_quotes("\"json_value\" \"select\" \"Json\" '\"json\"' \"system_user\""), "json_value \"select\" \"Json\" '\"json\"' system_user");
}

TEST(Spelling, WordsBecomeCalls) {
  const auto calls = [](std::string_view sql) { return with_words_as_calls(sql); };
  EXPECT_EQ(calls("SUBSTRING(a FROM 1 FOR 2)"), "\"substring\"(a, 1, 2)");
  EXPECT_EQ(calls("OVERLAY(a PLACING b FROM 1)"), "\"overlay\"(a, b, 1)");
  EXPECT_EQ(calls("POSITION(((a || b)) IN (c))"), "\"position\"(c, (a || b))");
  EXPECT_EQ(calls("TRIM(BOTH FROM a)"), "btrim(a)");
  EXPECT_EQ(calls("TRIM(LEADING 'x'::text FROM a)"), "ltrim(a, 'x'::text)");
  EXPECT_EQ(calls("((a AT TIME ZONE 'UTC'::text) AT TIME ZONE b)"), "timezone(b, timezone('UTC'::text, a))");
  EXPECT_EQ(calls("((a, b) OVERLAPS (c, d))"), "\"overlaps\"(a, b, c, d)");
  EXPECT_EQ(calls("(NOT (a IS NFC NORMALIZED))"), "(NOT is_normalized(a, 'nfc'::text))");
  EXPECT_EQ(calls("NORMALIZE(a, NFKD) || COLLATION FOR (b)"), "\"normalize\"(a, 'nfkd'::text) || pg_collation_for(b)");
  EXPECT_EQ(calls("upper(SUBSTRING(TRIM(TRAILING FROM a) FROM POSITION((b) IN (a))))"), "upper(\"substring\"(rtrim(a), \"position\"(a, b)))");
}

TEST(Spelling, OtherWordsStay) {
  for (const std::string_view kept : {"EXTRACT(year FROM a)", "'SUBSTRING(a FROM 1)'::text", "\"substring\"(a, 1)", "\"TRIM\"(a)", "f(\"AT\", \"TIME\", \"ZONE\") AT TIME ZONE "})
    EXPECT_EQ(with_words_as_calls(kept), kept);
}

TEST(Spelling, OnlyImpliedCastsOfArgumentsGo) {
  const auto implied = [](const std::string& column, std::string_view type) { return column == "note" && type == "text"; };
  const auto without = [&](std::string_view sql) { return without_implied_casts(sql, implied); };
  EXPECT_EQ(without("btrim((t.note)::text, 'x'::text)"), "btrim(t.note, 'x'::text)");
  EXPECT_EQ(without("\"substring\"((note)::text, (note)::text)"), "\"substring\"(note, note)");
  for (const std::string_view kept : {"upper((note)::text)", "btrim((id)::text)", "btrim((note)::bytea)", "app.btrim((note)::text)", "btrim((note || 'a')::text)", "btrim(((note)::text || 'a'::text))"})
    EXPECT_EQ(without(kept), kept);
}

TEST(Spelling, InGoesBeforeArgumentsOnly) { EXPECT_EQ(without_in("IN a integer, INOUT b text DEFAULT f(IN), IN \"IN\" text"), "a integer, INOUT b text DEFAULT f(IN), \"IN\" text"); }

}  // namespace
}  // namespace prodclone::schema
