#include <prodclone/workflow/provisioning.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/base/hash.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/dump/load.hpp>
#include <prodclone/dump/settings.hpp>
#include <prodclone/dump/store.hpp>
#include <prodclone/dump/survey.hpp>
#include <prodclone/migrations/command.hpp>
#include <prodclone/migrations/runner.hpp>
#include <prodclone/pg/tools.hpp>
#include <prodclone/process/child.hpp>
#include <prodclone/process/warden.hpp>
#include <prodclone/rehearsal/lock_observer.hpp>
#include <prodclone/rehearsal/lock_trace_json.hpp>
#include <prodclone/schema/snapshot.hpp>
#include <prodclone/schema/snapshot_json.hpp>
#include <prodclone/workflow/release.hpp>
#include <prodclone/workflow/workspace.hpp>

#include "declared_schema.hpp"
#include "production_facts.hpp"

namespace prodclone::workflow {

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using databases::Use;

// Bumped when a stage is made in another way, so that what an older prodclone made is not taken for the same.
constexpr const char* generation = "1";

struct StageName {
  Stage stage;
  const char* name;
};
constexpr StageName stage_names[] = {{Stage::pristine, "pristine"}, {Stage::migrated, "migrated"}, {Stage::clone, "clone"},
                                     {Stage::fresh, "fresh"},       {Stage::expected, "expected"}};

std::string thing_of(const std::string& database) { return "database:" + database; }

std::chrono::milliseconds since(Clock::time_point began) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began);
}

migrations::Settings migration_settings(const config::Project& project) {
  const auto& wanted = project.migrations;
  migrations::Settings settings{.layout = migrations::parse_layout(wanted.layout), .dir = wanted.directory, .state_table = wanted.table};
  if (!wanted.init.empty()) settings.init = wanted.init;
  settings.command.up = wanted.command.up;
  settings.command.down = wanted.command.down;
  settings.command.status = wanted.command.status;
  settings.command.pending_line = wanted.command.pending_pattern;
  settings.command.url_variables = {wanted.command.url_env};
  settings.command.directory = project.root;
  return settings;
}

}  // namespace

std::string to_string(Stage stage) {
  for (const auto& entry : stage_names)
    if (entry.stage == stage) return entry.name;
  return "pristine";
}

std::optional<Stage> parse_stage(const std::string& text) {
  for (const auto& entry : stage_names)
    if (text == entry.name) return entry.stage;
  return std::nullopt;
}

Owner owner_of_this_process(bool under_ctest, const std::string& what) {
  if (under_ctest)
    if (auto ctest = process::ancestor_named("ctest")) return {*ctest, "ctest"};
  return {process::self(), what};
}

struct Provisioning::State {
  std::map<Stage, StageResult> stages;
  std::optional<Server> server;
  std::unique_ptr<databases::Cluster> cluster;
  std::optional<migrations::Project> migrations;
  std::optional<migrations::State> production;
  std::optional<dump::DumpFile> dump;
  std::optional<dump::Manifest> manifest;
};

Provisioning::Provisioning(config::Project project, Options options)
    : project_(std::move(project)),
      leases_(project_.state_directory()),
      progress_(std::move(options.progress)),
      source_(std::move(options.source)),
      state_(std::make_unique<State>()) {
  make_private_directory(project_.state_directory() / "runs");
  make_private_directory(project_.record_directory());
  sweep();
  begin(options);
}

Provisioning::~Provisioning() = default;

void Provisioning::say(const std::string& phase) {
  if (progress_) progress_({.phase = phase});
}

// ---- the run ----

