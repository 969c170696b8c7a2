// How each stage is made.
#include <fmt/format.h>

#include <algorithm>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/base/hash.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/dump/load.hpp>
#include <prodclone/migrations/command.hpp>
#include <prodclone/migrations/runner.hpp>
#include <prodclone/workflow/workspace.hpp>
#include <prodclone/rehearsal/lock_observer.hpp>
#include <prodclone/rehearsal/lock_trace_json.hpp>
#include <prodclone/rehearsal/remains_json.hpp>
#include <prodclone/schema/snapshot.hpp>
#include <prodclone/schema/snapshot_json.hpp>

#include "load_facts.hpp"
#include "production_facts.hpp"
#include "provisioning_state.hpp"

namespace prodclone::workflow {

namespace fs = std::filesystem;
using databases::Use;

namespace {

// Under the clone's name: the database still bears a temporary one.
void write_snapshot(const config::Project& project, const pg::ConnInfo& database, const std::string& state_table, const char* file) {
  pg::Session session(database);
  auto taken = schema::take_snapshot(session, {.exclude_tables = {state_table}});
  taken.database = project.databases.clone;
  write_file_atomically(project.record_directory() / file, schema::snapshot_to_json(taken));
}

// What cannot be looked at is for the leftovers suite to say; everything else can still be rehearsed.
void look_at_remains(const config::Project& project, const pg::ConnInfo& database, const char* file, bool temporary) {
  rehearsal::Remains remains;
  try {
    pg::Session session(database);
    remains = rehearsal::look_at_remains(session);
  } catch (const Error& error) {
    remains.could_not_look = error.what();
  }
  if (!temporary) std::erase_if(remains.items, [](const auto& item) { return item.kind == "temporary_table"; });
  write_file_atomically(project.record_directory() / file, rehearsal::to_json(remains));
}

}  // namespace

StageResult Provisioning::make_pristine() {
  const auto& dump = the_dump();
  if (const auto major = dump::major_of(dump.server_version).value_or(0); major > server().major)
    throw Error(Failure::could_not_check,
                fmt::format("{} comes from PostgreSQL {} and the server runs {}.", dump.name(), major, server().major),
                "A dump cannot be loaded into an older server: use a newer one, or the embedded server.");
  const auto key = pristine_key();
  if (single_copy()) return know_pristine();
  const auto name = name_of("pristine", key);
  const auto guard = leases_.lock(thing_of(name));
  leases_.hold(thing_of(name), run_);
  if (const auto there = cluster().find(name)) {
    if (!there->sealed) cluster().seal(name);  // its maker was killed between naming and sealing it
    state_->production = read_state_file(pristine_facts(key));
    state_->load_facts = read_load_facts(load_facts_file(project_, key));
    if (state_->production && state_->load_facts) return {.database = name, .key = key, .reused = true, .note = "loaded before from " + dump.name()};
  }
  return {.database = name, .key = key, .note = load_production(name, Use::pristine, key)};
}

std::string Provisioning::pristine_key() {
  return Sha256().add_field(generation).add_field("pristine").add_field(manifest().sha256).add_field(std::to_string(server().major)).hex();
}

fs::path Provisioning::pristine_facts(const std::string& key) const {
  return project_.state_directory() / "facts" / ("pristine-" + key.substr(0, 12) + ".json");
}

// A restored database takes about three times a compressed dump at the least; the estimate only has to catch a disk that
// is clearly too small before an hour has been spent.
Bytes Provisioning::estimated_size() {
  const auto& dump = the_dump();
  const bool compressed = dump.format != dump::DumpFormat::plain && dump.format != dump::DumpFormat::tar;
  return {dump.size.count * (compressed ? 3 : 1)};
}

std::string Provisioning::load_production(const std::string& name, Use use, const std::string& key) {
  const auto& dump = the_dump();
  const auto one = estimated_size();
  if (single_copy()) {
    cluster().ensure_room_for(one, "Loading " + dump.name() + " (in single-copy mode)");
  } else {
    // Pristine, and the two that a rehearsal makes of it: migrated and the clone.
    const auto copy = cluster().room_of_copy(one);
    cluster().ensure_room_for(one + copy + copy, fmt::format("A rehearsal of {} (loaded, and copied twice)", dump.name()),
                              fmt::format("Or choose single-copy mode, which needs about {}: \"databases\": {{\"single_copy\": true}} in "
                                          "prodclone.json, or PRODCLONE_SINGLE_COPY=1.", prodclone::to_string(one)));
  }
  dump::LoadReport loaded;
  std::string sorting;
  fs::remove(content_facts(project_, key));  // of an earlier load, whose tables had other OIDs
  doing("loading " + dump.path.string(), [&] {
    sorting = cluster().make(name, mark(use, key, dump.name()), locale(), [&](const pg::ConnInfo& target) {
      loaded = dump::load_dump(dump, target, {.tools = tools_for_dump(dump), .unloadable = dump::Unloadable::report, .progress = progress_, .work = work_directory(project_, run_)});
      state_->load_facts = load_facts_of(loaded, manifest(), dump.name());
      write_load_facts(load_facts_file(project_, key), *state_->load_facts);
      apply_settings(target);
      pg::Session session(target);
      state_->production = migrations::read_state(session, migrations());
      write_state(pristine_facts(key), *state_->production);
    });
  });
  cluster().seal(name);
  for (const auto& warning : loaded.warnings) fmt::print(stderr, "prodclone: {}\n", warning);
  for (const auto& object : loaded.unloaded)
    if (object.shortfall == dump::Shortfall::not_loaded && object.cause.empty())
      fmt::print(stderr, "prodclone: not loaded: {} {}: {}\n", replaced(object.kind, "_", " "), object.name, object.reason);
  if (!sorting.empty()) fmt::print(stderr, "prodclone: {}\n", sorting);
  return fmt::format("loaded {} in {}", dump.name(), prodclone::to_string(loaded.took));
}

void add_migrations(Sha256& key, const migrations::Project& project) {
  key.add_field(std::string(migrations::to_string(project.layout))).add_field(project.settings.state_table);
  if (project.init) key.add_field(project.init->content);
  for (const auto& migration : project.migrations)
    key.add_field(migration.id).add_field(migration.up.content).add_field(migration.down ? migration.down->content : "");
  for (const auto& argument : project.settings.command.up) key.add_field(argument);
  if (project.layout == migrations::Layout::command && fs::is_directory(project.settings.dir)) key.add_field(sha256_of(project.settings.dir));
}

std::string Provisioning::migrated_key() {
  Sha256 sum;
  sum.add_field(generation).add_field("migrated").add_field(pristine_key());
  if (single_copy()) sum.add_field("in place");   // its OIDs are in the record, and those of another load differ
  // An external tool may read any file: what it made in one run is never taken for another's.
  if (migrations().layout == migrations::Layout::command) sum.add_field(run_);
  add_migrations(sum, migrations());
  return sum.hex();
}

StageResult Provisioning::make_migrated() {
  if (single_copy()) return migrate_in_place();
  const auto& pristine = require(Stage::pristine);
  const auto key = migrated_key();
  const auto name = name_of("migrated", key);
  const auto guard = leases_.lock(thing_of(name));
  leases_.hold(thing_of(name), run_);
  const auto key_file = project_.record_directory() / "key";
  if (const auto there = cluster().find(name); there && there->sealed && read_file_if_present(key_file) == key)
    return {.database = name, .key = key, .reused = true, .note = "migrated before"};
  const auto report = cluster().copy(pristine.database, name, mark(Use::migrated, key), [&](const pg::ConnInfo& copy) {
    say("applying the pending migrations, observed");
    apply_pending_observed(copy);
  });
  write_file_atomically(key_file, key);
  cluster().seal(name);
  return {.database = name, .key = key, .note = to_string(report)};
}

void Provisioning::read_pristine_facts(const pg::ConnInfo& database) {
  write_snapshot(project_, database, state_table(), "schema-pristine.json");
  look_at_remains(project_, database, "remains-before.json", false);
}

void Provisioning::apply_pending_observed(const pg::ConnInfo& database) {
  const auto record = project_.record_directory();
  fs::remove(record / "key");
  apply_settings(database);
  read_pristine_facts(database);
  fs::remove(record / "migration-failure.txt");
  // The copy still has its temporary name: what people read names the clone that is made from it.
  const auto finish = [&](rehearsal::LockTrace trace) {
    trace.database = project_.databases.clone;
    write_file_atomically(record / "trace.json", rehearsal::to_json(trace));
  };
  rehearsal::LockObserver observer(database);
  const bool external = migrations().layout == migrations::Layout::command;
  const auto observed = [&](bool succeeded) {
    auto trace = observer.take();
    if (!external) return trace;
    trace.migrations.push_back({.name = joined(project_.migrations.command.up, " "), .succeeded = succeeded});
    trace.not_measured.push_back("the locks of an external migration tool, which sends its statements itself");
    return trace;
  };
  try {
    if (external) {
      migrations::command_up(migrations(), database, {.log = record / "migrate.log"});
    } else {
      pg::Driver driver(database);
      // A dirty or edited history is for the dirty suite to report; the rehearsal goes on past it.
      migrations::run_up(driver, migrations(), {.accept_dirty = true, .accept_edited = true, .hooks = observer.hooks(driver)});
    }
  } catch (const Error& error) {
    if (error.failure() == Failure::migration_failed) write_file_atomically(record / "migration-failure.txt", error.what());
    try {
      finish(observed(false));
    } catch (const Error&) {
      // The server is gone too: what the migration said is what people must read.
    }
    throw;
  }
  finish(observed(true));
  // An external tool's session may still be on its way out, with its temporary tables.
  look_at_remains(project_, database, "remains-after.json", !external);
  write_snapshot(project_, database, state_table(), "schema-migrated.json");
  pg::Session(database).execute("ANALYZE");
}

std::string Provisioning::settled_name(const std::string& configured, const std::string& key) {
  const auto lease = leases_.find(thing_of(configured));
  const auto there = cluster().find(configured);
  if (!there || there->mark.key == key || !lease) return configured;
  // A command may replace what an earlier command kept; a test run leaves it alone.
  const bool unheld = lease->holders.empty() || lease->holders == std::vector{run_};
  const bool ours = unheld && (lease->kept_by.empty() || replaces_kept_);
  if (ours) return configured;
  const auto by = !unheld ? "another run" : "`" + lease->kept_by + "`";
  auto name = fmt::format("{}_{}", shortened(configured, 50), run_);
  fmt::print(stderr, "prodclone: {} was made by {} from something else and is left as it is; this run uses {}\n", configured, by, name);
  return name;
}

StageResult Provisioning::make_clone() {
  const auto& migrated = require(Stage::migrated);
  if (single_copy()) return migrated;   // the same database
  const auto naming = leases_.lock(thing_of(project_.databases.clone));
  const auto name = settled_name(project_.databases.clone, migrated.key);
  leases_.hold(thing_of(name), run_);
  if (const auto there = cluster().find(name); there && there->mark.key == migrated.key)
    return {.database = name, .key = migrated.key, .reused = true, .note = "as an earlier command or run left it"};
  const auto report = cluster().copy(migrated.database, name, mark(Use::clone, migrated.key), [&](const pg::ConnInfo& copy) {
    apply_settings(copy);
  });
  return {.database = name, .key = migrated.key, .note = to_string(report)};
}

}  // namespace prodclone::workflow
