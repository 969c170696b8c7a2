#include <prodclone/checks/data.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prodclone::checks {
namespace {

using config::AcceptedChange;
using config::LossWaiver;
using data::ColumnFate;
using data::RowFate;
using data::TableComparison;
using data::TableFate;
using std::chrono::day;
using std::chrono::month;
using std::chrono::year;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto today = year(2026) / month(4) / day(24);

TableComparison document() {
  return {.before = "public.document", .after = "public.document", .rows_before = 300, .rows_after = 300, .keyed = true, .key = {"id"},
          .columns = {{.before = "id", .after = "id", .type_before = "integer", .type_after = "bigint", .values_before = 300, .values_after = 300},
                      {.before = "title", .after = "name", .type_before = "text", .type_after = "character varying(8)", .values_before = 300, .values_after = 299}}};
}

TableComparison truncated() {
  auto table = document();
  table.fate = TableFate::changed;
  table.columns[1].fate = ColumnFate::changed;
  table.rows = {.changed = 2, .columns = {{"name", 2}}, .samples = {{RowFate::changed, "public.document", "(0,7)", {"name"}, {}}}};
  return table;
}

TableComparison shrunk() {
  auto table = document();
  table.fate = TableFate::changed;
  table.same_keys = false;
  table.rows_after = 299;
  for (auto& column : table.columns) column.fate = ColumnFate::changed;
  table.rows = {.lost = 1, .samples = {{RowFate::lost, "public.document", "(0,3)", {}, {"4711"}}}};
  return table;
}

TableComparison grown() {
  auto table = shrunk();
  table.rows_after = 301;
  table.rows = {.added = 1};
  return table;
}

TableComparison replaced() {
  auto table = shrunk();
  table.rows_after = 300;
  table.rows->added = 1;
  return table;
}

TableComparison without_title() {
  auto table = document();
  table.fate = TableFate::changed;
  table.columns[1].fate = ColumnFate::gone;
  table.columns[1].after.clear();
  return table;
}

TableComparison gone() { return {.before = "public.document", .fate = TableFate::gone, .rows_before = 300}; }

LossWaiver waiver(const std::string& column, AcceptedChange change) {
  return {.migration = "20260424-trim", .table = "document", .column = column, .change = change, .reason = "agreed", .until = year(2026) / month(6) / day(1)};
}

Findings judged(TableComparison table, std::vector<LossWaiver> losses = {}) {
  return data_findings({.tables = {std::move(table)}}, {.losses = std::move(losses), .waivers = "waivers.json", .migrations = {"20260424-trim"}, .database = "clone", .today = today});
}

std::vector<std::string> failures(const Findings& findings) {
  std::vector<std::string> result;
  for (const auto& finding : findings)
    if (finding.severity == Severity::failure) result.push_back(finding.check + ' ' + finding.object + ": " + finding.what);
  return result;
}

TEST(DataFindings, AKeptTableIsNoFinding) { EXPECT_THAT(judged(document()), IsEmpty()); }

TEST(DataFindings, EachLossSaysWhatAndHowMuch) {
  EXPECT_THAT(failures(judged(truncated())), ElementsAre("data/columns public.document.title: 2 rows of 300 have another value. 1 value became null."));
  EXPECT_THAT(failures(judged(shrunk())), ElementsAre("data/rows public.document: 1 row of public.document is not there any more (300 before, 299 after)."));
  EXPECT_THAT(failures(judged(replaced())), ElementsAre("data/rows public.document: 1 row of public.document is not there any more (300 before, 300 after).",
                                                        "data/rows public.document: 1 row of public.document is new (300 before, 300 after)."));
  EXPECT_THAT(failures(judged(without_title())), ElementsAre("data/columns public.document.title: The column is gone, and the values of 300 rows with it."));
  EXPECT_THAT(failures(judged(gone())), ElementsAre("data/rows public.document: The table is gone, and its 300 rows with it."));
}

TEST(DataFindings, AQuotedNameIsDeclaredWithOrWithoutItsQuotes) {
  auto table = truncated();
  table.columns[1].before = table.columns[1].after = table.rows->columns[0].name = table.rows->samples[0].columns[0] = R"("FullName")";
  EXPECT_THAT(judged(table).at(0).remedy, HasSubstr(R"("column": "FullName")"));
  for (const char* name : {"FullName", R"("FullName")"}) EXPECT_THAT(failures(judged(table, {waiver(name, AcceptedChange::content)})), IsEmpty()) << name;
  EXPECT_THAT(failures(judged(table, {waiver("fullname", AcceptedChange::content)})), testing::SizeIs(1));
}

TEST(DataFindings, RowsThatAMigrationWritesAreAWarning) {
  const auto findings = judged(grown());
  EXPECT_THAT(failures(findings), IsEmpty());
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, checks::Severity::warning);
  EXPECT_EQ(findings[0].what, "1 row of public.document is new (300 before, 301 after).");
  EXPECT_EQ(judged(grown(), {waiver("", AcceptedChange::content)}).at(0).severity, checks::Severity::note);
}

