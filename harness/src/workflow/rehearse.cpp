#include <prodclone/workflow/rehearse.hpp>

#include <prodclone/workflow/recorded_statements.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <set>

#include <prodclone/base/day.hpp>
#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/checks/accepted_differences.hpp>
#include <prodclone/checks/dirty_migrations.hpp>
#include <prodclone/checks/foreign_key_indexes.hpp>
#include <prodclone/checks/foreign_keys.hpp>
#include <prodclone/checks/live_locks.hpp>
#include <prodclone/checks/lock_budgets.hpp>
#include <prodclone/checks/locks.hpp>
#include <prodclone/checks/schema_drift.hpp>
#include <prodclone/checks/schema_intent.hpp>
#include <prodclone/checks/schema_lineage.hpp>
#include <prodclone/checks/schema_witness.hpp>
#include <prodclone/config/waivers.hpp>
#include <prodclone/data/foreign_keys.hpp>
#include <prodclone/migrations/command.hpp>
#include <prodclone/process/child.hpp>
#include <prodclone/rehearsal/live_locks.hpp>
#include <prodclone/rehearsal/lock_trace_json.hpp>
#include <prodclone/rehearsal/traffic_trace_json.hpp>
#include <prodclone/schema/comparison.hpp>
#include <prodclone/schema/cross_check.hpp>
#include <prodclone/schema/pg_dump_text.hpp>
#include <prodclone/schema/render.hpp>
#include <prodclone/schema/snapshot.hpp>
#include <prodclone/schema/snapshot_json.hpp>
#include <prodclone/schema/text_diff.hpp>
#include <prodclone/workflow/adversary.hpp>
#include <prodclone/workflow/application.hpp>
#include <prodclone/workflow/feasibility.hpp>
#include <prodclone/workflow/findings_record.hpp>
#include <prodclone/workflow/leftovers.hpp>
#include <prodclone/workflow/preflight.hpp>
#include <prodclone/workflow/sql_cases.hpp>
#include <prodclone/workflow/round_trip.hpp>

#include "check_progress.hpp"

namespace prodclone::workflow {

namespace {


schema::Differences compared(const pg::ConnInfo& a, const pg::ConnInfo& b, const schema::SnapshotOptions& options, const schema::KeptIn& kept = {}) {
  return schema::compare_databases(a, b, options, {}, kept).differences;
}

// The clone is a copy of what was there before, and fresh is mostly the same one again.
schema::KeptIn kept_catalogs(Provisioning& provisioning) {
  const auto folder = provisioning.project().state_directory() / "facts";
  return {.a = folder / "catalogs-clone", .b = folder / "catalogs-fresh"};
}

schema::SnapshotOptions without_state_table(Provisioning& provisioning) { return {.exclude_tables = {provisioning.state_table()}}; }

void write_schema(Provisioning& provisioning, const std::string& label, const std::string& text) {
  const auto folder = provisioning.project().dump_directory();
  make_private_directory(folder);
  write_file_atomically(folder / ("schema-" + label + ".sql"), text);
}

// An external tool cannot be stopped between the applied migrations and the pending ones, so its fresh database was
// restored as a whole, and the clone is looked at after one more restore as well.
class CloneBesideFresh {
 public:
  explicit CloneBesideFresh(Provisioning& provisioning)
      : provisioning_(provisioning),
        restored_(provisioning.migrations().layout == migrations::Layout::command),
        database_(restored_ ? provisioning.schema_copy_of(Stage::clone) : provisioning.conninfo(Stage::clone)) {}
  void drop() {
    if (restored_) provisioning_.drop(database_.database);
  }
  const pg::ConnInfo& database() const { return database_; }

