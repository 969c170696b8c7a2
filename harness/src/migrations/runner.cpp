#include <prodclone/migrations/runner.hpp>

#include <fmt/format.h>

#include <algorithm>

#include <prodclone/base/text.hpp>
#include <prodclone/migrations/comparison.hpp>
#include <prodclone/migrations/state.hpp>
#include <prodclone/pg/session.hpp>

#include "migration_run.hpp"
#include "session_settings.hpp"

namespace prodclone::migrations {

namespace {

void require_ready(const pg::Driver& driver, const Project& project) {
  if (driver.transaction_state() != pg::TransactionState::idle)
    throw std::logic_error("a migration needs an idle connection");
  if (project.layout == Layout::command)
    throw Error(Failure::usage,
                "The migrations of the layout `command` are run by their own tool, not statement by statement.",
                "Use the tool's commands.");
}

void refuse_dirty(pg::Session& session, const Project& project, const State& state, const RunOptions& options) {
  const auto& facts = tool_facts(project.layout);
  for (const auto& mark : state.dirty) {
    const auto undo =
        mark.kind == DirtyKind::reserved ? fmt::format("DELETE FROM {} WHERE id = {};", state.table, mark.id) : "";
    if (options.accept_dirty) {
      if (!undo.empty()) session.execute(undo);
      continue;
    }
    throw Error(
        Failure::refused,
        mark.kind == DirtyKind::reserved
            ? fmt::format("{} holds the row {}, left by a run that was killed: {} {}.", state.table, mark.id,
                          facts.tool, facts.on_dirty)
            : fmt::format("{} says that version {} is dirty: {} {}.", state.table, mark.id, facts.tool, facts.on_dirty),
        mark.kind == DirtyKind::reserved
            ? "When nothing else is running: " + undo
            : "See what that migration left, put it right, then `migrate force` the version that the database is at.");
  }
}

void refuse_edited(const Comparison& comparison, const RunOptions& options) {
  if (options.accept_edited) return;
  std::vector<std::string> edited;
  for (const auto& condition : comparison.migrations)
    if (condition.edited) edited.push_back(condition.name);
  if (edited.empty()) return;
  throw Error(
      Failure::refused,
      fmt::format("{} after being applied: {}.",
                  edited.size() == 1 ? "A migration was edited" : "Migrations were edited", joined(edited, ", ")),
      "Restore the file and write the change as a new migration, or write prodclone.sum anew when the edit is meant.");
}

// With a high-water mark the current version must have a file, or the tool does not know where it stands.
void refuse_unknown_version(const Project& project, const State& state) {
  if (!tool_facts(project.layout).high_water_mark || state.applied.empty()) return;
  const auto& current = state.applied.back().id;
  if (std::any_of(project.migrations.begin(), project.migrations.end(),
                  [&](const Migration& migration) { return migration.id == current; }))
    return;
  throw Error(Failure::refused,
              fmt::format("{} says version {}, and there is no file of that version: {} {}.", state.table, current,
                          tool_facts(project.layout).tool, tool_facts(project.layout).on_missing_file),
              "Bring the file back, or look whether the dump comes from a newer branch.");
}

void refuse_problems(const Project& project, const std::vector<const Migration*>& selected) {
  for (const auto& problem : project.problems) {
    if (!problem.stops_tool) continue;
    const bool concerns = problem.migration.empty() ||
                          std::any_of(selected.begin(), selected.end(),
                                      [&](const Migration* migration) { return migration->id == problem.migration; });
    if (concerns) throw Error(Failure::migration_failed, to_string(problem), problem.remedy);
  }
}

// Cuts a list of migrations as the options say.
void select(std::vector<const Migration*>& list, const Project& project, const RunOptions& options,
            std::string_view already) {
  const auto position = [&](const std::string& name) {
    const auto& wanted = find_migration(project, name);
    const auto found = std::find(list.begin(), list.end(), &wanted);
    if (found == list.end())
      throw Error(Failure::usage, fmt::format("Migration {} is {} already.", wanted.name, already),
                  "See `prodclone status`.");
    return found;
  };
  if (options.stop_before) list.erase(position(*options.stop_before), list.end());
  if (options.up_to) list.erase(std::next(position(*options.up_to)), list.end());
  if (options.steps && *options.steps < list.size()) list.resize(*options.steps);
}

class Session {
 public:
  Session(pg::Driver& driver, const Project& project, const RunOptions& options)
      : driver_(driver), project_(project), options_(options), reader_(driver.conninfo()), settings_(driver) {}

