#include "round_trip_leg.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>

#include <prodclone/base/error.hpp>
#include <prodclone/migrations/command.hpp>
#include <prodclone/migrations/runner.hpp>

namespace prodclone::workflow {

namespace {

// The migration's own failure is a fact; that the server cannot be reached is not.
rehearsal::Leg timed(const std::function<void()>& work) {
  rehearsal::Leg leg{.ran = true};
  const auto began = std::chrono::steady_clock::now();
  try {
    work();
  } catch (const Error& error) {
    if (error.failure() != Failure::migration_failed && error.failure() != Failure::refused) throw;
    leg.error = error.what();
  }
  leg.took = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - began);
  return leg;
}

}  // namespace

Mover::Mover(Provisioning& provisioning, std::vector<const migrations::Migration*> migrations)
    : provisioning_(provisioning), migrations_(std::move(migrations)) {}

void Mover::count_steps(const pg::ConnInfo& before) {
  const auto& project = provisioning_.migrations();
  const auto& words = project.settings.command.down;
  steps_in_command_ = std::any_of(words.begin(), words.end(), [](const std::string& word) { return word.find("{steps}") != std::string::npos; });
  const auto& command = project.settings.command;
  const bool known = !command.pending_line.empty() || (!command.state_table.empty() && !command.file_pattern.empty());
  if (known) steps_ = std::max<std::size_t>(1, migrations::command_pending(project, before));
  else if (steps_in_command_)
    throw Error(Failure::could_not_check, "The tool's down command wants to know by how many steps, and how many are pending is not known.",
                "Set migrations.status and migrations.pending_pattern.");
}

rehearsal::Leg Mover::up(const pg::ConnInfo& database) const {
  const auto& project = provisioning_.migrations();
  return timed([&] {
    if (migrations_.empty()) {
      migrations::command_up(project, database, {.log = provisioning_.project().record_directory() / "roundtrip.log"});
      return;
    }
    pg::Driver driver(database);
    // Only these: of what production has dirty or edited the dirty suite tells.
    migrations::run_up(driver, project, {.steps = migrations_.size(), .accept_dirty = true, .accept_edited = true});
  });
}

rehearsal::Leg Mover::down(const pg::ConnInfo& database, std::vector<std::string>& undone) const {
  const auto& project = provisioning_.migrations();
  return timed([&] {
    if (migrations_.empty()) {
      const auto log = provisioning_.project().record_directory() / "roundtrip.log";
      for (std::size_t i = 0; i < (steps_in_command_ ? 1 : steps_); ++i) migrations::command_down(project, database, {.steps = steps_, .log = log});
      return;
    }
    pg::Driver driver(database);
    const auto report = migrations::run_down(driver, project, {.steps = migrations_.size(), .accept_dirty = true, .accept_edited = true});
    std::vector<std::string> wanted;
    for (const auto* migration : migrations_) wanted.push_back(migration->id);
    auto done = report.migrations;
    std::sort(wanted.begin(), wanted.end());
    std::sort(done.begin(), done.end());
    if (done == wanted) return;
    for (const auto& id : report.migrations) undone.push_back(migrations::find_migration(project, id).name);
  });
}

}  // namespace prodclone::workflow
