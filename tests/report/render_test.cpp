#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <prodclone/report/render.hpp>

#include "sample_report.hpp"

namespace prodclone::report {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

Report good_report() {
  auto report = sample_report();
  report.tests = {{.name = "ForeignKeys.HaveNoOrphans", .labels = {"fk"}}};
  return report;
}

TEST(Plain, TellsEverythingAndEndsWithTheVerdict) {
  EXPECT_EQ(to_plain(sample_report(), false),
            "shop on PostgreSQL 15.18, 3072 kB of data\n"
            "\n"
            "Phases\n"
            "  pristine      1.2 s  p: loaded\n"
            "\n"
            "Migrations\n"
            "  1-rename: applied in 1.5 s, 1 statement, 1 table rewritten, 16 kB of WAL\n"
            "\n"
            "1 table locked against writes\n"
            "  public.a                             SHARE                      20 ms  (8192 bytes)\n"
            "\n"
            "Worth knowing\n"
            "WARN fk  public.b\n"
            "  what:  Not validated.\n"
            "\n"
            "Not checked\n"
            "  No declared schema was compared.\n"
            "  Not measured in 1.up.sql:3: temporary files.\n"
            "\n"
            "Failures\n"
            "FAIL fk  public.c\n"
            "  what:  2 rows <of> `c` are | orphans.\n"
            "  where: 1.up.sql:3\n"
            "  why:   Joins lose them.\n"
            "  seen:  c (1), c (2)\n"
            "  do:    DELETE FROM c;\n"
            "?? Smoke.Answers\n"
            "  no port is free\n"
            "?? Smoke.Opens\n"
            "  As Smoke.Answers.\n"
            "CUT Case.Dies\n"
            "  It began and never ended: its process was killed, or crashed.\n"
            "\n"
            "Verdict\n"
            "  FAIL fk           1 test, 1 failed, 1 warning\n"
            "  CUT  refactor     1 test, 1 did not finish\n"
            "  ok   schema       1 test\n"
            "  ??   smoke        2 tests, 2 could not check\n"
            "  CUT  tenancy      1 test, 1 did not finish\n"
            "1 of 5 tests failed, 2 could not check, 1 did not finish.\n");
}

TEST(Plain, HasColourOnlyWhenAsked) {
  EXPECT_THAT(to_plain(sample_report(), true), HasSubstr("\033[1;31m"));
  EXPECT_THAT(to_plain(sample_report(), false), Not(HasSubstr("\033")));
}

TEST(Plain, AGoodRunHasNoFailures) { EXPECT_THAT(to_plain(good_report(), false), AllOf(Not(HasSubstr("Failures")), HasSubstr("All 1 test passed."))); }

TEST(Markdown, EscapesWhatItIsGiven) {
  EXPECT_THAT(to_markdown(sample_report()), AllOf(HasSubstr("2 rows &lt;of&gt; \\`c\\` are \\| orphans."), HasSubstr("```sql\nDELETE FROM c;\n```"),
                                                  HasSubstr("❌"), HasSubstr("no port is free")));
}

TEST(Markdown, AFenceIsLongerThanWhatItHolds) {
  auto report = sample_report();
  report.tests[0].findings[0].remedy = "````\nSELECT 1;\n````";
  EXPECT_THAT(to_markdown(report), HasSubstr("`````sql\n````\nSELECT 1;\n````\n`````\n"));
}

TEST(Markdown, AGoodRunSaysSo) { EXPECT_THAT(to_markdown(good_report()), AllOf(HasSubstr("✅"), Not(HasSubstr("❌")), Not(HasSubstr("What is wrong")))); }

TEST(Html, EscapesWhatItIsGivenAndRefersToNothingOutside) {
  const auto html = to_html(sample_report());
  EXPECT_THAT(html, AllOf(HasSubstr("2 rows &lt;of&gt; `c` are | orphans."), HasSubstr("no port is free"), HasSubstr("Case.Dies")));
  EXPECT_THAT(html, AllOf(Not(HasSubstr("src=")), Not(HasSubstr("href=")), Not(HasSubstr("<of>"))));
}

TEST(Html, AGoodRunSaysSo) { EXPECT_THAT(to_html(good_report()), AllOf(HasSubstr("All 1 test passed."), Not(HasSubstr("What is wrong")))); }

TEST(Json, HoldsTheWholeReport) {
  const auto json = nlohmann::json::parse(to_json(sample_report()));
  EXPECT_EQ(json["schema"], "prodclone/report/1");
  EXPECT_EQ(json["green"], false);
  EXPECT_EQ(json["server_version"], "15.18");
  EXPECT_EQ(json["migrations"][0]["took_ms"], 1500.0);
  EXPECT_EQ(json["locks"][0]["held_ms"], 20.0);
  EXPECT_EQ(json["tests"][0]["findings"][0]["remedy"], "DELETE FROM c;");
  EXPECT_EQ(json["tests"][4]["outcome"], "unfinished");
  EXPECT_EQ(json["labels"][0]["failed"], 1);
  EXPECT_EQ(json["not_checked"].size(), 2U);
}

TEST(Json, WhatIsNoUtf8DoesNotStopIt) {
  auto report = sample_report();
  report.tests[0].findings[0].what = "caf\xe9";
  EXPECT_EQ(nlohmann::json::parse(to_json(report))["tests"][0]["findings"][0]["what"], "caf\xef\xbf\xbd");
}

TEST(Sarif, LocatesFindingsInFiles) {
  const auto json = nlohmann::json::parse(to_sarif(sample_report()));
  EXPECT_EQ(json["version"], "2.1.0");
  const auto& results = json["runs"][0]["results"];
  ASSERT_EQ(results.size(), 5U);   // the failure, the warning, two that could not check, one that died
  EXPECT_EQ(results[0]["ruleId"], "fk");
  EXPECT_EQ(results[0]["level"], "error");
  EXPECT_EQ(results[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "1.up.sql");
  EXPECT_EQ(results[0]["locations"][0]["physicalLocation"]["region"]["startLine"], 3);
  EXPECT_EQ(results[1]["level"], "warning");
  EXPECT_FALSE(results[1]["locations"][0].contains("physicalLocation"));   // it names no file
}

TEST(Sarif, AGoodRunHasNoResults) {
  EXPECT_TRUE(nlohmann::json::parse(to_sarif(good_report()))["runs"][0]["results"].empty());
}

}  // namespace
}  // namespace prodclone::report