void Provisioning::begin(const Options& options) {
  const auto guard = leases_.lock("runs");
  if (const auto existing = leases_.run_of(options.owner.identity)) {
    run_ = existing->id;
    if (const auto text = read_file_if_present(run_file(project_, run_))) {
      const auto json = nlohmann::json::parse(*text, nullptr, false);
      const auto stages = json.value("stages", nlohmann::json::object());
      for (const auto& [name, stage] : stages.items())
        if (const auto known = parse_stage(name))
          state_->stages[*known] = {stage.value("database", ""), stage.value("key", ""), stage.value("reused", false),
                                    std::chrono::milliseconds(stage.value("took_ms", 0)), stage.value("note", "")};
    }
    return;
  }
  run_ = random_hex(10);
  leases_.begin({run_, options.owner.identity, options.owner.what, iso8601(std::chrono::system_clock::now())});
  if (!options.warden) return;
  const process::Command on_death{.arguments = {"/proc/self/exe", "--prodclone-release=" + run_},
                            .environment = {{"PRODCLONE_CONFIG", project_.file.string()}}};
  std::vector<std::string> secrets;
  for (const auto& variable : {project_.server.url_env, project_.server.password_env})
    if (!variable.empty()) secrets.push_back(variable);
  process::start_warden({.file = warden_file(project_, run_),
                         .watched = {options.owner.identity},
                         .on_death = on_death,
                         .handed_down = secrets,
                         .log = project_.state_directory() / "warden.log",
                         .purpose = fmt::format("cleans up after {} in {}", options.owner.what, project_.root.string())});
}

void Provisioning::sweep() {
  const auto dead = leases_.dead_runs();
  for (const auto& run : dead) {
    const auto report = release(project_, run.id);
    for (const auto& name : report.removed)
      fmt::print(stderr, "prodclone: removed {}, left by a killed run ({}, {})\n", name, run.what, run.started_at);
    for (const auto& failure : report.failed) fmt::print(stderr, "prodclone: could not remove {}\n", failure);
  }
}

// ---- what stages are made from ----

std::string Provisioning::name_of(const std::string& use, const std::string& key) const {
  // 63 bytes at most; the key keeps it unique.
  return fmt::format("prodclone_{}_{}_{}", project_.name.substr(0, 20), use, key.substr(0, 12));
}

databases::Mark Provisioning::mark(Use use, const std::string& key, std::string note) const {
  return {.use = use, .key = key, .run = run_, .note = std::move(note)};
}

const migrations::Project& Provisioning::migrations() {
  if (!state_->migrations) state_->migrations = migrations::read_project(migration_settings(project_));
  return *state_->migrations;
}

namespace {

const dump::DumpFile& the_dump(const config::Project& project, const std::optional<std::string>& source,
                               std::optional<dump::DumpFile>& cached) {
  if (cached) return *cached;
  const auto& chosen = config::choose_source(project, source);
  switch (chosen.kind) {
    case config::SourceKind::dump:
      cached = chosen.path.empty() ? dump::DumpStore(project.dump_directory()).latest().file : dump::recognise(chosen.path);
      break;
    case config::SourceKind::url:
    case config::SourceKind::existing:
    case config::SourceKind::rds:
      // What was taken from it before; `prodclone clone --source` takes a new one.
      cached = dump::DumpStore(project.dump_directory()).latest().file;
      break;
  }
  return *cached;
}

}  // namespace

const Server& Provisioning::server() {
  if (!state_->server) {
    std::optional<int> dump_major;
    if (!project_.server.major || project_.server.kind == config::ServerKind::url)
      dump_major = dump::major_of(the_dump(project_, source_, state_->dump).server_version);
    // Under the thing's lock, so that nobody stops the server between its start and our lease.
    const int major = project_.server.kind == config::ServerKind::url ? 0 : choose_major(project_, dump_major);
    const auto thing = "server:" + std::to_string(major);
    const auto guard = leases_.lock(thing);
    leases_.hold(thing, run_);
    state_->server = obtain_server(project_, dump_major, "run " + run_);
  }
  return *state_->server;
}

databases::Cluster& Provisioning::cluster() {
  if (!state_->cluster) {
    const auto found = server();
    state_->cluster = std::make_unique<databases::Cluster>(found.maintenance, workspace_id(project_), project_.name,
                                                           [found] { return found.free_space(); });
  }
  return *state_->cluster;
}

