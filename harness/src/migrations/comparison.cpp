#include <prodclone/migrations/comparison.hpp>

#include <algorithm>

namespace prodclone::migrations {

namespace {

void judge_content(MigrationCondition& condition, const Migration& migration, const Sums& sums) {
  const auto sum = sums.find(migration.name);
  if (sum == sums.end()) {
    condition.unreviewed = true;
    return;
  }
  if (!condition.applied) return;  // a pending script may still change
  const auto match = match_sum(migration.up.content, sum->second);
  condition.edited = match == SumMatch::different;
  condition.line_endings = match == SumMatch::line_endings;
}

}  // namespace

Comparison compare(const Project& project, const State& state, const std::optional<Sums>& sums) {
  Comparison comparison{.layout = project.layout,
                        .state_table = state.table,
                        .table_present = state.table_present,
                        .sums_present = sums.has_value(),
                        .dir = project.settings.dir,
                        .dirty = state.dirty,
                        .problems = project.problems};
  const auto row_of = [&](const std::string& id) {
    return std::find_if(state.applied.begin(), state.applied.end(),
                        [&](const AppliedMigration& row) { return row.id == id; });
  };
  const auto is_dirty = [&](const std::string& id) {
    return std::any_of(state.dirty.begin(), state.dirty.end(),
                       [&](const DirtyMark& mark) { return mark.kind == DirtyKind::flagged && mark.id == id; });
  };
  for (const auto& migration : project.migrations) {
    MigrationCondition condition{.id = migration.id, .name = migration.name, .file = migration.up.file};
    if (const auto row = row_of(migration.id); row != state.applied.end()) {
      condition.applied = true;
      condition.applied_at = row->applied_at;
    }
    condition.pending = !condition.applied;
    condition.dirty = is_dirty(migration.id);
    condition.no_down = !migration.down.has_value();
    if (sums) judge_content(condition, migration, *sums);
    comparison.migrations.push_back(std::move(condition));
  }
  // What only the tool can read has no files of ours to be missing.
  if (project.layout != Layout::command)
    for (const auto& row : state.applied) {
      const bool known = std::any_of(project.migrations.begin(), project.migrations.end(),
                                     [&](const Migration& migration) { return migration.id == row.id; });
      if (known) continue;
      comparison.migrations.push_back({.id = row.id,
                                       .name = row.description.empty() ? row.id : row.id + ' ' + row.description,
                                       .applied_at = row.applied_at,
                                       .applied = true,
                                       .dirty = is_dirty(row.id),
                                       .missing_file = true});
    }
  else
    for (const auto& row : state.applied)
      comparison.migrations.push_back({.id = row.id, .name = row.id, .applied_at = row.applied_at, .applied = true});
  std::stable_sort(comparison.migrations.begin(), comparison.migrations.end(),
                   [&](const MigrationCondition& a, const MigrationCondition& b) {
                     return sorts_before(project.layout, a.id, b.id);
                   });
  bool later_applied = false;
  for (auto condition = comparison.migrations.rbegin(); condition != comparison.migrations.rend(); ++condition) {
    condition->out_of_order = condition->pending && later_applied;
    later_applied = later_applied || condition->applied;
  }
  return comparison;
}

std::vector<std::string> pending_ids(const Comparison& comparison) {
  std::vector<std::string> ids;
  for (const auto& condition : comparison.migrations)
    if (condition.pending) ids.push_back(condition.id);
  return ids;
}

std::vector<std::string> applied_ids(const Comparison& comparison) {
  std::vector<std::string> ids;
  for (const auto& condition : comparison.migrations)
    if (condition.applied) ids.push_back(condition.id);
  return ids;
}

}  // namespace prodclone::migrations
