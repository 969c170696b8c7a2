#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <prodclone/base/error.hpp>
#include <prodclone/checks/dirty_migrations.hpp>
#include <prodclone/migrations/command.hpp>
#include <prodclone/migrations/runner.hpp>
#include <prodclone/migrations/sums.hpp>
#include <prodclone/pg/session.hpp>
#include <prodclone/schema/snapshot.hpp>

#include "commands.hpp"
#include "output.hpp"

namespace prodclone::cli {

namespace {

pg::ConnInfo database_of(CommandRun& run, const Arguments& arguments) {
  const auto name = arguments.database.empty() ? run->project().databases.clone : arguments.database;
  if (!run->cluster().find(name))
    throw Error(Failure::could_not_check, fmt::format("There is no database \"{}\".", name), "`prodclone load` makes the clone.");
  return run->cluster().conninfo(name);
}

std::string condition(const migrations::MigrationCondition& one) {
  std::string text = one.applied ? "applied" : one.pending ? "pending" : "unknown";
  if (one.dirty) text += ", dirty";
  if (one.edited) text += ", edited after it was applied";
  if (one.missing_file) text += ", its file is missing";
  if (one.out_of_order) text += ", out of order";
  if (one.no_down) text += ", no down script";
  return text;
}

nlohmann::ordered_json to_json(const migrations::MigrationCondition& one) {
  nlohmann::ordered_json json = {{"id", one.id}, {"name", one.name}, {"applied", one.applied}, {"pending", one.pending},
                                 {"dirty", one.dirty}, {"edited", one.edited}, {"missing_file", one.missing_file},
                                 {"out_of_order", one.out_of_order}, {"no_down", one.no_down}};
  if (one.applied_at) json["applied_at"] = *one.applied_at;
  return json;
}

}  // namespace

int migrate(const Arguments& arguments) {
  CommandRun run(project_of(arguments), "migrate");
  const auto database = database_of(run, arguments);
  std::vector<std::string> ran;
  if (run->migrations().layout == migrations::Layout::command) {
    migrations::CommandOptions options{.on_line = [](std::string_view line) { fmt::print(stderr, "  {}\n", line); }};
    if (arguments.steps) options.steps = static_cast<std::size_t>(*arguments.steps);
    migrations::command_up(run->migrations(), database, options);
  } else {
    pg::Driver driver(database);
    migrations::RunOptions options;
    if (arguments.steps) options.steps = static_cast<std::size_t>(*arguments.steps);
    options.hooks.migration_begins = [](const migrations::Migration& migration) { fmt::print(stderr, "  applying {}\n", migration.name); };
    ran = migrations::run_up(driver, run->migrations(), options).migrations;
  }
  if (arguments.json) fmt::print("{}\n", nlohmann::ordered_json{{"schema", "prodclone/migrate/1"}, {"database", database.database}, {"applied", ran}}.dump(2));
  else if (run->migrations().layout == migrations::Layout::command) fmt::print("{} is migrated.\n", database.database);
  else fmt::print("{}: {} applied.\n", database.database, ran.empty() ? std::string("nothing was pending, 0") : std::to_string(ran.size()));
  run.end();
  return 0;
}

int status(const Arguments& arguments) {
  CommandRun run(project_of(arguments), "status");
  if (arguments.write_sums) {
    migrations::write_sums(run->migrations().settings.dir, migrations::sums_of(run->migrations().migrations));
    fmt::print("Wrote {}.\n", (run->migrations().settings.dir / "prodclone.sum").string());
  }
  const auto name = arguments.database.empty() ? run->project().databases.clone : arguments.database;
  const bool there = run->cluster().exists(name);
  if (!there && !arguments.database.empty())
    throw Error(Failure::could_not_check, fmt::format("There is no database \"{}\".", name));
  if (run->migrations().layout == migrations::Layout::command) {
    const auto info = there ? run->cluster().conninfo(name) : run->private_copy_of(workflow::Stage::pristine);
    const auto pending = migrations::command_pending(run->migrations(), info);
    fmt::print("{} pending, says the configured status command.\n", pending);
    run.end();
    return arguments.exit_code && pending > 0 ? exit_code(Failure::check_failed) : 0;
  }
  migrations::Comparison comparison;
  std::string fingerprint;  // as the record has it: without the table of migrations
  if (there) {
    pg::Session session(run->cluster().conninfo(name));
    fingerprint = schema::fingerprint(schema::take_snapshot(session, {.exclude_tables = {run->state_table()}}));
    comparison = migrations::compare(run->migrations(), migrations::read_state(session, run->migrations()), run->migrations().sums);
  } else {
    comparison = run->production_history();
  }
  const auto findings = checks::dirty_migrations(comparison);
  bool pending = false;
  for (const auto& one : comparison.migrations) pending = pending || one.pending;
  if (arguments.json) {
    nlohmann::ordered_json json = {{"schema", "prodclone/status/1"}, {"database", there ? name : "production, as dumped"},
                                   {"clean", !checks::any_failure(findings)}, {"migrations", nlohmann::json::array()}};
    json["schema_fingerprint"] = there ? nlohmann::ordered_json(fingerprint) : nlohmann::ordered_json(nullptr);
    for (const auto& one : comparison.migrations) json["migrations"].push_back(to_json(one));
    fmt::print("{}\n", json.dump(2));
  } else {
    fmt::print("{} ({}):\n", there ? name : "production, as dumped", comparison.state_table);
    for (const auto& one : comparison.migrations) fmt::print("  {:<60} {}\n", one.name.empty() ? one.id : one.name, condition(one));
    if (there) fmt::print("  schema fingerprint {}\n", fingerprint);
    fmt::print("{}", checks::to_string(findings));
  }
  run.end();
  return arguments.exit_code && (pending || checks::any_failure(findings)) ? exit_code(Failure::check_failed) : 0;
}

}  // namespace prodclone::cli