namespace {

pg::Tools tools_for(const config::Project& project, int major) { return pg::find_tools(major, project.server.binaries); }

// Everything that decides how a database turns out when the migrations run.
void add_migrations(Sha256& key, const migrations::Project& project) {
  key.add_field(std::string(migrations::to_string(project.layout))).add_field(project.settings.state_table);
  if (project.init) key.add_field(project.init->content);
  for (const auto& migration : project.migrations)
    key.add_field(migration.id).add_field(migration.up.content).add_field(migration.down ? migration.down->content : "");
  for (const auto& argument : project.settings.command.up) key.add_field(argument);
  if (project.layout == migrations::Layout::command && fs::is_directory(project.settings.dir)) key.add_field(sha256_of(project.settings.dir));
}

}  // namespace

// ---- stages ----

const StageResult& Provisioning::require(Stage stage) {
  if (const auto found = state_->stages.find(stage); found != state_->stages.end()) return found->second;
  const auto result = make(stage);
  state_->stages[stage] = result;
  const auto guard = leases_.lock("run:" + run_);
  auto json = nlohmann::ordered_json::parse(read_file_if_present(run_file(project_, run_)).value_or("{}"));
  json["schema"] = "prodclone/run/1";
  json["stages"][to_string(stage)] = {{"database", result.database}, {"key", result.key}, {"reused", result.reused}, {"took_ms", result.took.count()}, {"note", result.note}};
  write_file_atomically(run_file(project_, run_), json.dump(1) + '\n');
  return state_->stages[stage];
}

pg::ConnInfo Provisioning::conninfo(Stage stage) {
  const auto found = state_->stages.find(stage);
  if (found == state_->stages.end()) throw std::logic_error("stage " + to_string(stage) + " was not required");
  return server().maintenance.with_database(found->second.database);
}

StageResult Provisioning::make(Stage stage) {
  const auto began = Clock::now();
  auto result = [&] {
    switch (stage) {
      case Stage::pristine: return make_pristine();
      case Stage::migrated: return make_migrated();
      case Stage::clone: return make_clone();
      case Stage::fresh: return make_fresh();
      case Stage::expected: return make_expected();
    }
    throw std::logic_error("no such stage");
  }();
  result.took = since(began);
  return result;
}

StageResult Provisioning::make_pristine() {
  auto& dump = state_->dump;
  the_dump(project_, source_, dump);
  const auto tools = tools_for(project_, std::max(server().major, dump::major_of(dump->server_version).value_or(0)));
  state_->manifest = doing("reading " + dump->path.string(), [&] { return dump::manifest_of(*dump, tools); });
  const auto key = Sha256().add_field(generation).add_field("pristine").add_field(state_->manifest->sha256)
                       .add_field(std::to_string(server().major)).hex();
  const auto name = name_of("pristine", key);
  const auto facts = project_.state_directory() / "facts" / ("pristine-" + key.substr(0, 12) + ".json");
  const auto guard = leases_.lock(thing_of(name));
  leases_.hold(thing_of(name), run_);
  if (const auto there = cluster().find(name)) {
    if (!there->sealed) cluster().seal(name);  // its maker was killed between naming and sealing it
    state_->production = read_state_file(facts);
    if (state_->production) return {.database = name, .key = key, .reused = true, .note = "loaded before from " + dump->name()};
  }
  dump::LoadReport loaded;
  std::string sorting;
  // A restored database takes about twice the dump's compressed size at the least; the estimate only has to catch a
  // disk that is clearly too small before an hour has been spent.
  cluster().ensure_room_for({dump->size.count * 3}, "Loading " + dump->name());
  doing("loading " + dump->path.string(), [&] {
    sorting = cluster().make(name, mark(Use::pristine, key, dump->name()), locale(),
                   [&](const pg::ConnInfo& target) {
                     loaded = dump::load_dump(*dump, target, {.tools = tools, .progress = progress_});
                     dump::load_settings(state_->manifest->settings, target);
                     pg::Session session(target);
                     state_->production = migrations::read_state(session, migrations());
                     write_state(facts, *state_->production);
                   });
  });
  cluster().seal(name);
  for (const auto& warning : loaded.warnings) fmt::print(stderr, "prodclone: {}\n", warning);
  if (!sorting.empty()) fmt::print(stderr, "prodclone: {}\n", sorting);
  return {.database = name, .key = key, .note = fmt::format("loaded {} in {}", dump->name(), prodclone::to_string(loaded.took))};
}

