#include <prodclone/workflow/feasibility.hpp>

#include <fmt/format.h>

#include <algorithm>

#include <prodclone/base/error.hpp>
#include <prodclone/checks/feasibility.hpp>
#include <prodclone/migrations/command.hpp>
#include <prodclone/migrations/runner.hpp>

namespace prodclone::workflow {

namespace {

struct Demands {
  data::Requirements before = {}, after = {};
  std::string stopped = {};   // what the migrations said when they failed without rows
};

// So that the tool finds the same migrations pending. A tool's table is small.
void copy_state(const pg::ConnInfo& from, const pg::ConnInfo& to, const std::string& table) {
  const auto rows = pg::Session(from).query(fmt::format("SELECT coalesce(jsonb_agg(to_jsonb(t)), '[]')::text AS rows FROM {} t", table)).text(0, "rows");
  pg::Session(to).query(fmt::format("INSERT INTO {0} OVERRIDING SYSTEM VALUE SELECT * FROM jsonb_populate_recordset(NULL::{0}, $1::jsonb)", table), {rows});
}

bool external(Provisioning& provisioning) { return provisioning.migrations().layout == migrations::Layout::command; }

// Without rows the migrations run in no time, whatever they demand, and with any tool; no SQL has to be understood.
Demands demands_of(Provisioning& provisioning, const pg::ConnInfo& before) {
  const auto copy = provisioning.schema_copy_from(before);
  const auto& state = provisioning.production_state();
  if (state.table_present) copy_state(before, copy, state.table);
  Demands demands;
  {
    pg::Session session(copy);
    demands.before = data::read_requirements(session);
  }
  try {
    if (external(provisioning)) {
      migrations::command_up(provisioning.migrations(), copy, {.log = provisioning.project().record_directory() / "feasibility.log"});
    } else {
      pg::Driver driver(copy);
      migrations::run_up(driver, provisioning.migrations(), {.accept_dirty = true, .accept_edited = true});
    }
  } catch (const Error& error) {
    demands.stopped = error.what();
  }
  {
    pg::Session session(copy);
    demands.after = data::read_requirements(session);
  }
  provisioning.drop(copy.database);
  return demands;
}

bool migrations_succeed(Provisioning& provisioning) {
  try {
    provisioning.require(Stage::migrated);
    return true;
  } catch (const Error& error) {
    if (error.failure() == Failure::migration_failed) return false;
    throw;
  }
}

checks::Finding partly_tried(const std::string& check, const std::string& stopped, bool migrated) {
  return {.check = check, .severity = migrated ? checks::Severity::note : checks::Severity::failure, .object = "pending migrations",
          .what = migrated ? "What they demand of the rows was tried only in part: they fail on tables without rows."
                           : "Could not check all that they demand of the rows: they fail on tables without rows as well.",
          .why = migrated ? "They ran on production's rows, which keep all that they demand." : "Which rows break what they demand is known only in part.",
          .remedy = migrated ? "" : "Mend what stops the migrations, then rehearse again.",
          .evidence = {stopped}};
}

checks::Findings feasibility(Provisioning& provisioning, const std::string& check, bool foreign_keys) {
  if (!external(provisioning) && provisioning.pending().empty()) return {};
  if (external(provisioning) && !provisioning.production_state().table_present)
    return {{.check = check, .severity = checks::Severity::not_checked, .object = provisioning.project().file.string(),
             .what = "Not tried: nothing is known of the external migration tool's state table.",
             .why = "Without its rows the tool would run every migration from the first.", .remedy = "Name it in migrations.table."}};
  // The mode was chosen knowing that there is no copy to try on; the migration itself then meets the rows first.
  if (provisioning.project().databases.single_copy)
    return {{.check = check, .severity = checks::Severity::not_checked, .object = provisioning.project().databases.clone,
             .what = "In single-copy mode the constraints to come were not tried before the migration.",
             .why = "When the migration fails, which rows stood in its way is not said.",
             .remedy = "Rehearse where the disk has room for several copies."}};
  const auto before = provisioning.shared_copy_before(external(provisioning) ? "" : provisioning.pending().front()->id);
  const auto demands = demands_of(provisioning, before);
  auto trials = data::plan_trials(demands.before, demands.after);
  const auto state_table = provisioning.state_table();
  std::erase_if(trials, [&](const data::Trial& trial) {
    return (trial.requirement.kind == data::RequirementKind::foreign_key) != foreign_keys || trial.table == state_table;
  });
  const bool migrated = migrations_succeed(provisioning);
  auto findings = checks::feasibility_findings({.trials = data::run_trials(before, trials, provisioning.project().show_keys),
                                                .database = "production before the migration", .migrated = migrated});
  if (!demands.stopped.empty()) findings.push_back(partly_tried(check, demands.stopped, migrated));
  return findings;
}

}  // namespace

checks::Findings foreign_key_feasibility(Provisioning& provisioning) { return feasibility(provisioning, "fk/feasibility", true); }
checks::Findings row_feasibility(Provisioning& provisioning) { return feasibility(provisioning, "data/feasibility", false); }

}  // namespace prodclone::workflow
