// Copies for one case or one check, and the clone that people connect to.
#include <fmt/format.h>

#include <algorithm>

#include <prodclone/base/error.hpp>
#include <prodclone/base/hash.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/dump/load.hpp>
#include <prodclone/migrations/runner.hpp>
#include <prodclone/pg/quote.hpp>
#include <prodclone/process/child.hpp>
#include <prodclone/workflow/workspace.hpp>

#include "provisioning_state.hpp"

namespace prodclone::workflow {

using databases::Use;

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

pg::ConnInfo Provisioning::schema_copy_from(const pg::ConnInfo& source) {
  const auto name = name_of("schema", random_hex(12));
  const auto guard = leases_.lock(thing_of(name));
  leases_.hold(thing_of(name), run_);
  cluster().make(name, mark(Use::scratch, ""), locale(), [&](const pg::ConnInfo& database) {
    restore_into(database, source, Content::schema);
    apply_settings(database);
  });
  return cluster().conninfo(name);
}

pg::ConnInfo Provisioning::scratch_from_dump(const std::filesystem::path& file) {
  const auto dump = dump::recognise(file);
  const auto tools = tools_for_dump(dump);
  const auto name = name_of("dump", random_hex(12));
  const auto guard = leases_.lock(thing_of(name));
  leases_.hold(thing_of(name), run_);
  cluster().make(name, mark(Use::scratch, ""), {}, [&](const pg::ConnInfo& database) {
    dump::load_dump(dump, database, {.tools = tools, .progress = progress_, .work = work_directory(project_, run_)});
  });
  say("");
  return cluster().conninfo(name);
}

pg::ConnInfo Provisioning::scratch(const std::function<void(const pg::ConnInfo&)>& fill) {
  const auto name = name_of("scratch", random_hex(12));
  const auto guard = leases_.lock(thing_of(name));
  leases_.hold(thing_of(name), run_);
  cluster().make(name, mark(Use::scratch, ""), {}, fill);
  return cluster().conninfo(name);
}

pg::ConnInfo Provisioning::bare_schema_copy(const pg::ConnInfo& source) {
  return scratch([&](const pg::ConnInfo& database) { restore_into(database, source, Content::schema); });
}

pg::ConnInfo Provisioning::private_copy_of(Stage stage) {
  refuse_copy_of(stage);
  const auto& source = require(stage);
  const auto name = name_of("case", random_hex(12));
  const auto guard = leases_.lock(thing_of(name));
  leases_.hold(thing_of(name), run_);
  cluster().copy(source.database, name, mark(Use::private_copy, source.key, "copy of " + to_string(stage)), [&](const pg::ConnInfo& copy) {
    apply_settings(copy);
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

StageResult Provisioning::make_clone_from(Stage stage, const std::string& by) {
  if (single_copy()) return make_clone_by_loading(stage, by);
  const auto& source = require(stage);
  const auto name = project_.databases.clone;
  const auto guard = leases_.lock(thing_of(name));
  const auto lease = leases_.find(thing_of(name));
  if (lease && std::any_of(lease->holders.begin(), lease->holders.end(), [&](const std::string& holder) { return holder != run_; }))
    throw Error(Failure::refused, fmt::format("{} is in use by another run.", name), "Wait until it has ended, or end it.");
  const auto report = cluster().copy(source.database, name, mark(Use::clone, source.key, "copy of " + to_string(stage)), [&](const pg::ConnInfo& copy) {
    apply_settings(copy);
  });
  leases_.keep(thing_of(name), by);
  leases_.keep(server().thing(), by);
  StageResult result{.database = name, .key = source.key, .took = report.took, .note = to_string(report)};
  state_->stages[Stage::clone] = result;
  return result;
}

std::string Provisioning::schema_dump(const pg::ConnInfo& database) {
  const auto tools = this->tools();
  process::Command command{.arguments = {tools.pg_dump.string(), "-s", "--no-owner", "--no-privileges"}, .environment = pg::environment(database)};
  // The state table's form is the migration tool's own business: another version of it made production's.
  if (const auto table = state_table(); !table.ends_with('.')) {
    const auto dot = table.find('.');
    command.arguments.push_back("--exclude-table=" + pg::quote_identifier(table.substr(0, dot)) + '.' + pg::quote_identifier(table.substr(dot + 1)));
  }
  const auto outcome = process::run(command,
                                    {.limit = std::size_t{1} << 30});
  if (!outcome.succeeded())
    throw Error(Failure::could_not_check, fmt::format("pg_dump -s of {} ended with {}: {}", database.database, describe(outcome), trimmed(outcome.err)));
  return outcome.out;
}

}  // namespace prodclone::workflow