const migrations::State& Provisioning::production_state() {
  require(Stage::pristine);
  if (!state_->production) {
    const auto& pristine = state_->stages.at(Stage::pristine);
    state_->production = read_state_file(project_.state_directory() / "facts" / ("pristine-" + pristine.key.substr(0, 12) + ".json"));
  }
  if (!state_->production)
    throw Error(Failure::could_not_check, "What production has applied is not known any more.", "Run `prodclone load` again.");
  return *state_->production;
}

migrations::Comparison Provisioning::production_history() {
  return migrations::compare(migrations(), production_state(), migrations().sums);
}

std::vector<const migrations::Migration*> Provisioning::pending() {
  std::vector<const migrations::Migration*> result;
  const auto ids = migrations::pending_ids(production_history());
  for (const auto& migration : migrations().migrations)
    if (std::find(ids.begin(), ids.end(), migration.id) != ids.end()) result.push_back(&migration);
  return result;
}

StageResult Provisioning::make_migrated() {
  const auto& pristine = require(Stage::pristine);
  Sha256 sum;
  sum.add_field(generation).add_field("migrated").add_field(pristine.key);
  add_migrations(sum, migrations());
  const auto key = sum.hex();
  const auto name = name_of("migrated", key);
  const auto guard = leases_.lock(thing_of(name));
  leases_.hold(thing_of(name), run_);
  const auto key_file = project_.record_directory() / "key";
  if (const auto there = cluster().find(name); there && there->sealed && read_file_if_present(key_file) == key)
    return {.database = name, .key = key, .reused = true, .note = "migrated before"};
  say("applying the pending migrations, observed");
  const auto report = cluster().copy(pristine.database, name, mark(Use::migrated, key),
                                     [&](const pg::ConnInfo& copy) { apply_pending_observed(copy); });
  write_file_atomically(key_file, key);
  cluster().seal(name);
  return {.database = name, .key = key, .note = fmt::format("copied {} by {}", prodclone::to_string(report.size), to_string(report.strategy))};
}

void Provisioning::apply_pending_observed(const pg::ConnInfo& database) {
  const auto record = project_.record_directory();
  fs::remove(record / "key");
  if (state_->manifest) dump::load_settings(state_->manifest->settings, database);
  const auto snapshot = [&](const char* file) {
    pg::Session session(database);
    auto taken = schema::take_snapshot(session, {.exclude_tables = {state_table()}});
    taken.database = project_.databases.clone;
    write_file_atomically(record / file, schema::snapshot_to_json(taken));
  };
  snapshot("schema-pristine.json");
  fs::remove(record / "migration-failure.txt");
  // The copy still has its temporary name: what people read names the clone that is made from it.
  const auto finish = [&](rehearsal::LockTrace trace) {
    trace.database = project_.databases.clone;
    write_file_atomically(record / "trace.json", rehearsal::to_json(trace));
  };
  rehearsal::LockObserver observer(database);
  if (migrations().layout == migrations::Layout::command) {
    migrations::command_up(migrations(), database, {.log = record / "migrate.log"});
    auto trace = observer.take();
    trace.migrations.push_back({.name = joined(project_.migrations.command.up, " "), .succeeded = true});
    trace.not_measured.push_back("the locks of an external migration tool, which sends its statements itself");
    finish(std::move(trace));
  } else {
    pg::Driver driver(database);
    try {
      // A dirty or edited history is for the dirty suite to report; the rehearsal goes on past it.
      migrations::run_up(driver, migrations(), {.accept_dirty = true, .accept_edited = true, .hooks = observer.hooks(driver)});
    } catch (const Error& error) {
      write_file_atomically(record / "migration-failure.txt", error.what());
      try {
        finish(observer.take());
      } catch (const Error&) {
        // The server is gone too: what the migration said is what people must read.
      }
      throw;
    }
    finish(observer.take());
  }
  snapshot("schema-migrated.json");
  pg::Session(database).execute("ANALYZE");
}

