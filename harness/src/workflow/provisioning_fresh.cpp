// What is built from scripts alone, with nothing of production: the fresh database and the declared schema. Both are used
// again, by the next run too where a command keeps them, as long as making them again would give the same.
#include <fmt/format.h>

#include <algorithm>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/base/hash.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/dump/load.hpp>
#include <prodclone/migrations/command.hpp>
#include <prodclone/migrations/runner.hpp>
#include <prodclone/process/child.hpp>
#include <prodclone/workflow/workspace.hpp>

#include "built_database.hpp"
#include "declared_schema.hpp"
#include "provisioning_state.hpp"

namespace prodclone::workflow {

namespace fs = std::filesystem;
using databases::Use;

void Provisioning::build_from_nothing(const pg::ConnInfo& database, const std::vector<std::string>& ids) {
  if (migrations().layout == migrations::Layout::command) {
    migrations::command_up(migrations(), database, {.log = project_.record_directory() / "fresh.log"});
    return;
  }
  auto wanted = migrations();
  std::erase_if(wanted.migrations, [&](const migrations::Migration& migration) {
    return std::find(ids.begin(), ids.end(), migration.id) == ids.end();
  });
  pg::Driver driver(database);
  migrations::run_init(driver, wanted);
  migrations::run_up(driver, wanted, {.accept_edited = true});
}

namespace {

std::string all_scripts(const migrations::Project& project) {
  std::string all = project.init ? project.init->content : "";
  for (const auto& migration : project.migrations) all += '\n' + migration.up.content;
  return all;
}

std::string declared_text(const fs::path& declared) {
  if (!fs::is_directory(declared)) return read_file(declared);
  std::string all;
  for (const auto& entry : fs::recursive_directory_iterator(declared))
    if (entry.is_regular_file()) all += read_file(entry.path()) + '\n';
  return all;
}

}  // namespace

// What the applied part is made from. An external tool may read any file, so what it made counts for one run only.
std::string Provisioning::fresh_base_key(const std::vector<std::string>& applied) {
  Sha256 sum;
  const auto wanted = locale();
  sum.add_field(PRODCLONE_VERSION).add_field(generation).add_field("fresh base");
  for (const auto& part : {wanted.encoding, wanted.collate, wanted.ctype}) sum.add_field(part);
  const auto& project = migrations();
  sum.add_field(std::string(migrations::to_string(project.layout))).add_field(project.settings.state_table);
  sum.add_field(project.init ? project.init->content : "");
  for (const auto& migration : project.migrations)
    if (std::find(applied.begin(), applied.end(), migration.id) != applied.end()) sum.add_field(migration.id).add_field(migration.name).add_field(migration.up.content);
  if (project.layout == migrations::Layout::command) sum.add_field(run_);
  return sum.hex();
}

// What prints differently before and after a restore must have gone through the same number of restores as the clone:
// the applied part is restored once, the pending part is not. A sealed template, under its lock.
std::string Provisioning::fresh_base(const std::vector<std::string>& applied, const std::string& key) {
  const auto name = name_of("base", key);
  leases_.hold(thing_of(name), run_);
  const auto scripts = all_scripts(migrations());
  Built wanted{.key = key, .surroundings = surroundings(cluster().session(), tools(), scripts)};
  if (const auto there = cluster().find(name); there && there->sealed && remembered_built(project_, name) == wanted) return name;
  say("building the fresh database from all migrations");
  const auto built = name_of("built", random_hex(12));
  auto built_guard = std::optional(leases_.lock(thing_of(built)));
  leases_.hold(thing_of(built), run_);
  cluster().make(built, mark(Use::scratch, key), locale(), [&](const pg::ConnInfo& database) { build_from_nothing(database, applied); });
  built_guard.reset();
  const auto sorting = cluster().make(name, mark(Use::fresh_base, key), locale(), [&](const pg::ConnInfo& database) {
    restore_into(database, cluster().conninfo(built), Content::schema_and_data);
  });
  drop(built);
  cluster().seal(name);
  // Roles are made on the way, so this is how the server is afterwards. With a locale that is not production's it is
  // made again: that one may be there the next time.
  wanted.surroundings = sorting.empty() ? surroundings(cluster().session(), tools(), scripts) : "";
  remember_built(project_, name, wanted);
  return name;
}

bool Provisioning::is_as_built(const std::string& name, const std::string& key, const std::string& scripts) {
  const auto there = cluster().find(name);
  if (!there || there->mark.key != key) return false;
  const auto remembered = remembered_built(project_, name);
  if (!remembered || remembered->key != key || remembered->surroundings != surroundings(cluster().session(), tools(), scripts)) return false;
  return remembered->state == catalog_state(cluster().conninfo(name));
}

StageResult Provisioning::make_fresh() {
  require(Stage::pristine);
  const auto applied = migrations::applied_ids(production_history());
  const auto base_key = fresh_base_key(applied);
  Sha256 sum;
  sum.add_field("fresh").add_field(base_key);
  add_migrations(sum, migrations());
  const auto key = sum.hex();
  const auto naming = leases_.lock(thing_of(project_.databases.fresh));
  const bool as_built = is_as_built(project_.databases.fresh, key, all_scripts(migrations()));
  // One that was changed gives way like one that was made from something else.
  const auto name = settled_name(project_.databases.fresh, as_built ? key : "");
  leases_.hold(thing_of(name), run_);
  const auto base_guard = leases_.lock(thing_of(name_of("base", base_key)));
  const auto base = fresh_base(applied, base_key);
  if (as_built) return {.database = name, .key = key, .reused = true, .note = "its inputs are unchanged"};
  Built built{.key = key};
  cluster().copy(base, name, mark(Use::fresh, key), [&](const pg::ConnInfo& database) {
    say("applying the pending migrations to the fresh database");
    if (migrations().layout != migrations::Layout::command) {
      pg::Driver driver(database);
      migrations::run_up(driver, migrations(), {.accept_edited = true});
    }
    built.state = catalog_state(database);
  });
  built.surroundings = surroundings(cluster().session(), tools(), all_scripts(migrations()));
  remember_built(project_, name, built);
  return {.database = name, .key = key};
}

StageResult Provisioning::make_expected() {
  const auto& declared = project_.schema.expected;
  if (declared.empty()) return {.note = "no schema.expected in prodclone.json"};
  require(Stage::migrated);
  Sha256 sum;
  const auto wanted = locale();
  sum.add_field(PRODCLONE_VERSION).add_field(generation).add_field("expected").add_field(sha256_of(declared));
  for (const auto& part : {wanted.encoding, wanted.collate, wanted.ctype}) sum.add_field(part);
  const auto key = sum.hex();
  const auto name = name_of("expected", key);
  const auto guard = leases_.lock(thing_of(name));
  leases_.hold(thing_of(name), run_);
  const auto scripts = declared_text(declared);
  if (is_as_built(name, key, scripts)) return {.database = name, .key = key, .reused = true, .note = "the declaration is unchanged"};
  say("materialising the declared schema");
  const auto written = name_of("declared", random_hex(12));
  auto written_guard = std::optional(leases_.lock(thing_of(written)));
  leases_.hold(thing_of(written), run_);
  cluster().make(written, mark(Use::scratch, key), wanted, [&](const pg::ConnInfo& database) {
    doing("reading schema.expected", [&] { load_declared_schema(declared, database, work_directory(project_, run_)); });
  });
  written_guard.reset();
  Built built{.key = key};
  const auto sorting = cluster().make(name, mark(Use::expected, key), wanted, [&](const pg::ConnInfo& database) {
    restore_into(database, cluster().conninfo(written), Content::schema);
    built.state = catalog_state(database);
  });
  drop(written);
  built.surroundings = sorting.empty() ? surroundings(cluster().session(), tools(), scripts) : "";
  remember_built(project_, name, built);
  return {.database = name, .key = key};
}

// Of each kind one is kept: those that were made from what was there before go when nobody holds them.
void Provisioning::keep_built(Use use, const std::string& by) {
  for (const auto& database : cluster().owned()) {
    if (database.mark.use != use || database.unfinished) continue;
    const auto thing = thing_of(database.name);
    const auto lease = leases_.find(thing);
    if (!lease) continue;
    if (std::find(lease->holders.begin(), lease->holders.end(), run_) != lease->holders.end()) leases_.keep(thing, by);
    else if (!lease->kept_by.empty()) leases_.unkeep(thing);
  }
}

databases::Locale Provisioning::locale() { return {manifest().encoding, manifest().lc_collate, manifest().lc_ctype}; }

void Provisioning::restore_into(const pg::ConnInfo& target, const pg::ConnInfo& source, Content content) {
  const auto tools = this->tools();
  const auto folder = work_directory(project_, run_);
  make_private_directory(folder);
  const auto file = folder / (random_hex(8) + ".dump");
  process::Command command{.arguments = {tools.pg_dump.string(), "-Fc", "-Z1", "--no-owner", "--no-privileges", "-f", file.string()},
                           .environment = pg::environment(source)};
  // The source may be a live server: not for long in a queue of its locks.
  if (content == Content::schema) command.arguments.insert(command.arguments.end(), {"-s", "--lock-wait-timeout=5000"});
  const auto remove = [&] {
    std::error_code ignored;
    fs::remove(file, ignored);
  };
  try {
    const auto outcome = process::run(command);
    if (!outcome.succeeded())
      throw Error(Failure::could_not_check, fmt::format("pg_dump of {} ended with {}: {}", source.database, describe(outcome), trimmed(outcome.err)));
    dump::load_dump(dump::recognise(file), target, {.tools = tools, .work = folder});
  } catch (...) {
    remove();
    throw;
  }
  remove();
}

}  // namespace prodclone::workflow