  pg::Session& reader() { return reader_; }

  void run(const Migration& migration, const Script& script, Direction direction) {
    const auto* row = state_table_row(project_.layout);
    const auto table = find_state_table(reader_, project_).name;
    MigrationRun run(driver_, options_.hooks,
                     {.migration = migration,
                      .script = script,
                      .back_out = direction == Direction::up && migration.down ? &*migration.down : nullptr,
                      .layout = project_.layout,
                      .direction = direction,
                      .bookkeeping = row->bookkeeping(project_, table, migration, direction),
                      .state_table = table});
    run_and_restore(run);
  }

  void run_and_restore(MigrationRun& run) {
    try {
      run.run();
    } catch (...) {
      if (driver_.transaction_state() == pg::TransactionState::idle) settings_.restore(driver_);
      throw;
    }
    settings_.restore(driver_);
  }

 private:
  pg::Driver& driver_;
  const Project& project_;
  const RunOptions& options_;
  pg::Session reader_;
  SessionSettings settings_;
};

}  // namespace

RunReport run_up(pg::Driver& driver, const Project& project, const RunOptions& options) {
  require_ready(driver, project);
  Session session(driver, project, options);
  const auto state = read_state(session.reader(), project);
  const auto comparison = compare(project, state, project.sums);
  std::vector<const Migration*> pending;
  for (const auto& condition : comparison.migrations)
    if (condition.pending) {
      const auto skipped = condition.out_of_order && tool_facts(project.layout).high_water_mark;
      if (!skipped) pending.push_back(&find_migration(project, condition.name));
    }
  select(pending, project, options, "applied");
  refuse_problems(project, pending);
  refuse_edited(comparison, options);
  refuse_unknown_version(project, state);
  refuse_dirty(session.reader(), project, state, options);
  RunReport report;
  ensure_state_table(session.reader(), project);
  for (const auto* migration : pending) {
    session.run(*migration, migration->up, Direction::up);
    report.migrations.push_back(migration->id);
  }
  return report;
}

RunReport run_down(pg::Driver& driver, const Project& project, const RunOptions& options) {
  require_ready(driver, project);
  Session session(driver, project, options);
  const auto state = read_state(session.reader(), project);
  const auto& facts = tool_facts(project.layout);
  refuse_dirty(session.reader(), project, state, options);
  refuse_unknown_version(project, state);
  std::vector<const Migration*> applied;
  for (auto row = state.applied.rbegin(); row != state.applied.rend(); ++row) {
    const auto found = std::find_if(project.migrations.begin(), project.migrations.end(),
                                    [&](const Migration& migration) { return migration.id == row->id; });
    if (found == project.migrations.end()) {
      if (options.steps && applied.size() >= *options.steps) break;
      throw Error(Failure::refused,
                  fmt::format("{} has a row for {}, and there is no such file: {} {}.", state.table, row->id,
                              facts.tool, facts.on_missing_file),
                  "Bring the file back from the branch or the release that had it.");
    }
    applied.push_back(&*found);
  }
  select(applied, project, options, "not applied, so it is down");
  refuse_problems(project, applied);
  static const Script nothing{.transactional = false};
  for (const auto* migration : applied)
    if (!migration->down && !facts.high_water_mark)
      throw Error(
          Failure::migration_failed,
          fmt::format("Migration {} has no down script: {} {}.", migration->name, facts.tool, facts.on_missing_down),
          "Write it, or go down by fewer steps.");
  RunReport report;
  for (const auto* migration : applied) {
    session.run(*migration, migration->down ? *migration->down : nothing, Direction::down);
    report.migrations.push_back(migration->id);
  }
  return report;
}

bool run_init(pg::Driver& driver, const Project& project, const RunHooks& hooks) {
  if (!project.init) return false;
  if (driver.transaction_state() != pg::TransactionState::idle)
    throw std::logic_error("a migration needs an idle connection");
  for (const auto& problem : project.problems)
    if (problem.stops_tool && problem.file == project.init->file)
      throw Error(Failure::migration_failed, to_string(problem), problem.remedy);
  const Migration init{.id = "init", .name = project.init->file.filename().string(), .up = *project.init};
  const SessionSettings settings(driver);
  MigrationRun run(driver, hooks, {.migration = init, .script = init.up, .layout = project.layout});
  try {
    run.run();
  } catch (...) {
    if (driver.transaction_state() == pg::TransactionState::idle) settings.restore(driver);
    throw;
  }
  settings.restore(driver);
  return true;
}

}  // namespace prodclone::migrations
