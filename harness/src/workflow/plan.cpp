#include <prodclone/workflow/plan.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/base/hash.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/migrations/migration_failed.hpp>
#include <prodclone/migrations/runner.hpp>
#include <prodclone/pg/driver.hpp>
#include <prodclone/pg/session.hpp>
#include <prodclone/schema/render.hpp>
#include <prodclone/schema/snapshot.hpp>
#include <prodclone/workflow/schema_script.hpp>
#include <prodclone/workflow/workspace.hpp>

#include "declared_schema.hpp"
#include "plan_renames.hpp"
#include "schema_access.hpp"

namespace prodclone::workflow {

namespace {

namespace fs = std::filesystem;

std::string today() {
  const auto now = std::time(nullptr);
  std::tm utc = {};
  gmtime_r(&now, &utc);
  return fmt::format("{:04}{:02}{:02}", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday);
}

// A folder of this run that goes when the plan is made.
class TrialFolder {
 public:
  explicit TrialFolder(fs::path path) : path_(std::move(path)) { make_private_directory(path_); }
  ~TrialFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TrialFolder(const TrialFolder&) = delete;
  TrialFolder& operator=(const TrialFolder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

class Planner {
 public:
  Planner(Provisioning& provisioning, const PlanOptions& options) : provisioning_(provisioning), options_(options) {}

  Plan run() {
    const auto wanted_database = provisioning_.scratch([&](const pg::ConnInfo& database) {
      doing("reading the declared schema", [&] { load_declared_schema(options_.schema, database, work_directory(provisioning_.project(), provisioning_.run())); });
    });
    const auto wanted_copy = settled(wanted_database);
    const auto wanted = snapshot_of(wanted_copy);
    const auto copy = settled(built(provisioning_.migrations()));
    const auto current = snapshot_of(copy);
    Plan plan;
    PlannedRenames renamed;
    if (options_.renames) renamed = doing("trying renames on a scratch database", [&] { return rename_towards(wanted, copy, reading()); });
    const auto from = renamed.renames.empty() ? current : snapshot_of(copy);
    plan.renames = renamed.renames;
    plan.script = schema::write_script(from, wanted,
                                       {.compared = options_.compared, .allow_destructive = options_.allow_destructive, .runs_as = copy.user});
    plan.script.statements.insert(plan.script.statements.begin(), renamed.statements.begin(), renamed.statements.end());
    plan.access_not_planned = access_differences(from, wanted).size();
    refuse_what_cannot_be(plan);
    provisioning_.drop(wanted_copy.database);
    provisioning_.drop(copy.database);
    plan.files = migrations::files_of(provisioning_.migrations(), cut(plan.script), today());
    prove(plan, current, from, wanted);
    return plan;
  }

 private:
  schema::SnapshotOptions reading() { return {.exclude_tables = {provisioning_.state_table()}}; }

  schema::Snapshot snapshot_of(const pg::ConnInfo& database) {
    pg::Session session(database);
    return schema::take_snapshot(session, reading());
  }

  // As it prints after a dump and restore, like everything that a script makes.
  pg::ConnInfo settled(const pg::ConnInfo& database) {
    const auto copy = provisioning_.bare_schema_copy(database);
    doing("copying owners and privileges", [&] { give_access(snapshot_of(database), copy); });
    provisioning_.drop(database.database);
    return copy;
  }

  // Of what is on both sides, what differs in owner or privileges and is not among what was asked for.
  std::vector<schema::Difference> access_differences(const schema::Snapshot& one, const schema::Snapshot& other) const {
    auto all = schema::diff(one, other, {.owners = true, .privileges = true}).entries;
    std::erase_if(all, [&](const schema::Difference& difference) {
      return std::none_of(difference.touched.begin(), difference.touched.end(), [&](const schema::Touched& t) {
        return (t.attribute == "owner" && !options_.compared.owners) || (t.attribute == "privileges" && !options_.compared.privileges);
      });
    });
    return all;
  }

  pg::ConnInfo built(const migrations::Project& project) {
    return provisioning_.scratch([&](const pg::ConnInfo& database) {
      pg::Driver driver(database);
      migrations::run_init(driver, project);
      migrations::run_up(driver, project, {.accept_edited = true});
    });
  }

  void refuse_what_cannot_be(const Plan& plan) const {
    const auto& script = plan.script;
    if (script.empty())
      throw Error(Failure::usage, fmt::format("There is nothing to write: init and migrations already make what {} declares.", options_.schema.string()),
                  plan.access_not_planned == 0 ? "" : "Owners or privileges differ: --owners and --privileges plan those too.");
    if (!script.not_expressed.empty()) {
      std::string list;
      for (const auto& one : script.not_expressed) list += fmt::format("\n  {}: {}", one.difference, one.why);
      throw Error(Failure::could_not_check, "A script cannot express all that the declared schema changes." + list, "Write a migration for these by hand first.");
    }
    if (!script.withheld.empty()) {
      std::string list;
      for (const auto& one : script.withheld)
        if (!one.loses.empty()) list += fmt::format("\n  {}  (loses {})", one.sql, one.loses);
      throw Error(Failure::refused, "The declared schema is only reached by losing something:" + list,
                  options_.renames ? "Where a table or column has a new name and more than one fits, rename it in a migration by hand first; --allow-destructive writes the drops."
                                   : "Without --no-renames what has a new name is renamed where exactly one fits; --allow-destructive writes the drops.");
    }
  }

  // Each part with its own way back, found by running the parts one after the other.
  std::vector<migrations::NewMigration> cut(const schema::Script& script) {
    const auto parts = schema::parts_of(script);
    std::vector<migrations::NewMigration> result;
    const auto database = settled(built(provisioning_.migrations()));
    auto before = snapshot_of(database);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      schema::Script one;
      for (const auto* statement : parts[i].statements) one.statements.push_back(*statement);
      doing("trying the plan on a scratch database", [&] { run_script(one, database); });
      auto after = snapshot_of(database);
      const auto back = schema::write_script(after, before, {.compared = {.owners = true, .privileges = true},
                                                             .lineage = true,
                                                             .allow_destructive = true,
                                                             .runs_as = database.user,
                                                             .one_transaction = true});
      refuse_lost_ways(back);
      migrations::NewMigration migration{.name = parts.size() == 1 ? options_.name : fmt::format("{}-{}", options_.name, i + 1)};
      for (const auto& statement : one.statements) {
        migration.up.push_back(written(statement));
        migration.transactional = migration.transactional && statement.run != schema::Run::outside;
      }
      for (const auto& statement : back.statements) migration.down.push_back(written(statement));
      result.push_back(std::move(migration));
      before = std::move(after);
    }
    provisioning_.drop(database.database);
    return result;
  }

  static void refuse_lost_ways(const schema::Script& back) {
    if (back.not_expressed.empty()) return;
    throw Error(Failure::could_not_check,
                fmt::format("There is no way back from it: {}: {}", back.not_expressed.front().difference, back.not_expressed.front().why),
                "Write this migration by hand.");
  }

  static std::string written(const schema::ScriptStatement& statement) {
    return (statement.assumes.empty() ? "" : "-- ASSUMED: " + statement.assumes + '\n') +
           (statement.loses.empty() ? "" : "-- DESTRUCTIVE: loses " + statement.loses + ".\n") + statement.sql;
  }

  // With the files in a copy of the migrations folder, run as their tool would run them.
  void prove(const Plan& plan, const schema::Snapshot& current, const schema::Snapshot& renamed, const schema::Snapshot& wanted) {
    const auto& project = provisioning_.migrations();
    const TrialFolder trial(work_directory(provisioning_.project(), provisioning_.run()) / ("plan-" + random_hex(8)));
    fs::copy(project.settings.dir, trial.path(), fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    std::size_t number = 0;
    for (const auto& file : plan.files) {
      const auto path = trial.path() / fs::relative(file.path, project.settings.dir);
      fs::create_directories(path.parent_path());
      write_file_atomically(path, file.content);
      number += file.path.string().ends_with("up.sql") ? 1 : 0;
    }
    auto settings = project.settings;
    settings.dir = trial.path();
    settings.layout = project.layout;
    if (settings.init) settings.init = fs::absolute(project.settings.dir / *settings.init);
    const auto with_plan = migrations::read_project(settings);
    const auto trying = [&](const char* what, const auto& work) {
      try {
        work();
      } catch (const migrations::MigrationFailed& error) {
        throw Error(Failure::check_failed, fmt::format("The planned migrations were not written: {} does not run.\n{}", what, error.what()));
      }
    };
    const auto compare = [&](const char* what, const schema::Snapshot& reached, const schema::Snapshot& goal) {
      const auto left = schema::diff(reached, goal, options_.compared);
      if (!left.empty())
        throw Error(Failure::check_failed, fmt::format("The planned migrations were not written: {} leaves differences.\n{}", what,
                                                       schema::to_plain(left, {.label_a = "reached", .label_b = "wanted"})));
    };
    const auto keeps_access = [&](const char* what, const schema::Snapshot& reached, const schema::Snapshot& had) {
      const auto lost = access_differences(reached, had);
      if (!lost.empty())
        throw Error(Failure::check_failed, fmt::format("The planned migrations were not written: {} changes owners or privileges.\n{}", what,
                                                       schema::to_plain(schema::Differences{.entries = lost}, {.label_a = "reached", .label_b = "before"})));
    };
    pg::ConnInfo database;
    trying("the way up", [&] { database = built(with_plan); });
    const auto copy = provisioning_.bare_schema_copy(database);
    give_access(snapshot_of(database), copy);
    const auto reached = snapshot_of(copy);
    provisioning_.drop(copy.database);
    compare("the way up", reached, wanted);
    keeps_access("the way up", reached, renamed);
    trying("the way down", [&] {
      pg::Driver driver(database);
      migrations::run_down(driver, with_plan, {.steps = number, .accept_edited = true});
    });
    const auto back = snapshot_of(settled(database));
    compare("the way down", back, current);
    keeps_access("the way down", back, current);
  }

  Provisioning& provisioning_;
  const PlanOptions& options_;
};

}  // namespace

Plan plan_migrations(Provisioning& provisioning, const PlanOptions& options) {
  if (provisioning.migrations().layout == migrations::Layout::command)
    throw Error(Failure::usage, "A migration cannot be written for a tool that only its own commands know.",
                "`prodclone schema-diff --format sql` prints the statements for its files.");
  return Planner(provisioning, options).run();
}

}  // namespace prodclone::workflow
