#include "live_schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/checks/dirty_migrations.hpp>
#include <prodclone/pg/session.hpp>
#include <prodclone/schema/snapshot_json.hpp>

namespace prodclone::workflow {

namespace {

using checks::Severity;
using preflight::Moment;

constexpr const char* not_recorded = "nothing: no rehearsal of this project is on record";

std::string named(Moment moment) { return moment == Moment::before ? "the schema that was rehearsed on" : "the schema that the rehearsal ended with"; }

}  // namespace

void LiveSchema::read() {
  if (was_read_) return;
  const auto state_table = provisioning_.state_table();
  const bool external = provisioning_.migrations().layout == migrations::Layout::command;
  pg::Session session(database_);
  session.execute("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = '30s'; SET LOCAL jit = off; "
                  "SET LOCAL application_name = 'prodclone preflight'; SAVEPOINT history");
  // The history first: its table is found by the role's search_path, which a snapshot sets to its own.
  if (external) {
    no_history_ = "the migration tool is external, and is not run against a live server";
  } else {
    try {
      history_ = migrations::compare(provisioning_.migrations(), migrations::read_state(session, provisioning_.migrations()), provisioning_.migrations().sums);
    } catch (const pg::SqlError& error) {
      if (error.connection_lost()) throw;
      no_history_ = fmt::format("{} cannot be read: {}", state_table, error.facts().message);
      session.execute("ROLLBACK TO history");
    }
  }
  live_ = schema::take_snapshot_within_transaction(session, {.exclude_tables = {state_table}, .lock_timeout = std::chrono::milliseconds(200)});
  session.execute("ROLLBACK");
  was_read_ = true;
}

std::optional<schema::Snapshot> LiveSchema::expected(Moment moment) const {
  const auto text = read_file_if_present(provisioning_.project().record_directory() / (moment == Moment::before ? "schema-pristine.json" : "schema-migrated.json"));
  return text ? std::optional(schema::snapshot_from_json(*text)) : std::nullopt;
}

schema::Snapshot LiveSchema::restored() {
  const auto copy = provisioning_.bare_schema_copy(database_);
  schema::Snapshot taken;
  {
    pg::Session session(copy);
    taken = schema::take_snapshot(session, {.exclude_tables = {provisioning_.state_table()}});
  }
  provisioning_.drop(copy.database);
  return taken;
}

preflight::SchemaComparison LiveSchema::compare(Moment moment) {
  const auto recorded = expected(moment);
  preflight::SchemaComparison comparison;
  if (!recorded) {
    if (moment == Moment::after)
      throw Error(Failure::could_not_check, "No rehearsal of this project has recorded the schema that the deploy should end with.", "Run `prodclone rehearse` first, with the dump from before the deploy.");
    comparison.compared = not_recorded;
    return comparison;
  }
  read();
  comparison.expected_fingerprint = schema::fingerprint(*recorded);
  comparison.live_fingerprint = schema::fingerprint(live_);
  comparison.compared = fmt::format("{}, with the live schema as it is", named(moment));
  if (comparison.expected_fingerprint == comparison.live_fingerprint) return comparison;
  const bool same_major = recorded->server_version / 10000 == live_.server_version / 10000;
  const auto as_it_is = same_major ? schema::diff(*recorded, live_) : schema::Differences();
  if (same_major && as_it_is.empty()) return comparison;
  try {
    const auto after_restore = schema::diff(*recorded, restored());
    comparison.differences = same_major ? preflight::in_both(as_it_is, after_restore) : after_restore;
    comparison.compared += same_major ? ", and with a restored copy of it where they differ" : fmt::format(": a restored copy of it, for it is of PostgreSQL {}", live_.server_version / 10000);
  } catch (const Error& error) {
    if (!same_major) throw;
    comparison.differences = as_it_is;
    comparison.unsettled = "Restoring a copy of the live schema, which would tell, failed: " + error.what_failed();
  }
  return comparison;
}

checks::Findings LiveSchema::history_findings(Moment moment, const preflight::Targets& rehearsed) {
  if (moment == Moment::before && !expected(moment))
    return {{.check = "preflight/drift", .severity = Severity::not_checked, .object = database_.database, .what = "Not checked: whether the live schema is the one that was rehearsed on; no rehearsal of this project is on record.",
             .where = database_.database, .why = "Production may have changed since.", .remedy = "Run `prodclone rehearse` first."}};
  read();
  if (!history_)
    return {{.check = "preflight/unseen", .severity = provisioning_.migrations().layout == migrations::Layout::command ? Severity::not_checked : Severity::failure, .object = database_.database,
             .what = fmt::format("Could not be seen: which migrations the live database has applied; {}.", no_history_), .where = database_.database, .why = "What would be deployed may not be what was rehearsed.",
             .remedy = fmt::format("GRANT SELECT ON {} TO {};", provisioning_.state_table(), database_.user)}};
  if (moment == Moment::after) {
    auto findings = checks::dirty_migrations(*history_, {.pending = checks::PendingMeans::not_applied});
    for (auto& finding : findings) finding.check = "postflight" + finding.check.substr(std::min(finding.check.size(), finding.check.find('/')));
    return findings;
  }
  if (!rehearsed.recorded) return {};
  std::vector<std::string> pending;
  for (const auto& one : history_->migrations)
    if (one.pending) pending.push_back(one.name.empty() ? one.id : one.name);
  if (pending == rehearsed.migrations) return {};
  const auto list = [](const std::vector<std::string>& names) { return names.empty() ? std::string("none") : joined(names, ", "); };
  return {{.check = "preflight/rehearsal", .object = database_.database, .what = "What is pending on the live database is not what was rehearsed.", .where = database_.database,
           .why = "A deploy would run what nobody has watched.", .remedy = "Take a new dump and rehearse again.",
           .evidence = {"pending there: " + list(pending), "rehearsed: " + list(rehearsed.migrations)}}};
}

preflight::ServerFacts LiveSchema::server() const {
  return {.address = pg::masked(database_), .database = live_.database, .role = database_.user, .version = fmt::format("{}.{}", live_.server_version / 10000, live_.server_version % 10000)};
}

}  // namespace prodclone::workflow
