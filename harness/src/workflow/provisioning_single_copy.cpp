// Single-copy mode: for a disk that holds production's data once. The dump is loaded once, what is needed of production
// is read from it, the pending migrations run on it, and it becomes the clone. There is no pristine and no migrated
// template to copy, so a reset loads again, and what needs a private copy cannot be checked.
#include <fmt/format.h>

#include <algorithm>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>

#include "production_facts.hpp"
#include "provisioning_state.hpp"

namespace prodclone::workflow {

using databases::Use;

void Provisioning::refuse_copy_of(Stage stage) const {
  if (!single_copy()) return;
  throw Error(Failure::could_not_check, fmt::format("Could not check: single-copy mode. This needs a {} database or a copy of it, and there is none.", to_string(stage)),
              "Check it where the disk has room for several copies, without databases.single_copy and PRODCLONE_SINGLE_COPY.");
}

// What production has applied is known once any load has told; a suite that needs no more loads nothing.
StageResult Provisioning::know_pristine() {
  const auto key = pristine_key();
  state_->production = read_state_file(pristine_facts(key));
  if (state_->production) return {.key = key, .reused = true, .note = "what production has applied is known (single-copy mode)"};
  const auto name = name_of("loaded", key);
  const auto guard = leases_.lock(thing_of(name));
  const auto note = the_loaded_database(key);
  return {.key = key, .note = note + " (single-copy mode: it becomes the clone)"};
}

// Under its lock. Found where a stage before this one has loaded it.
std::string Provisioning::the_loaded_database(const std::string& key) {
  const auto name = name_of("loaded", key);
  leases_.hold(thing_of(name), run_);
  if (const auto there = cluster().find(name)) {
    if (!there->sealed) cluster().seal(name);
    state_->production = read_state_file(pristine_facts(key));
    if (state_->production) return "loaded before from " + the_dump().name();
  }
  return load_production(name, Use::pristine, key);
}

StageResult Provisioning::migrate_in_place() {
  const auto key = migrated_key();
  const auto naming = leases_.lock(thing_of(project_.databases.clone));
  const auto name = settled_name(project_.databases.clone, key);
  leases_.hold(thing_of(name), run_);
  const auto key_file = project_.record_directory() / "key";
  const auto there = cluster().find(name);
  if (there && there->mark.key == key && read_file_if_present(key_file) == key) {
    require(Stage::pristine);
    return {.database = name, .key = key, .reused = true, .note = "migrated in place by an earlier command or run"};
  }
  // Of this key, but the record has since been written by another: whoever holds the clone goes on with it.
  if (const auto lease = leases_.find(thing_of(name)); there && lease && lease->holders != std::vector{run_})
    throw Error(Failure::could_not_check, fmt::format("{} is in use by another run, and the record is of something else.", name), "Wait until that run has ended.");
  cluster().drop(name);   // before the load: both may not fit
  const auto loaded = name_of("loaded", pristine_key());
  {
    const auto guard = leases_.lock(thing_of(loaded));
    const auto note = the_loaded_database(pristine_key());
    state_->stages[Stage::pristine] = {.key = pristine_key(), .note = note};
    say("applying the pending migrations in place, observed");
    cluster().turn_into(loaded, name, mark(Use::clone, key), [&](const pg::ConnInfo& database) { apply_pending_observed(database); });
    leases_.forget(thing_of(loaded));
  }
  write_file_atomically(key_file, key);
  return {.database = name, .key = key, .note = "migrated in place (single-copy mode)"};
}

// Load, reset and rehearse: the clone anew, or as the rehearsal made it.
StageResult Provisioning::make_clone_by_loading(Stage stage, const std::string& by) {
  StageResult result;
  if (stage == Stage::pristine) {
    const auto name = project_.databases.clone;
    const auto key = pristine_key();
    const auto naming = leases_.lock(thing_of(name));
    const auto lease = leases_.find(thing_of(name));
    if (lease && std::any_of(lease->holders.begin(), lease->holders.end(), [&](const std::string& holder) { return holder != run_; }))
      throw Error(Failure::refused, fmt::format("{} is in use by another run.", name), "Wait until it has ended, or end it.");
    cluster().drop(name);
    const auto loaded = name_of("loaded", key);
    const auto guard = leases_.lock(thing_of(loaded));
    result = {.database = name, .key = key, .note = the_loaded_database(key) + " (single-copy mode)"};
    cluster().turn_into(loaded, name, mark(Use::clone, key, "production, loaded"), [&](const pg::ConnInfo& database) { apply_settings(database); });
    leases_.forget(thing_of(loaded));
  } else {
    result = require(stage);
  }
  leases_.keep(thing_of(result.database), by);
  leases_.keep(server().thing(), by);
  state_->stages[Stage::clone] = result;
  return result;
}

}  // namespace prodclone::workflow