std::string Provisioning::settled_name(const std::string& configured, const std::string& key) {
  const auto lease = leases_.find(thing_of(configured));
  const auto there = cluster().find(configured);
  if (!there || there->mark.key == key || !lease) return configured;
  const bool ours = lease->kept_by.empty() && (lease->holders.empty() || lease->holders == std::vector{run_});
  if (ours) return configured;
  const auto by = lease->kept_by.empty() ? "another run" : "`" + lease->kept_by + "`";
  auto name = fmt::format("{}_{}", configured.substr(0, 50), run_);
  fmt::print(stderr, "prodclone: {} was made by {} from something else and is left as it is; this run uses {}\n", configured, by, name);
  return name;
}

StageResult Provisioning::make_clone() {
  const auto& migrated = require(Stage::migrated);
  const auto naming = leases_.lock(thing_of(project_.databases.clone));
  const auto name = settled_name(project_.databases.clone, migrated.key);
  leases_.hold(thing_of(name), run_);
  if (const auto there = cluster().find(name); there && there->mark.key == migrated.key)
    return {.database = name, .key = migrated.key, .reused = true, .note = "as an earlier command or run left it"};
  const auto report = cluster().copy(migrated.database, name, mark(Use::clone, migrated.key), [&](const pg::ConnInfo& copy) {
    if (state_->manifest) dump::load_settings(state_->manifest->settings, copy);
  });
  return {.database = name, .key = migrated.key, .note = fmt::format("copied {} by {} in {}", prodclone::to_string(report.size), to_string(report.strategy), prodclone::to_string(report.took))};
}

// ---- the same migrations from nothing ----

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

StageResult Provisioning::make_fresh() {
  require(Stage::pristine);
  auto applied = migrations::applied_ids(production_history());
  Sha256 sum;
  sum.add_field(generation).add_field("fresh").add_field(std::to_string(server().major));
  add_migrations(sum, migrations());
  for (const auto& id : applied) sum.add_field(id);
  const auto key = sum.hex();
  const auto naming = leases_.lock(thing_of(project_.databases.fresh));
  const auto name = settled_name(project_.databases.fresh, key);
  leases_.hold(thing_of(name), run_);
  if (const auto there = cluster().find(name); there && there->mark.key == key) return {.database = name, .key = key, .reused = true, .note = "its inputs are unchanged"};
  say("building the fresh database from all migrations");
  const auto base = name_of("base", random_hex(12));
  auto base_guard = std::optional(leases_.lock(thing_of(base)));
  leases_.hold(thing_of(base), run_);
  // What prints differently before and after a restore must have gone through the same number of restores as the
  // clone: the applied part is restored once, the pending part is not.
  cluster().make(base, mark(Use::fresh_base, key), locale(), [&](const pg::ConnInfo& database) {
    build_from_nothing(database, applied);
  });
  base_guard.reset();
  cluster().make(name, mark(Use::fresh, key), locale(), [&](const pg::ConnInfo& database) {
    restore_into(database, cluster().conninfo(base), Content::schema_and_data);
    if (migrations().layout == migrations::Layout::command) return;
    pg::Driver driver(database);
    migrations::run_up(driver, migrations(), {.accept_edited = true});
  });
  drop(base);
  return {.database = name, .key = key};
}

