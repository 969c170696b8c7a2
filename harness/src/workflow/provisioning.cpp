#include <prodclone/workflow/provisioning.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/base/hash.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/dump/settings.hpp>
#include <prodclone/dump/store.hpp>
#include <prodclone/dump/survey.hpp>
#include <prodclone/pg/tools.hpp>
#include <prodclone/process/warden.hpp>
#include <prodclone/workflow/findings_record.hpp>
#include <prodclone/workflow/release.hpp>
#include <prodclone/workflow/workspace.hpp>

#include "full_disk.hpp"
#include "load_facts.hpp"
#include "paces.hpp"
#include "production_facts.hpp"
#include "provisioning_state.hpp"

namespace prodclone::workflow {

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using databases::Use;

struct StageName {
  Stage stage;
  const char* name;
};
constexpr StageName stage_names[] = {{Stage::pristine, "pristine"}, {Stage::migrated, "migrated"}, {Stage::traffic, "traffic"},
                                     {Stage::clone, "clone"},       {Stage::fresh, "fresh"},       {Stage::expected, "expected"}};

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

Provisioning::Provisioning(config::Project project, Options options)
    : project_(std::move(project)),
      leases_(project_.state_directory()),
      progress_(std::move(options.progress)),
      source_(std::move(options.source)),
      replaces_kept_(options.replaces_kept),
      state_(std::make_unique<State>()) {
  make_private_directory(project_.state_directory() / "runs");
  make_private_directory(project_.record_directory());
  sweep();
  lay_in_ballast(project_);
  begin(options);
}

Provisioning::~Provisioning() = default;

void Provisioning::say(const std::string& phase) {
  if (progress_) progress_({.phase = phase});
}

void Provisioning::begin(const Options& options) {
  const auto guard = leases_.lock("runs");
  if (const auto existing = leases_.run_of(options.owner.identity)) {
    run_ = existing->id;
    if (const auto text = read_file_if_present(run_file(project_, run_))) {
      const auto json = nlohmann::json::parse(*text, nullptr, false);
      project_.record = json.value("record", project_.record);
      const auto stages = json.value("stages", nlohmann::json::object());
      for (const auto& [name, stage] : stages.items())
        if (const auto known = parse_stage(name))
          state_->stages[*known] = {stage.value("database", ""), stage.value("key", ""), stage.value("reused", false),
                                    std::chrono::milliseconds(stage.value("took_ms", 0)), stage.value("note", "")};
    }
    return;
  }
  run_ = random_hex(10);
  if (options.owner.what == "ctest") clear_findings(project_, leases_.runs());  // of the rehearsals before
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
  if (fs::is_directory(project_.dump_directory()))
    for (const auto& name : dump::DumpStore(project_.dump_directory()).remove_leftovers())
      fmt::print(stderr, "prodclone: removed the unfinished dump {}, left by a killed run\n", name);
  const auto dead = leases_.dead_runs();
  for (const auto& run : dead) {
    const auto report = release(project_, run.id);
    for (const auto& name : report.removed)
      fmt::print(stderr, "prodclone: removed {}, left by a {} ({}, {})\n", name, run.ended ? "run whose clean-up failed" : "killed run", run.what, run.started_at);
    for (const auto& failure : report.failed) fmt::print(stderr, "prodclone: could not remove {}\n", failure);
  }
}

std::string Provisioning::name_of(const std::string& use, const std::string& key) const {
  // 63 bytes at most; the key keeps it unique.
  return fmt::format("prodclone_{}_{}_{}", shortened(project_.name, 20), use, key.substr(0, 12));
}

databases::Mark Provisioning::mark(Use use, const std::string& key, std::string note) const {
  return {.use = use, .key = key, .run = run_, .note = std::move(note)};
}

const migrations::Project& Provisioning::migrations() {
  if (!state_->migrations) state_->migrations = migrations::read_project(migration_settings(project_));
  return *state_->migrations;
}

const dump::DumpFile& Provisioning::the_dump() {
  auto& dump = state_->dump;
  if (dump) return *dump;
  const auto chosen = config::choose_source(project_, source_);
  if (chosen.kind == config::SourceKind::dump && !chosen.path.empty()) {
    dump = dump::recognise(chosen.path);
    return *dump;
  }
  // Of a source that is no file: what was taken from it before; `prodclone clone --source` takes a new one.
  const dump::DumpStore store(project_.dump_directory());
  dump = chosen.kind == config::SourceKind::dump ? store.latest().file : store.latest_of(chosen.name).file;
  return *dump;
}

const dump::Manifest& Provisioning::manifest() {
  if (!state_->manifest)
    state_->manifest = doing("reading " + the_dump().path.string(), [&] { return dump::manifest_of(the_dump(), tools_for_dump(the_dump())); });
  return *state_->manifest;
}

void Provisioning::apply_settings(const pg::ConnInfo& database) { dump::load_settings(manifest().settings, database); }

pg::Tools Provisioning::tools() { return pg::find_tools(server().major, project_.server.binaries); }

pg::Tools Provisioning::tools_for_dump(const dump::DumpFile& dump) {
  return pg::find_tools(std::max(server().major, dump::major_of(dump.server_version).value_or(0)), project_.server.binaries);
}

// None: there is no dump, or it does not say. A command about databases that are there needs no dump.
std::optional<int> Provisioning::dump_major() {
  try {
    return dump::major_of(the_dump().server_version);
  } catch (const Error&) {
    const auto homes = server_homes(project_);
    if (project_.server.kind == config::ServerKind::embedded && homes.empty()) throw;
    return homes.empty() ? std::nullopt : std::optional(homes.front().first);
  }
}

const Server& Provisioning::server() {
  if (!state_->server) {
    const bool own = project_.server.kind == config::ServerKind::url;
    const auto wanted = own || project_.server.major ? std::nullopt : dump_major();
    const auto thing = own ? std::string("server:url") : "server:" + std::to_string(choose_major(project_, wanted));
    // Under the thing's lock, so that nobody stops the server between its start and our lease.
    const auto guard = leases_.lock(thing);
    leases_.hold(thing, run_);
    state_->server = obtain_server(project_, wanted, "run " + run_);
  }
  return *state_->server;
}

databases::Cluster& Provisioning::cluster() {
  if (!state_->cluster) {
    const auto found = server();
    state_->cluster = std::make_unique<databases::Cluster>(found.maintenance, workspace_id(project_), project_.name,
                                                           [found] { return found.free_space(); }, found.own_files());
    state_->cluster->watch({.progress = [this](const ProgressReport& report) { if (progress_) progress_(report); },
                            .rate = [this](databases::CopyStrategy strategy) { return pace_of(project_, to_string(strategy)); },
                            .learn = [this](databases::CopyStrategy strategy, double rate) { remember_paces(project_, {{to_string(strategy), rate}}); }});
  }
  return *state_->cluster;
}

const StageResult& Provisioning::require(Stage stage) {
  if (const auto found = state_->stages.find(stage); found != state_->stages.end()) return found->second;
  if (!state_->record_claimed) claim_record();
  const auto result = make(stage);
  say("");
  state_->stages[stage] = result;
  const auto guard = leases_.lock("run:" + run_);
  auto json = nlohmann::ordered_json::parse(read_file_if_present(run_file(project_, run_)).value_or("{}"));
  json["schema"] = "prodclone/run/1";
  json["record"] = project_.record;
  json["stages"][to_string(stage)] = {{"database", result.database}, {"key", result.key}, {"reused", result.reused}, {"took_ms", result.took.count()}, {"note", result.note}};
  write_file_atomically(run_file(project_, run_), json.dump(1) + '\n');
  write_file_atomically(project_.record_directory() / "stages.json", json["stages"].dump(1) + '\n');   // outlives the run
  return state_->stages[stage];
}

pg::ConnInfo Provisioning::conninfo(Stage stage) {
  const auto found = state_->stages.find(stage);
  if (found == state_->stages.end()) throw std::logic_error("stage " + to_string(stage) + " was not required");
  if (found->second.database.empty()) refuse_copy_of(stage);
  return server().maintenance.with_database(found->second.database);
}

StageResult Provisioning::make(Stage stage) {
  const auto began = Clock::now();
  auto result = [&] {
    switch (stage) {
      case Stage::pristine: return make_pristine();
      case Stage::migrated: return make_migrated();
      case Stage::traffic: return make_traffic();
      case Stage::clone: return make_clone();
      case Stage::fresh: return make_fresh();
      case Stage::expected: return make_expected();
    }
    throw std::logic_error("no such stage");
  }();
  result.took = since(began);
  return result;
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

const checks::LoadFacts& Provisioning::load_facts() {
  require(Stage::pristine);
  if (!state_->load_facts)
    state_->load_facts = read_load_facts(load_facts_file(project_, state_->stages.at(Stage::pristine).key));
  if (!state_->load_facts)
    throw Error(Failure::could_not_check, "What of the dump could not be loaded is not known any more.", "Run `prodclone load` again.");
  return *state_->load_facts;
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

void Provisioning::keep(Stage stage, const std::string& by) {
  const auto& result = require(stage);
  if (!result.database.empty()) leases_.keep(thing_of(result.database), by);
  // People connect to the clone and to fresh, so the server stays as well; a sealed template waits on the disk.
  if (stage == Stage::clone || stage == Stage::fresh) leases_.keep(server().thing(), by);
  if (stage == Stage::fresh) keep_built(Use::fresh_base, by);
  if (stage == Stage::expected) keep_built(Use::expected, by);
}

}  // namespace prodclone::workflow
