// From a dump to the databases that suites use, each stage made once for all processes of a run and shared with
// other runs where what it is made from is equal. Whoever owns the run (ctest, a suite run by hand, a command) may be
// killed at any time: the warden or the next run removes what it made.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <prodclone/base/progress.hpp>
#include <prodclone/checks/load.hpp>
#include <prodclone/config/project.hpp>
#include <prodclone/databases/cluster.hpp>
#include <prodclone/databases/leases.hpp>
#include <prodclone/dump/manifest.hpp>
#include <prodclone/migrations/comparison.hpp>
#include <prodclone/pg/tools.hpp>
#include <prodclone/process/identity.hpp>
#include <prodclone/workflow/server.hpp>

namespace prodclone::workflow {

enum class Stage { pristine, migrated, traffic, clone, fresh, expected };
std::string to_string(Stage stage);
std::optional<Stage> parse_stage(const std::string& text);

struct StageResult {
  std::string database = {};     // empty: none (no declared schema; of traffic, the record alone)
  std::string key = {};
  bool reused = false;
  std::chrono::milliseconds took = {};
  std::string note = {};         // "copied by FILE_COPY in 0.4 s"
};

struct Owner {
  process::Identity identity = {};
  std::string what = {};
};

// Under ctest, ctest itself; else this process.
Owner owner_of_this_process(bool under_ctest, const std::string& what);

struct Options {
  Owner owner = {};
  ProgressSink progress = {};
  std::optional<std::string> source = {};
  bool warden = true;
  bool replaces_kept = false;   // commands: a clone that an earlier command kept gives way
};

class Provisioning {
 public:
  // Joins the owner's run or begins it; first removes what dead runs left, naming it on standard error.
  explicit Provisioning(config::Project project, Options options);
  ~Provisioning();

  const config::Project& project() const { return project_; }
  const std::string& run() const { return run_; }

  // Makes the stage and all that it needs, or finds it made. Throws what went wrong; asking again tries again.
  const StageResult& require(Stage stage);
  // Of a stage that has been required.
  pg::ConnInfo conninfo(Stage stage);
  bool made(Stage stage) const;

  // The project's migrations, and what the production dump says of them.
  const migrations::Project& migrations();
  const migrations::State& production_state();
  // What of the dump is not in pristine as it is in production; requires pristine.
  const checks::LoadFacts& load_facts();
  migrations::Comparison production_history();
  std::vector<const migrations::Migration*> pending();
  std::string state_table();   // qualified

  // Not in single-copy mode: a private copy of pristine (with the pending migrations before `stop_before`) or of migrated; dropped with the
  // run, or by `drop`. Where production has the migration already, it is built from nothing instead.
  pg::ConnInfo private_copy_before(const std::string& migration);
  pg::ConnInfo private_copy_of(Stage stage);
  // The database right before or right after a migration, made once for all processes of the run, which only read it.
  pg::ConnInfo shared_copy_before(const std::string& migration);
  pg::ConnInfo shared_copy_after(const std::string& migration);
  // The same right after it, to write to.
  pg::ConnInfo private_copy_after(const std::string& migration);
  // Whether production has it still to come; an external tool's migrations always count as such.
  bool is_pending(const std::string& migration);
  // The schema of a stage after one more dump and restore: some definitions print differently before and after one.
  pg::ConnInfo schema_copy_of(Stage stage);
  // The same of any database that can be connected to, with production's settings.
  pg::ConnInfo schema_copy_from(const pg::ConnInfo& source);
  pg::ConnInfo scratch_from_dump(const std::filesystem::path& file);
  // An empty database of this run, filled by `fill`; needs no dump.
  pg::ConnInfo scratch(const std::function<void(const pg::ConnInfo&)>& fill);
  // The schema of any database after one more dump and restore, with nobody's settings; needs no dump.
  pg::ConnInfo bare_schema_copy(const pg::ConnInfo& source);
  void drop(const std::string& database);

  // Makes what was required stay when the run ends.
  void keep(Stage stage, const std::string& by);
  // Makes the clone (again) from a stage and keeps it: load and reset.
  StageResult make_clone_from(Stage stage, const std::string& by);

  // Whoever does something of several parts puts a sink of its own between and puts the old one back.
  const ProgressSink& progress() const { return progress_; }
  void report_to(ProgressSink sink) { progress_ = std::move(sink); }

  databases::Cluster& cluster();
  databases::Leases& leases() { return leases_; }
  const Server& server();

  // pg_dump -s of a database, as the schema gate's second opinion.
  std::string schema_dump(const pg::ConnInfo& database);

 private:
  struct State;

  void begin(const Options& options);
  void claim_record();
  void sweep();
  StageResult make(Stage stage);
  StageResult make_pristine();
  StageResult make_migrated();
  // No database: record/traffic.json, what the pending migrations do to traffic when they run once more under probes.
  StageResult make_traffic();
  StageResult make_clone();
  // The configured name, or one of this run's own where somebody else's work bears it.
  std::string settled_name(const std::string& configured, const std::string& key);
  StageResult make_fresh();
  std::string fresh_base_key(const std::vector<std::string>& applied);
  std::string fresh_base(const std::vector<std::string>& applied, const std::string& key);   // the template's name
  // Nobody has changed it, and making it again from the scripts would give the same.
  bool is_as_built(const std::string& name, const std::string& key, const std::string& scripts);
  void keep_built(databases::Use use, const std::string& by);
  // Single-copy mode (databases.single_copy): one database is loaded, its facts are read, and it becomes the clone.
  bool single_copy() const { return project_.databases.single_copy; }
  void refuse_copy_of(Stage stage) const;   // in that mode; Error(could_not_check)
  StageResult know_pristine();
  std::string the_loaded_database(const std::string& key);
  StageResult migrate_in_place();
  StageResult make_clone_by_loading(Stage stage, const std::string& by);
  std::string migrated_key();
  std::string pristine_key();
  std::filesystem::path pristine_facts(const std::string& key) const;
  // Fills a new database from the dump and keeps what production has applied; returns the stage's note.
  std::string load_production(const std::string& name, databases::Use use, const std::string& key);
  Bytes estimated_size();
  // What is to be known of production's own state, read from the very database that is about to be migrated.
  void read_pristine_facts(const pg::ConnInfo& database);
  StageResult make_expected();
  enum class Side { before, after };
  pg::ConnInfo shared_copy(const std::string& migration, Side side);
  void make_at(const std::string& name, const std::string& migration, Side side);
  void apply_pending_observed(const pg::ConnInfo& database);
  enum class Content { schema, schema_and_data };
  void restore_into(const pg::ConnInfo& target, const pg::ConnInfo& source, Content content);
  databases::Locale locale();
  const dump::DumpFile& the_dump();
  std::optional<int> dump_major();
  const dump::Manifest& manifest();
  void apply_settings(const pg::ConnInfo& database);   // production's, which no copy carries
  pg::Tools tools();
  pg::Tools tools_for_dump(const dump::DumpFile& dump);
  void build_from_nothing(const pg::ConnInfo& database, const std::vector<std::string>& ids);
  std::string name_of(const std::string& use, const std::string& key) const;
  databases::Mark mark(databases::Use use, const std::string& key, std::string note = {}) const;
  void say(const std::string& phase);

  config::Project project_;
  databases::Leases leases_;
  ProgressSink progress_;
  std::optional<std::string> source_;
  bool replaces_kept_ = false;
  std::string run_;
  std::unique_ptr<State> state_;
};

}  // namespace prodclone::workflow