databases::Locale Provisioning::locale() const {
  if (!state_->manifest) return {};
  return {state_->manifest->encoding, state_->manifest->lc_collate, state_->manifest->lc_ctype};
}

void Provisioning::restore_into(const pg::ConnInfo& target, const pg::ConnInfo& source, Content content) {
  const auto tools = tools_for(project_, server().major);
  const auto folder = project_.state_directory() / "work";
  make_private_directory(folder);
  const auto file = folder / (run_ + '-' + random_hex(8) + ".dump");
  process::Command command{.arguments = {tools.pg_dump.string(), "-Fc", "-Z1", "--no-owner", "--no-privileges", "-f", file.string()},
                           .environment = pg::environment(source)};
  if (content == Content::schema) command.arguments.emplace_back("-s");
  const auto remove = [&] {
    std::error_code ignored;
    fs::remove(file, ignored);
  };
  try {
    const auto outcome = process::run(command);
    if (!outcome.succeeded())
      throw Error(Failure::could_not_check, fmt::format("pg_dump of {} ended with {}: {}", source.database, describe(outcome), trimmed(outcome.err)));
    dump::load_dump(dump::recognise(file), target, {.tools = tools});
  } catch (...) {
    remove();
    throw;
  }
  remove();
}

// ---- the declared schema ----

StageResult Provisioning::make_expected() {
  const auto& declared = project_.schema.expected;
  if (declared.empty()) return {.note = "no schema.expected in prodclone.json"};
  const auto& migrated = require(Stage::migrated);
  const auto key = Sha256().add_field(generation).add_field("expected").add_field(migrated.key).add_field(sha256_of(declared)).hex();
  const auto name = name_of("expected", key);
  const auto guard = leases_.lock(thing_of(name));
  leases_.hold(thing_of(name), run_);
  if (cluster().find(name)) return {.database = name, .key = key, .reused = true};
  say("materialising the declared schema");
  const auto written = name_of("declared", random_hex(12));
  auto written_guard = std::optional(leases_.lock(thing_of(written)));
  leases_.hold(thing_of(written), run_);
  cluster().make(written, mark(Use::scratch, key), locale(), [&](const pg::ConnInfo& database) {
    doing("reading schema.expected", [&] { load_declared_schema(declared, database); });
  });
  written_guard.reset();
  cluster().make(name, mark(Use::expected, key), locale(), [&](const pg::ConnInfo& database) {
    restore_into(database, cluster().conninfo(written), Content::schema);
  });
  drop(written);
  return {.database = name, .key = key};
}

pg::ConnInfo Provisioning::schema_copy_of(Stage stage) {
  const auto& source = require(stage);
  const auto name = name_of("schema", random_hex(12));
  const auto guard = leases_.lock(thing_of(name));
  leases_.hold(thing_of(name), run_);
  cluster().make(name, mark(Use::scratch, source.key), locale(), [&](const pg::ConnInfo& database) {
    restore_into(database, cluster().conninfo(source.database), Content::schema);
  });
  return cluster().conninfo(name);
}

pg::ConnInfo Provisioning::scratch_from_dump(const std::filesystem::path& file) {
  const auto dump = dump::recognise(file);
  const auto tools = tools_for(project_, std::max(server().major, dump::major_of(dump.server_version).value_or(0)));
  const auto name = name_of("dump", random_hex(12));
  const auto guard = leases_.lock(thing_of(name));
  leases_.hold(thing_of(name), run_);
  cluster().make(name, mark(Use::scratch, ""), {}, [&](const pg::ConnInfo& database) {
    dump::load_dump(dump, database, {.tools = tools, .progress = progress_});
  });
  return cluster().conninfo(name);
}

// ---- private copies ----

