#include <gmock/gmock.h>

#include <prodclone/base/error.hpp>
#include <prodclone/schema/pg_dump_text.hpp>

namespace prodclone::schema {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

std::string entry(const std::string& name, const std::string& type, const std::string& body) {
  return "--\n-- Name: " + name + "; Type: " + type + "; Schema: public; Owner: -\n--\n\n" + body + "\n\n\n";
}

const std::string preamble = R"(--
-- PostgreSQL database dump
--

\restrict Ab12

-- Dumped from database version 15.18
SET statement_timeout = 0;
SELECT pg_catalog.set_config('search_path', '', false);

)";

TEST(PgDumpText, IsCutAtItsEntriesAndSorted) {
  const auto dump = parse_dump_text(
      preamble + entry("t", "TABLE", "CREATE TABLE public.t (\n    a integer\n);") +
      "SET default_tablespace = '';\n\n" +
      entry("f()", "FUNCTION", "CREATE FUNCTION public.f() RETURNS integer\n    LANGUAGE sql\n    AS $$SELECT 1$$;") +
      "--\n-- PostgreSQL database dump complete\n--\n\n\\unrestrict Ab12\n\n");
  EXPECT_THAT(
      dump.entries,
      ElementsAre(DumpEntry{"FUNCTION", "f()", "public",
                            "CREATE FUNCTION public.f() RETURNS integer\n    LANGUAGE sql\n    AS $$SELECT 1$$;"},
                  DumpEntry{"TABLE", "t", "public", "CREATE TABLE public.t (\n    a integer\n);"}));
}

TEST(PgDumpText, BodiesMayHoldWhatLooksLikeDumpText) {
  const std::string body =
      "CREATE FUNCTION public.f() RETURNS void\n    LANGUAGE plpgsql\n    AS $_$\nBEGIN;\nSET x = 1;\nSELECT "
      "pg_catalog.set_config('a', 'b', false);\n"
      "--\n-- Name: x; Type: TABLE; Schema: public; Owner: -\n--\n\\restrict no\nEND $_$;";
  const auto dump = parse_dump_text(preamble + entry("f()", "FUNCTION", body));
  ASSERT_THAT(dump.entries, SizeIs(1));
  EXPECT_EQ(dump.entries[0].text, body);
}

TEST(PgDumpText, QuotesMayHoldItToo) {
  const std::string comment =
      "COMMENT ON TABLE public.t IS 'it''s;\n-- Name: x; Type: TABLE; Schema: public; Owner: -\nSET y = 2;\n';";
  const std::string table = "CREATE TABLE public.\"a;\n-- Name: y; Type: TABLE; Schema: public; Owner: -\n\" (\n);";
  const std::string escaped =
      "CREATE VIEW public.v AS\n SELECT E'\\\\'';\n-- Name: z; Type: VIEW; Schema: public; Owner: -\n' AS x;";
  const auto dump = parse_dump_text(preamble + entry("TABLE t", "COMMENT", comment) + entry("a", "TABLE", table) +
                                    entry("v", "VIEW", escaped));
  ASSERT_THAT(dump.entries, SizeIs(3));
  EXPECT_EQ(dump.entries[0].text, comment);
  EXPECT_EQ(dump.entries[1].text, table);
  EXPECT_EQ(dump.entries[2].text, escaped);
}

TEST(PgDumpText, ANameMayHoldSemicolons) {
  const auto dump = parse_dump_text(preamble + entry("a; Type: b", "TABLE", "CREATE TABLE public.\"a; Type: b\" ();"));
  ASSERT_THAT(dump.entries, SizeIs(1));
  EXPECT_EQ(dump.entries[0].name, "a; Type: b");
  EXPECT_EQ(dump.entries[0].type, "TABLE");
}

TEST(PgDumpText, TwoDumpsOfOneDatabaseNormaliseAlike) {
  const auto body = entry("t", "TABLE", "CREATE TABLE public.t ();");
  const auto other =
      "--\n-- PostgreSQL database dump\n--\n\n\\restrict zZ9\n\n-- Dumped by pg_dump version 17\nSET x = 1;\n" + body +
      "\\unrestrict zZ9\n";
  EXPECT_EQ(parse_dump_text(preamble + body).normalised(), parse_dump_text(other).normalised());
  EXPECT_THAT(parse_dump_text(other).normalised(), Not(HasSubstr("restrict")));
}

TEST(PgDumpText, OtherSqlIsRefused) {
  EXPECT_THROW(parse_dump_text("CREATE TABLE t (a int);\n"), Error);
  EXPECT_THAT(parse_dump_text(preamble).entries, IsEmpty());
}

TEST(PgDumpText, DifferencesAreFoundByEntry) {
  const auto a =
      parse_dump_text(preamble + entry("t", "TABLE", "CREATE TABLE public.t (\n    a integer,\n    b integer\n);") +
                      entry("i", "INDEX", "CREATE INDEX i;"));
  const auto b =
      parse_dump_text(preamble + entry("t", "TABLE", "CREATE TABLE public.t (\n    b integer,\n    a integer\n);") +
                      entry("j", "INDEX", "CREATE INDEX j;"));
  std::vector<std::string> lines;
  for (const auto& d : compare_dumps(a, b)) lines.push_back(to_string(d));
  EXPECT_THAT(lines, ElementsAre("removed INDEX public.i", "added INDEX public.j",
                                 "changed TABLE public.t (only the order of its lines)"));
}

TEST(PgDumpText, TwoEntriesOfOneNameAreComparedInTurn) {
  const auto two = entry("t r", "RULE", "CREATE RULE r AS 1;") + entry("t r", "RULE", "CREATE RULE r AS 2;");
  EXPECT_THAT(compare_dumps(parse_dump_text(preamble + two), parse_dump_text(preamble + two)), IsEmpty());
  EXPECT_THAT(compare_dumps(parse_dump_text(preamble + two),
                            parse_dump_text(preamble + entry("t r", "RULE", "CREATE RULE r AS 1;"))),
              SizeIs(1));
}

}  // namespace
}  // namespace prodclone::schema
