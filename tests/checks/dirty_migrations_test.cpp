#include <prodclone/checks/dirty_migrations.hpp>

#include <gmock/gmock.h>

#include <algorithm>

namespace prodclone::checks {
namespace {

using migrations::Comparison;
using migrations::DirtyKind;
using migrations::Layout;
using migrations::MigrationCondition;
using migrations::ProblemKind;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

MigrationCondition applied(const std::string& id) {
  return {.id = id, .name = id + "-m", .file = "dir/" + id + "-m.up.sql", .applied = true};
}
MigrationCondition pending(const std::string& id) {
  return {.id = id, .name = id + "-m", .file = "dir/" + id + "-m.up.sql", .pending = true};
}

Comparison history(std::vector<MigrationCondition> conditions, Layout layout = Layout::migratus) {
  return {.layout = layout,
          .state_table = "schema_migrations",
          .table_present = true,
          .sums_present = true,
          .dir = "dir",
          .migrations = std::move(conditions)};
}

struct Verdict {
  std::string check;
  Severity severity;
  std::string object;
  friend bool operator==(const Verdict&, const Verdict&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Verdict& verdict) {
    return out << verdict.check << '/' << static_cast<int>(verdict.severity) << ' ' << verdict.object;
  }
};
std::vector<Verdict> verdicts(const Findings& findings) {
  std::vector<Verdict> result;
  for (const auto& finding : findings) result.push_back({finding.check, finding.severity, finding.object});
  return result;
}
Finding only(const Findings& findings) {
  EXPECT_EQ(findings.size(), 1U) << to_string(findings);
  return findings.empty() ? Finding{} : findings.front();
}

TEST(DirtyMigrations, FindsNothingInACleanHistory) {
  EXPECT_THAT(dirty_migrations(history({applied("1"), applied("2")})), IsEmpty());
}

TEST(DirtyMigrations, PendingIsANoteBeforeTheRunAndAFailureAfterIt) {
  const auto comparison = history({applied("1"), pending("2"), pending("3")});
  auto before = only(dirty_migrations(comparison));
  EXPECT_EQ(before.severity, Severity::note);
  EXPECT_EQ(before.what, "2 migrations are not applied.");
  EXPECT_THAT(before.evidence, ElementsAre("2-m", "3-m"));
  EXPECT_EQ(only(dirty_migrations(comparison, {.pending = PendingMeans::not_applied})).severity, Severity::failure);
}

TEST(DirtyMigrations, SaysThatMigratusWouldStopWithSuccessAtAReservation) {
  auto comparison = history({applied("1")});
  comparison.dirty = {{DirtyKind::reserved, "-1"}};
  const auto finding = only(dirty_migrations(comparison));
  EXPECT_EQ(finding.check, "dirty/reserved");
  EXPECT_EQ(finding.severity, Severity::failure);
  EXPECT_EQ(finding.where, "schema_migrations, row -1");
  EXPECT_THAT(finding.why,
              AllOf(HasSubstr("reserved"), HasSubstr("stops with success: CI is green and nothing was done")));
  EXPECT_THAT(finding.remedy, HasSubstr("\nDELETE FROM schema_migrations WHERE id = -1;"));
}

TEST(DirtyMigrations, GivesBothWaysOutOfADirtyVersion) {
  auto dirty = pending("7");
  dirty.dirty = true;
  auto comparison = history({applied("5"), dirty}, Layout::up_down_pairs);
  comparison.dirty = {{DirtyKind::flagged, "7"}};
  const auto findings = dirty_migrations(comparison);
  EXPECT_THAT(verdicts(findings), ElementsAre(Verdict{"dirty/dirty", Severity::failure, "7-m"},
                                              Verdict{"dirty/pending", Severity::note, "dir"}));
  EXPECT_THAT(findings.front().remedy,
              AllOf(HasSubstr("migrate -path dir -database \"$DATABASE_URL\" force 5"), HasSubstr("force 7")));
}

TEST(DirtyMigrations, GoesBelowTheFirstVersionByEmptyingTheTable) {
  auto comparison = history({pending("7")}, Layout::up_down_pairs);
  comparison.dirty = {{DirtyKind::flagged, "7"}};
  EXPECT_THAT(dirty_migrations(comparison).front().remedy,
              AllOf(HasSubstr("\nTRUNCATE schema_migrations;\n"), HasSubstr("force 7")));
  comparison.dirty = {{DirtyKind::flagged, "-1"}};
  EXPECT_THAT(dirty_migrations(comparison).front().remedy,
              AllOf(HasSubstr("force 7\n"), HasSubstr("\nTRUNCATE schema_migrations;")));
}

TEST(DirtyMigrations, NamesAnEditAndTheFile) {
  auto edited = applied("1");
  edited.edited = true;
  const auto finding = only(dirty_migrations(history({edited})));
  EXPECT_EQ(finding.check, "dirty/edited");
  EXPECT_EQ(finding.severity, Severity::failure);
  EXPECT_EQ(finding.where, "dir/1-m.up.sql");
  EXPECT_THAT(finding.remedy, HasSubstr("git log -p -- dir/1-m.up.sql"));
}

TEST(DirtyMigrations, DoesNotFailOnLineEndingsOrAnUnreviewedLine) {
  auto other = applied("1"), unknown = applied("2");
  other.line_endings = true;
  unknown.unreviewed = true;
  const auto findings = dirty_migrations(history({other, unknown}));
  EXPECT_THAT(verdicts(findings), ElementsAre(Verdict{"dirty/line_endings", Severity::note, "1-m"},
                                              Verdict{"dirty/unreviewed", Severity::note, "dir"}));
  EXPECT_FALSE(any_failure(findings));
}

TEST(DirtyMigrations, SaysWhenEditsCannotBeSeen) {
  auto comparison = history({applied("1")});
  comparison.sums_present = false;
  EXPECT_THAT(only(dirty_migrations(comparison)).what, HasSubstr("There is no prodclone.sum"));
}

TEST(DirtyMigrations, GivesEachToolsOwnWordsForAMissingFile) {
  const MigrationCondition missing{.id = "2", .name = "2 gone", .applied = true, .missing_file = true};
  const auto migratus = only(dirty_migrations(history({applied("1"), missing})));
  EXPECT_EQ(migratus.check, "dirty/missing_file");
  EXPECT_EQ(migratus.severity, Severity::failure);
  EXPECT_THAT(migratus.remedy, HasSubstr("DELETE FROM schema_migrations WHERE id = 2;"));
  const auto diesel = only(dirty_migrations(history({applied("1"), missing}, Layout::folder_pairs)));
  EXPECT_THAT(diesel.remedy, HasSubstr("WHERE version = '2';"));
  EXPECT_THAT(diesel.why, HasSubstr("Unknown migration version"));
}

TEST(DirtyMigrations, SaysWhatTheToolDoesWithAnOlderFile) {
  auto late = pending("1");
  late.out_of_order = true;
  const auto findings = dirty_migrations(history({late, applied("2")}));
  EXPECT_THAT(verdicts(findings), ElementsAre(Verdict{"dirty/out_of_order", Severity::failure, "1-m"},
                                              Verdict{"dirty/pending", Severity::note, "dir"}));
  EXPECT_THAT(findings.front().why, HasSubstr("applies it without a word"));
}

TEST(DirtyMigrations, WarnsOfAMissingDownScriptUnlessItIsRequired) {
  auto pending_one = pending("2"), applied_one = applied("1");
  pending_one.no_down = applied_one.no_down = true;
  const auto comparison = history({applied_one, pending_one});
  EXPECT_THAT(verdicts(dirty_migrations(comparison)), ElementsAre(Verdict{"dirty/no_down", Severity::note, "1-m"},
                                                                  Verdict{"dirty/no_down", Severity::warning, "2-m"},
                                                                  Verdict{"dirty/pending", Severity::note, "dir"}));
  EXPECT_TRUE(any_failure(dirty_migrations(comparison, {.missing_down = Severity::failure})));
}

TEST(DirtyMigrations, JudgesProblemsOfPendingScriptsAndRemembersThoseOfAppliedOnes) {
  auto comparison = history({applied("1"), pending("2")});
  comparison.problems = {{ProblemKind::refuses_transaction, false, "1", "dir/1-m.up.sql", 3, "old", "do"},
                         {ProblemKind::refuses_transaction, false, "2", "dir/2-m.up.sql", 4, "new", "do"},
                         {ProblemKind::escapes_transaction, false, "2", "dir/2-m.up.sql", 5, "commit", "do"},
                         {ProblemKind::duplicate_id, true, "", "dir/3-a.up.sql", 0, "twice", "do"},
                         {ProblemKind::missing_down, false, "2", "dir/2-m.up.sql", 0, "no down", "do"}};
  const auto findings = dirty_migrations(comparison);
  EXPECT_THAT(verdicts(findings), ElementsAre(Verdict{"dirty/pending", Severity::note, "dir"},
                                              Verdict{"dirty/refuses_transaction", Severity::note, "1-m"},
                                              Verdict{"dirty/refuses_transaction", Severity::failure, "2-m"},
                                              Verdict{"dirty/escapes_transaction", Severity::failure, "2-m"},
                                              Verdict{"dirty/duplicate_id", Severity::failure, "3-a.up.sql"}));
  EXPECT_EQ(findings[2].where, "dir/2-m.up.sql:4");
}

TEST(DirtyMigrations, WarnsWhenProductionHasNoStateTable) {
  auto comparison = history({pending("1")});
  comparison.table_present = false;
  EXPECT_THAT(verdicts(dirty_migrations(comparison)),
              ElementsAre(Verdict{"dirty/no_state_table", Severity::warning, "schema_migrations"},
                          Verdict{"dirty/pending", Severity::note, "dir"}));
}

TEST(DirtyMigrations, EveryFindingSaysWhatWhereWhyAndWhatToDo) {
  auto edited = applied("1"), late = pending("2"), ended = applied("3");
  edited.edited = edited.line_endings = edited.no_down = edited.unreviewed = true;
  late.out_of_order = true;
  ended.missing_file = true;
  for (const auto layout : {Layout::up_down_pairs, Layout::migratus, Layout::folder_pairs}) {
    auto comparison = history({edited, late, ended}, layout);
    comparison.dirty = {{DirtyKind::flagged, "2"}};
    for (const auto& finding : dirty_migrations(comparison)) {
      EXPECT_FALSE(finding.what.empty() || finding.where.empty() || finding.why.empty() || finding.remedy.empty())
          << to_string(finding);
    }
  }
}

}  // namespace
}  // namespace prodclone::checks