pg::ConnInfo Provisioning::private_copy_of(Stage stage) {
  const auto& source = require(stage);
  const auto name = name_of("case", random_hex(12));
  const auto guard = leases_.lock(thing_of(name));
  leases_.hold(thing_of(name), run_);
  cluster().copy(source.database, name, mark(Use::private_copy, source.key, "copy of " + to_string(stage)), [&](const pg::ConnInfo& copy) {
    if (state_->manifest) dump::load_settings(state_->manifest->settings, copy);
  });
  return cluster().conninfo(name);
}

pg::ConnInfo Provisioning::private_copy_before(const std::string& migration) {
  const auto& wanted = migrations::find_migration(migrations(), migration);
  const auto history = production_history();
  const auto ids = migrations::pending_ids(history);
  if (std::find(ids.begin(), ids.end(), wanted.id) != ids.end()) {
    const auto copy = private_copy_of(Stage::pristine);
    pg::Driver driver(copy);
    migrations::run_up(driver, migrations(), {.stop_before = wanted.id, .accept_dirty = true, .accept_edited = true});
    return copy;
  }
  const auto name = name_of("case", random_hex(12));
  const auto guard = leases_.lock(thing_of(name));
  leases_.hold(thing_of(name), run_);
  cluster().make(name, mark(Use::private_copy, "", "before " + wanted.name), {}, [&](const pg::ConnInfo& database) {
    std::vector<std::string> before;
    for (const auto& one : migrations().migrations) {
      if (one.id == wanted.id) break;
      before.push_back(one.id);
    }
    build_from_nothing(database, before);
  });
  return cluster().conninfo(name);
}

bool Provisioning::made(Stage stage) const { return state_->stages.contains(stage); }

std::string Provisioning::state_table() {
  const auto name = migrations::state_table_name(migrations());
  return name.find('.') == std::string::npos ? "public." + name : name;
}

void Provisioning::drop(const std::string& database) {
  const auto guard = leases_.lock(thing_of(database));
  cluster().drop(database);
  leases_.forget(thing_of(database));
}

// ---- what stays ----

void Provisioning::keep(Stage stage, const std::string& by) {
  const auto& result = require(stage);
  if (!result.database.empty()) leases_.keep(thing_of(result.database), by);
  // People connect to the clone and to fresh, so the server stays as well; a sealed template waits on the disk.
  if (stage == Stage::clone || stage == Stage::fresh) leases_.keep(server().thing(), by);
}

StageResult Provisioning::make_clone_from(Stage stage, const std::string& by) {
  const auto& source = require(stage);
  const auto name = project_.databases.clone;
  const auto guard = leases_.lock(thing_of(name));
  const auto lease = leases_.find(thing_of(name));
  if (lease && std::any_of(lease->holders.begin(), lease->holders.end(), [&](const std::string& holder) { return holder != run_; }))
    throw Error(Failure::refused, fmt::format("{} is in use by another run.", name), "Wait until it has ended, or end it.");
  const auto report = cluster().copy(source.database, name, mark(Use::clone, source.key, "copy of " + to_string(stage)), [&](const pg::ConnInfo& copy) {
    if (state_->manifest) dump::load_settings(state_->manifest->settings, copy);
  });
  leases_.keep(thing_of(name), by);
  leases_.keep(server().thing(), by);
  StageResult result{.database = name, .key = source.key, .took = report.took, .note = fmt::format("{} copied by {}", prodclone::to_string(report.size), to_string(report.strategy))};
  state_->stages[Stage::clone] = result;
  return result;
}

std::string Provisioning::schema_dump(const pg::ConnInfo& database) {
  const auto tools = tools_for(project_, server().major);
  const auto outcome = process::run({.arguments = {tools.pg_dump.string(), "-s", "--no-owner", "--no-privileges"}, .environment = pg::environment(database)},
                                    {.limit = std::size_t{1} << 30});
  if (!outcome.succeeded())
    throw Error(Failure::could_not_check, fmt::format("pg_dump -s of {} ended with {}: {}", database.database, describe(outcome), trimmed(outcome.err)));
  return outcome.out;
}

}  // namespace prodclone::workflow
