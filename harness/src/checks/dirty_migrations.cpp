#include <prodclone/checks/dirty_migrations.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include <prodclone/base/text.hpp>

namespace prodclone::checks {

namespace {

using migrations::Comparison;
using migrations::DirtyKind;
using migrations::Layout;
using migrations::MigrationCondition;
using migrations::Problem;
using migrations::ProblemKind;
using migrations::ToolFacts;

// How each kind of problem reads as a check, and how bad it is in a migration that is still to be applied. In one that
// is applied it is history.
struct ProblemRule {
  ProblemKind kind;
  std::string_view name;
  Severity severity;
  std::string_view why;
};
constexpr ProblemRule problem_rules[] = {
    {ProblemKind::duplicate_id, "duplicate_id", Severity::failure,
     "Two branches took the same number: the deploy stops, or one of them is lost."},
    {ProblemKind::unparsable_name, "skipped_file", Severity::warning,
     "A migration with a misspelt name is never applied, and nothing says so."},
    {ProblemKind::missing_up, "missing_up", Severity::failure,
     "There is nothing to apply, though the history will say that it was."},
    {ProblemKind::empty_up, "empty_up", Severity::warning,
     "The history will say that it was applied, and whatever is written into it later is never run."},
    {ProblemKind::unterminated, "unterminated", Severity::failure,
     "The server refuses the script, or runs something else than what was meant."},
    {ProblemKind::escapes_transaction, "escapes_transaction", Severity::failure,
     "A failure halfway would leave production half migrated."},
    {ProblemKind::refuses_transaction, "refuses_transaction", Severity::failure, "The deploy stops at this statement."},
    {ProblemKind::copy_data, "copy_data", Severity::failure, "The deploy stops at this statement."},
    {ProblemKind::psql_command, "psql_command", Severity::failure, "Only psql understands it."},
    {ProblemKind::lost_text, "lost_text", Severity::failure, "It looks applied in review and is not in production."},
    {ProblemKind::several_statements, "several_statements", Severity::failure,
     "The deploy stops here: rolled back whole, or half done where the file opts out of the transaction."},
    {ProblemKind::unexpected_setting, "unexpected_setting", Severity::warning,
     "The migration runs with another transaction than its author believes."},
};

class Judgement {
 public:
  Judgement(const Comparison& comparison, const DirtyMigrationsOptions& options)
      : comparison_(comparison), options_(options), tool_(migrations::tool_facts(comparison.layout)) {}

  Findings findings() {
    judge_table();
    for (const auto& mark : comparison_.dirty) judge_mark(mark);
    for (const auto& condition : comparison_.migrations) judge(condition);
    judge_pending();
    judge_sums();
    for (const auto& problem : comparison_.problems) judge(problem);
    return std::move(findings_);
  }

 private:
  Finding& add(std::string_view name, Severity severity, std::string object, std::string where) {
    findings_.push_back({.check = fmt::format("dirty/{}", name),
                         .severity = severity,
                         .object = std::move(object),
                         .where = std::move(where)});
    return findings_.back();
  }

  std::string tool_does(std::string_view what) const { return fmt::format("{} {}.", tool_.tool, what); }
  std::string row(const std::string& id) const { return fmt::format("{}, row {}", comparison_.state_table, id); }

  // The command line takes -1 for an option, depending on golang-migrate's version: an empty table says the same.
  std::string migrate_force(const std::string& version) const {
    if (version.starts_with('-')) return fmt::format("TRUNCATE {};", comparison_.state_table);
    return fmt::format("migrate -path {} -database \"$DATABASE_URL\" force {}", comparison_.dir.string(), version);
  }

  // What the tool calls the state just below this version.
  std::string version_below(const std::string& id) const {
    std::string below = "-1";
    for (const auto& condition : comparison_.migrations)
      if (migrations::sorts_before(comparison_.layout, condition.id, id)) below = condition.id;
    return below;
  }