 private:
  Provisioning& provisioning_;
  bool restored_;
  pg::ConnInfo database_;
};

// What the tool itself says of production, where it can be asked: we cannot read its files.
checks::Findings external_history(Provisioning& provisioning) {
  checks::Finding finding{.check = "dirty/external", .severity = checks::Severity::not_checked, .object = provisioning.project().file.string(),
                          .what = "The history is the migration tool's own business; nothing but its status command was asked.",
                          .why = "Edited, missing or out-of-order migrations are not seen."};
  if (provisioning.project().migrations.command.status.empty()) {
    finding.what = "Nothing is known of the history: the migration tool is external and migrations.status is not set.";
    finding.remedy = "Set migrations.status to the tool's status command.";
    return {finding};
  }
  const auto copy = provisioning.private_copy_of(Stage::pristine);
  const auto outcome = migrations::command_status(provisioning.migrations(), copy);
  provisioning.drop(copy.database);
  if (!outcome.succeeded())
    throw Error(Failure::could_not_check, fmt::format("The migration tool's status command ended with {}: {}", process::describe(outcome), trimmed(outcome.err)),
                "Run it by hand against the clone, and mend migrations.status in prodclone.json.");
  finding.evidence = lines_of(outcome.out);
  return {finding};
}

// "table.key" of those that the pending migrations add.
std::set<std::string> added_foreign_keys(const config::Project& project) {
  const auto before = schema::snapshot_from_json(read_file(project.record_directory() / "schema-pristine.json"));
  const auto after = schema::snapshot_from_json(read_file(project.record_directory() / "schema-migrated.json"));
  std::set<std::string> added;
  for (const auto& difference : schema::diff_by_identity(before, after).entries)
    if (difference.change == schema::Change::added && difference.kind == "foreign_key") added.insert(difference.name);
  return added;
}

rehearsal::LockTrace recorded_trace(Provisioning& provisioning) {
  provisioning.require(Stage::migrated);
  return rehearsal::lock_trace_from_json(read_file(provisioning.project().record_directory() / "trace.json"));
}

rehearsal::TrafficTrace recorded_traffic(Provisioning& provisioning) {
  provisioning.require(Stage::traffic);
  return rehearsal::traffic_trace_from_json(read_file(provisioning.project().record_directory() / "traffic.json"));
}

std::vector<checks::PendingStatement> recorded_statements(Provisioning& provisioning) { return statements_of(recorded_trace(provisioning)); }

checks::Acceptance acceptance(Provisioning& provisioning, const std::string& of) {
  const auto& file = provisioning.project().schema.waivers;
  return {.of = of, .waivers = config::read_waivers(file).differences, .file = file, .today = today()};
}

// pg_dump knows no waivers: does it show more than what is accepted?
bool shows_only_accepted(const schema::Differences& catalogs, const std::vector<schema::DumpDifference>& dumps, const checks::Acceptance& acceptance) {
  const auto accepted = checks::accept_differences(catalogs, acceptance);
  if (accepted.remaining.entries.size() == catalogs.entries.size()) return false;
  const auto both = schema::cross_check(catalogs, dumps);
  const auto unseen = [](const schema::Disagreement& one) { return one.seen_by == schema::Witness::pg_dump_only; };
  return accepted.remaining.entries.empty() && std::none_of(both.begin(), both.end(), unseen);
}

}  // namespace

checks::Findings drift_findings(Provisioning& provisioning) {
  provisioning.require(Stage::clone);
  provisioning.require(Stage::fresh);
  CloneBesideFresh clone(provisioning);
  const auto differences = compared(clone.database(), provisioning.conninfo(Stage::fresh), without_state_table(provisioning), kept_catalogs(provisioning));
  clone.drop();
  auto accepted = checks::accept_differences(differences, acceptance(provisioning, "fresh"));
  auto findings = checks::schema_drift(accepted.remaining, {.pending = recorded_statements(provisioning)});
  append(findings, std::move(accepted.findings));
  return findings;
}

checks::Findings declared_schema_findings(Provisioning& provisioning) {
  provisioning.require(Stage::clone);
  if (provisioning.require(Stage::expected).database.empty())
    return {{.check = "schema/intent", .severity = checks::Severity::not_checked, .object = provisioning.project().file.string(),
             .what = "No declared schema was compared: schema.expected is not set.",
             .why = "Clone and fresh run the same migrations, so what a migration forgets is forgotten on both sides.",
             .remedy = "Name a structure.sql, a folder of SQL files or a dump in schema.expected."}};
  // Both sides have been through a dump and a restore of their own, so both print alike.
  const auto copy = provisioning.schema_copy_of(Stage::clone);
  const auto differences = compared(copy, provisioning.conninfo(Stage::expected), without_state_table(provisioning));
  provisioning.drop(copy.database);
  auto accepted = checks::accept_differences(differences, acceptance(provisioning, "declared"));
  auto findings = checks::schema_intent(accepted.remaining, {.a = "clone", .b = "declared", .pending = recorded_statements(provisioning)});
  append(findings, std::move(accepted.findings));
  return findings;
}

checks::Findings lineage_findings(Provisioning& provisioning) {
  provisioning.require(Stage::migrated);
  const auto record = provisioning.project().record_directory();
  const auto before = schema::snapshot_from_json(read_file(record / "schema-pristine.json"));
  const auto after = schema::snapshot_from_json(read_file(record / "schema-migrated.json"));
  std::vector<checks::LeftoverWaiver> waivers;
  checks::Findings expired;
  for (const auto& waiver : config::read_waivers(provisioning.project().schema.waivers).leftovers) {
    if (waiver.until >= today()) {
      waivers.push_back({waiver.kind, waiver.name, waiver.word, waiver.reason});
      continue;
    }
    expired.push_back({.check = "schema/waivers", .object = waiver.name, .what = "A waiver has expired: " + waiver.reason,
                       .where = provisioning.project().schema.waivers.string(), .why = "What it accepted is accepted no longer.",
                       .remedy = "Mend what it covers and remove it, or give it a new date."});
  }
  auto findings = checks::schema_lineage(after, schema::diff_by_identity(before, after), waivers);
  append(findings, std::move(expired));
  return findings;
}

checks::Findings second_opinion_findings(Provisioning& provisioning) {
  provisioning.require(Stage::clone);
  provisioning.require(Stage::fresh);
  CloneBesideFresh beside(provisioning);
  const auto clone = beside.database(), fresh = provisioning.conninfo(Stage::fresh);
  auto fresh_dump = std::async(std::launch::async, [&] { return provisioning.schema_dump(fresh); });
  const auto clone_text = schema::parse_dump_text(provisioning.schema_dump(clone));
  const auto fresh_text = schema::parse_dump_text(fresh_dump.get());
  write_schema(provisioning, "clone", clone_text.normalised());
  write_schema(provisioning, "fresh", fresh_text.normalised());
  const auto catalogs = compared(clone, fresh, without_state_table(provisioning), kept_catalogs(provisioning));
  beside.drop();
  const auto dumps = schema::compare_dumps(clone_text, fresh_text);
  auto findings = checks::schema_witness(schema::cross_check(catalogs, dumps));
  if (const auto text = schema::unified_diff(clone_text.normalised(), fresh_text.normalised(), "schema-clone.sql", "schema-fresh.sql"); !text.empty()) {
    const bool accepted = shows_only_accepted(catalogs, dumps, acceptance(provisioning, "fresh"));
    findings.push_back({.check = "schema/pg_dump", .severity = accepted ? checks::Severity::note : checks::Severity::failure, .object = clone.database,
                        .what = fmt::format("pg_dump -s of {} and {} differ in {}{}.", clone.database, fresh.database,
                                            counted(static_cast<long long>(dumps.size()), "object"), accepted ? ", as is accepted" : ""),
                        .where = (provisioning.project().dump_directory() / "schema-clone.sql").string() + " and schema-fresh.sql",
                        .why = "Production will have a schema that no fresh install has.",
                        .remedy = "What differs, object by object and with the SQL that mends it, is under schema/drift; where it is not, pg_dump saw more.",
                        .evidence = lines_of(text)});
  }
  return findings;
}

checks::Findings foreign_key_findings(Provisioning& provisioning) {
  provisioning.require(Stage::clone);
  auto reports = data::count_orphans(provisioning.conninfo(Stage::clone), {.reveal_keys = provisioning.project().show_keys, .progress = provisioning.progress()});
  const auto indexes = checks::foreign_key_index_findings(reports, added_foreign_keys(provisioning.project()), checks::lock_budgets(provisioning.project().budgets));
  // Parents whose rows were never taken: that their children have none says nothing.
  const auto& excluded = provisioning.load_facts().excluded_data;
  checks::Findings not_compared;
  std::erase_if(reports.keys, [&](const data::ForeignKeyReport& report) {
    if (!report.orphans || *report.orphans == 0 || std::find(excluded.begin(), excluded.end(), replaced(report.key.parent, "\"", "")) == excluded.end()) return false;
    not_compared.push_back({.check = "fk", .severity = checks::Severity::note, .object = report.key.child + '.' + report.key.name,
                            .what = fmt::format("Not judged: the rows of {} were left out of the dump (exclude_data).", report.key.parent),
                            .where = reports.database, .why = "Orphans in production would not be seen here."});
    return true;
  });
  auto findings = checks::foreign_key_findings(reports);
  append(findings, std::move(not_compared));
  append(findings, indexes);
  return findings;
}

checks::Findings history_findings(Provisioning& provisioning) {
  provisioning.require(Stage::pristine);
  if (provisioning.migrations().layout == migrations::Layout::command) return external_history(provisioning);
  return checks::dirty_migrations(provisioning.production_history());
}

checks::Findings lock_findings(Provisioning& provisioning) {
  const auto trace = recorded_trace(provisioning);
  const auto traffic = recorded_traffic(provisioning);
  return checks::lock_findings(checks::LockFacts{trace, &traffic}, checks::lock_budgets(provisioning.project().budgets), today());
}

checks::Findings lock_findings(Provisioning& provisioning, const std::string& rule) {
  const auto trace = recorded_trace(provisioning);
  const auto traffic = recorded_traffic(provisioning);
  return checks::lock_findings(checks::LockFacts{trace, &traffic}, checks::lock_budgets(provisioning.project().budgets), today(), rule);
}

checks::Findings live_lock_findings(Provisioning& provisioning) {
  provisioning.require(Stage::pristine);
  return checks::live_lock_findings(rehearsal::look_at_live_locks(provisioning.server().maintenance));
}

std::vector<NamedCheck> all_checks() {
  return {
      {"migration history", "dirty", history_findings, Stage::pristine},
      {"the dump", "data", load_findings, Stage::pristine},
      {"locks", "locks", [](Provisioning& provisioning) { return lock_findings(provisioning); }},
      {"somebody in the way", "locks", [](Provisioning& provisioning) { return standoff_findings(provisioning); }},
      {"foreign keys", "fk", foreign_key_findings},
      {"leftovers", "leftovers", [](Provisioning& provisioning) { return leftover_findings(provisioning); }},
      {"data", "data", [](Provisioning& provisioning) { return data_findings(provisioning); }},
      {"round trip", "roundtrip", [](Provisioning& provisioning) { return round_trip_findings(provisioning); }},
      {"schema: clone against fresh", "schema", drift_findings},
      {"schema: clone against declared", "schema", declared_schema_findings},
      {"schema: replaced names", "schema", lineage_findings},
      {"schema: pg_dump's opinion", "schema", second_opinion_findings},
      {"new foreign keys on production's rows", "fk", foreign_key_feasibility, Stage::pristine},
      {"new constraints on production's rows", "data", row_feasibility, Stage::pristine},
      {"SQL-only cases", "refactor", sql_case_findings, Stage::pristine},
      {"previous release before the migration", "ingestion", baseline_boot_findings, Stage::pristine},
      {"previous release after the migration", "ingestion", rolling_boot_findings},
      {"new release after the migration", "ingestion", boot_findings},
      {"ingestion of documents", "ingestion", ingestion_findings},
      {"screens", "smoke", screen_findings},
      {"the application's own tests", "smoke", application_test_findings},
      {"the live server", "preflight", [](Provisioning& provisioning) { return preflight_findings(provisioning); }, Stage::pristine},
  };
}

Rehearsal rehearse(Provisioning& provisioning, const std::function<void()>& once_migrated) {
  clear_findings(provisioning.project(), provisioning.leases().runs());
  Rehearsal rehearsal;
  try {
    provisioning.require(Stage::migrated);
    if (once_migrated) once_migrated();
  } catch (const Error& error) {
    if (error.failure() != Failure::migration_failed) throw;
    rehearsal.migration_failure = error.what();
  }
  const auto all = all_checks();
  std::vector<std::string> names;
  for (const auto& check : all) names.push_back(check.name);
  CheckProgress progress(provisioning, names);
  for (const auto& check : all) {
    const auto place = static_cast<std::size_t>(&check - all.data());
    progress.begin(place);
    CheckOutcome outcome{.name = check.name, .label = check.label};
    const auto began = std::chrono::steady_clock::now();
    try {
      if (!rehearsal.migration_failure.empty() && check.needs != Stage::pristine)
        throw Error(Failure::migration_failed, "There is no migrated database: a migration failed.", "Mend the migration first.");
      outcome.findings = check.run(provisioning);
    } catch (const std::exception& error) {
      outcome.error = error.what();
    }
    progress.end(place);
    record_test(provisioning.project(), {.name = check.name, .labels = {check.label},
                                         .outcome = !outcome.error.empty()                     ? report::Outcome::could_not_check
                                                    : checks::any_failure(outcome.findings) ? report::Outcome::failed
                                                                                            : report::Outcome::passed,
                                         .message = outcome.error,
                                         .took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began),
                                         .findings = outcome.findings});
    rehearsal.checks.push_back(std::move(outcome));
  }
  return rehearsal;
}

}  // namespace prodclone::workflow