TEST(DataFindings, ShowRowsTypesAndTheDeclarationToPaste) {
  const auto cut = judged(truncated()).at(0);
  EXPECT_THAT(cut.evidence, ElementsAre("the type changed from text to character varying(8)", "it is called name now", "changed (name): public.document at ctid (0,7)"));
  EXPECT_THAT(cut.remedy, HasSubstr(R"({"migration": "20260424-trim", "table": "public.document", "column": "title", "change": "content", "reason": "…", "until": "YYYY-MM-DD"})"));
  EXPECT_THAT(judged(shrunk()).at(0).evidence, ElementsAre("lost: public.document at ctid (0,3) before, id=4711"));
}

TEST(DataFindings, SayWhatAConversionOfTheseTypesLoses) {
  const auto why = [](const char* before, const char* after) {
    auto table = truncated();
    table.columns[1].type_before = before;
    table.columns[1].type_after = after;
    return judged(table).at(0).why;
  };
  EXPECT_THAT(why("timestamp without time zone", "timestamp with time zone"), HasSubstr("time zone of the session"));
  EXPECT_THAT(why("text", "character varying(8)"), HasSubstr("cuts off text"));
  EXPECT_THAT(why("numeric(10,2)", "integer"), HasSubstr("all digits"));
}

TEST(DataFindings, WhatHeldNothingMayGo) {
  auto table = without_title();
  table.columns[1].values_before = 0;
  table.fate = TableFate::kept;
  const auto findings = judged(table);
  EXPECT_THAT(failures(findings), IsEmpty());
  EXPECT_EQ(findings.at(0).severity, Severity::note);
  auto empty = gone();
  empty.rows_before = 0;
  EXPECT_THAT(failures(judged(empty)), IsEmpty());
}

TEST(DataFindings, ADeclaredLossIsANoteWithItsReason) {
  const auto findings = judged(without_title(), {waiver("title", AcceptedChange::lost)});
  EXPECT_THAT(failures(findings), IsEmpty());
  EXPECT_EQ(findings.at(0).severity, Severity::note);
  EXPECT_EQ(findings.at(0).why, "Declared by 20260424-trim until 2026-06-01: agreed");
  EXPECT_THAT(judged(truncated(), {waiver("name", AcceptedChange::content)}), testing::SizeIs(1));
}

TEST(DataFindings, ADeclarationCoversOnlyWhatItSays) {
  EXPECT_THAT(failures(judged(truncated(), {waiver("title", AcceptedChange::lost)})), testing::SizeIs(1));
  EXPECT_THAT(failures(judged(shrunk(), {waiver("title", AcceptedChange::content)})), testing::SizeIs(1));
  EXPECT_THAT(failures(judged(replaced(), {waiver("", AcceptedChange::lost)})), testing::SizeIs(1));
  EXPECT_THAT(failures(judged(without_title(), {waiver("", AcceptedChange::lost)})), testing::SizeIs(1));
  EXPECT_THAT(failures(judged(replaced(), {waiver("", AcceptedChange::content)})), IsEmpty());
  EXPECT_THAT(failures(judged(gone(), {waiver("", AcceptedChange::lost)})), IsEmpty());
  auto by_id = waiver("", AcceptedChange::lost);
  by_id.migration = "20260424";
  EXPECT_THAT(failures(judged(shrunk(), {by_id})), IsEmpty());
}