  std::string forget(const std::string& id) const {
    switch (comparison_.layout) {
      case Layout::migratus:
        return fmt::format("DELETE FROM {} WHERE id = {};", comparison_.state_table, id);
      case Layout::folder_pairs:
        return fmt::format("DELETE FROM {} WHERE version = '{}';", comparison_.state_table, replaced(id, "'", "''"));
      case Layout::up_down_pairs:
        return migrate_force("<a version that has a file>");
      default:
        return {};
    }
  }

  void judge_table() {
    if (comparison_.table_present || comparison_.layout == Layout::command) return;
    auto& finding = add("no_state_table", Severity::warning, comparison_.state_table, "the database");
    finding.what = fmt::format("{} is not there: as far as {} can tell, nothing was ever applied.",
                               comparison_.state_table, tool_.tool);
    finding.why =
        "In a copy of production this means that the dump left the table out, or that another tool migrates it: every "
        "migration would run again.";
    finding.remedy =
        "Take the table into the dump, or name it and its tool in prodclone.json (\"migrations\": { \"layout\", "
        "\"table\" }).";
  }

  void judge_mark(const migrations::DirtyMark& mark) {
    if (mark.kind == DirtyKind::reserved) {
      auto& finding = add("reserved", Severity::failure, comparison_.state_table, row(mark.id));
      finding.what =
          fmt::format("The reservation row {} is there, though no migration is running: a run was killed.", mark.id);
      finding.why = tool_does(tool_.on_dirty);
      finding.remedy = "See what the killed run left behind, then, when no other is running:\n" + forget(mark.id);
      return;
    }
    auto& finding = add("dirty", Severity::failure, name_of(mark.id), row(mark.id));
    finding.what = fmt::format("A migration to version {} began and did not end.", mark.id);
    finding.why = tool_does(tool_.on_dirty);
    if (mark.id.starts_with('-'))
      finding.remedy = fmt::format(
          "The down script of the first migration failed. When none of it took effect:\n{}\nWhen all of it:\n{}",
          migrate_force(comparison_.migrations.empty() ? "-1" : comparison_.migrations.front().id),
          migrate_force(mark.id));
    else
      finding.remedy = fmt::format(
          "See which of its statements took effect. When none, or all undone by hand:\n{}\nWhen all of them:\n{}",
          migrate_force(version_below(mark.id)), migrate_force(mark.id));
  }

  std::string name_of(const std::string& id) const {
    for (const auto& condition : comparison_.migrations)
      if (condition.id == id) return condition.name;
    return id;
  }

  void judge(const MigrationCondition& condition) {
    const auto file = condition.file.string();
    if (condition.edited) {
      auto& finding = add("edited", Severity::failure, condition.name, file);
      finding.what = "The file was edited after it was applied: it is not what prodclone.sum says was reviewed.";
      finding.why = tool_does(tool_.on_edited);
      finding.remedy = fmt::format(
          "Restore it and write the change as a new migration:\ngit log -p -- {0}\n"
          "When the edit changes nothing in the schema, renew its line in prodclone.sum from:\nsha256sum {0}",
          file);
    }
    if (condition.line_endings) {
      auto& finding = add("line_endings", Severity::note, condition.name, file);
      finding.what = "The file differs from prodclone.sum in its line endings only.";
      finding.why =
          "A function body keeps the line endings that it was written with, so two checkouts give two schemas.";
      finding.remedy = "Write into .gitattributes:\n*.sql text eol=lf";
    }
    if (condition.missing_file) {
      auto& finding = add("missing_file", Severity::failure, condition.name, row(condition.id));
      finding.what = fmt::format("{} is applied and has no file in {}.", condition.name, comparison_.dir.string());
      finding.why = tool_does(tool_.on_missing_file) + " A database made from nothing lacks what it did.";
      finding.remedy = fmt::format(
          "Bring the file back; find it with:\ngit log --all --diff-filter=D --name-only -- {}\n"
          "When it is gone for good and its effect is in another migration:\n{}",
          (comparison_.dir / ("*" + condition.id + "*")).string(), forget(condition.id));
    }
    if (condition.out_of_order) {
      auto& finding = add("out_of_order", Severity::failure, condition.name, file);
      finding.what = "It is pending, and a migration that sorts after it is applied already.";
      finding.why = tool_does(tool_.on_older);
      finding.remedy = "Give it a number above the newest applied one by renaming its files (git mv).";
    }
    if (condition.no_down && !condition.missing_file && comparison_.layout != Layout::command) {
      auto& finding = add("no_down", condition.pending ? options_.missing_down : Severity::note, condition.name, file);
      finding.what = "It has no down script.";
      finding.why = tool_does(tool_.on_missing_down);
      finding.remedy = "Write one, or say in the runbook that there is no way back but the backup.";
    }
  }