TEST(DataFindings, ADeclaredMoveIsANoteOnlyWhenEveryValueIsThere) {
  auto move = waiver("title", AcceptedChange::lost);
  move.moved_to = "heading.title";
  move.by = {"document_id"};
  auto table = without_title();
  table.columns[1].moved_to = move.moved_to;
  EXPECT_THAT(failures(judged(table, {move})), ElementsAre(HasSubstr("They are not all in heading.title, which holds 299 values.")));
  table.columns[1].fate = ColumnFate::moved;
  table.fate = TableFate::kept;
  const auto findings = judged(table, {move});
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::note);
  EXPECT_EQ(findings[0].what, "The column is gone; the values of 300 rows are in heading.title now.");
}

TEST(DataFindings, AnExpiredDeclarationAcceptsNothingAndFails) {
  auto old = waiver("title", AcceptedChange::lost);
  old.until = year(2026) / month(4) / day(23);
  EXPECT_THAT(failures(judged(without_title(), {old})), Contains(HasSubstr("data/waivers document.title: A declared loss has expired on 2026-04-23: agreed")));
  EXPECT_THAT(failures(judged(without_title(), {old})), testing::SizeIs(2));
}

TEST(DataFindings, ADeclarationThatNothingNeedsIsAWarning) {
  const auto findings = judged(document(), {waiver("title", AcceptedChange::lost)});
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::warning);
  EXPECT_EQ(findings[0].what, "A declared loss did not happen: agreed");
  auto other = waiver("title", AcceptedChange::lost);
  other.migration = "20250101-done";
  EXPECT_THAT(failures(judged(without_title(), {other})), testing::SizeIs(1));
  EXPECT_THAT(judged(document(), {other}).at(0).what, HasSubstr("20250101-done, which is not among the pending migrations"));
}

TEST(DataFindings, ATableThatCouldNotBeReadIsAFailure) {
  EXPECT_THAT(failures(judged({.before = "public.t", .after = "public.t", .fate = TableFate::unknown, .could_not_compare = "after: permission denied"})),
              ElementsAre("data/rows public.t: Could not read public.t: after: permission denied."));
}

TEST(DataFindings, RowsOfAKeylessTableAreChangedWhenAsManyCameAsWent) {
  auto table = truncated();
  table.keyed = false;
  table.same_keys = false;
  table.rows = {.lost = 2, .added = 2};
  EXPECT_THAT(failures(judged(table)), ElementsAre("data/rows public.document: 2 rows of public.document are not as they were before: title."));
  EXPECT_THAT(failures(judged(table, {waiver("title", AcceptedChange::content)})), IsEmpty());
}

TEST(DataFindings, SequencesAndLargeObjectsMayNotGoBack) {
  const auto findings = data_findings({.sequences = {{"public.s", "public.s", 50, 1}}, .large_objects_before = 2, .large_objects_after = 1}, {.today = today});
  EXPECT_THAT(failures(findings), ElementsAre("data/rows large objects: There were 2 large objects and there are 1.", "data/sequences public.s: The sequence stands at 1 and stood at 50."));
}

TEST(DataFindings, ListWhatWasNotCompared) {
  const auto findings = data_findings({.not_compared = {{"public.m", "a materialised view: its rows follow from other tables"}}}, {.today = today});
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::not_checked);
  EXPECT_THAT(findings[0].evidence, ElementsAre("public.m: a materialised view: its rows follow from other tables"));
}

}  // namespace
}  // namespace prodclone::checks