  void judge_pending() {
    std::vector<std::string> names;
    for (const auto& condition : comparison_.migrations)
      if (condition.pending) names.push_back(condition.name);
    if (names.empty()) return;
    const bool unfinished = options_.pending == PendingMeans::not_applied;
    auto& finding = add("pending", unfinished ? Severity::failure : Severity::note, comparison_.dir.string(),
                        comparison_.state_table);
    finding.what =
        fmt::format("{} not applied.", counted(static_cast<long long>(names.size()), "migration is", "migrations are"));
    finding.why = unfinished ? "The run ended, and these were left out." : "They are what is rehearsed.";
    finding.remedy = unfinished ? "See the run's own output; then run it again." : "prodclone migrate";
    finding.evidence = std::move(names);
  }

  void judge_sums() {
    std::vector<std::string> names;
    bool any_applied = false;
    for (const auto& condition : comparison_.migrations) {
      any_applied = any_applied || (condition.applied && !condition.missing_file);
      if (condition.applied && condition.unreviewed) names.push_back(condition.name);
    }
    if (comparison_.layout == Layout::command || !any_applied) return;
    if (comparison_.sums_present && names.empty()) return;
    auto& finding =
        add("unreviewed", Severity::note, comparison_.dir.string(), (comparison_.dir / "prodclone.sum").string());
    finding.what = comparison_.sums_present
                       ? fmt::format("{} applied and without a line in prodclone.sum.",
                                     counted(static_cast<long long>(names.size()), "migration is", "migrations are"))
                       : "There is no prodclone.sum, so an edit of an applied migration cannot be seen.";
    finding.why = tool_does(tool_.on_edited);
    if (tool_.high_water_mark && comparison_.sums_present)
      finding.why += fmt::format(
          " If one of them was added below the current version, {} has skipped it without a word.", tool_.tool);
    finding.remedy = "When the files are as they were applied:\nprodclone status --write-sums";
    finding.evidence = std::move(names);
  }

  void judge(const Problem& problem) {
    const auto rule = std::find_if(std::begin(problem_rules), std::end(problem_rules),
                                   [&](const ProblemRule& one) { return one.kind == problem.kind; });
    if (rule == std::end(problem_rules)) return;  // a missing down script is a condition, judged above
    const bool is_history = std::any_of(
        comparison_.migrations.begin(), comparison_.migrations.end(),
        [&](const MigrationCondition& condition) { return condition.id == problem.migration && condition.applied; });
    const auto severity = is_history ? Severity::note : problem.stops_tool ? Severity::failure : rule->severity;
    auto where = problem.file.string();
    if (problem.line != 0) where += fmt::format(":{}", problem.line);
    auto& finding =
        add(rule->name, severity,
            problem.migration.empty() ? problem.file.filename().string() : name_of(problem.migration), where);
    finding.what = problem.what;
    finding.why = std::string(rule->why);
    finding.remedy = problem.remedy;
  }

  const Comparison& comparison_;
  const DirtyMigrationsOptions& options_;
  const ToolFacts& tool_;
  Findings findings_;
};

}  // namespace

Findings dirty_migrations(const Comparison& comparison, const DirtyMigrationsOptions& options) {
  return Judgement(comparison, options).findings();
}

}  // namespace prodclone::checks
