#include <prodclone/workflow/adversary.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>

#include <prodclone/base/day.hpp>
#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/migrations/runner.hpp>
#include <prodclone/pg/session.hpp>
#include <prodclone/rehearsal/lock_trace_json.hpp>
#include <prodclone/schema/snapshot.hpp>

#include "borrowed.hpp"
#include "recorded_once.hpp"

namespace prodclone::workflow {

namespace {

using Clock = std::chrono::steady_clock;
using rehearsal::Holder;
using rehearsal::LockMode;

struct Meeting {
  const migrations::Migration* migration = nullptr;
  std::string table = {};
  Bytes size = {};
  std::int64_t rows = 0;
  Holder holder = Holder::idle_reader;
};

std::string text_of(const Meeting& meeting) {
  return fmt::format("{} against an idle {} of {}", meeting.migration->name, meeting.holder == Holder::idle_reader ? "reader" : "writer", meeting.table);
}

// The strongest lock of each migration on each table that was there before, the largest first.
std::vector<Meeting> meetings(const rehearsal::LockTrace& trace, const std::vector<const migrations::Migration*>& pending) {
  std::vector<Meeting> all;
  for (const auto& migration : trace.migrations) {
    const auto known = std::find_if(pending.begin(), pending.end(), [&](const auto* one) { return one->id == migration.id; });
    if (known == pending.end()) continue;
    std::map<std::string, std::pair<const rehearsal::HeldLock*, LockMode>> strongest;
    for (const auto& statement : migration.statements)
      for (const auto& lock : statement.locks) {
        const bool table = lock.kind == "table" || lock.kind == "partitioned_table";
        if (!table || !lock.pre_existing || !blocks_writes(lock.mode)) continue;
        const auto [entry, added] = strongest.try_emplace(lock.relation, &lock, lock.mode);
        if (!added) entry->second.second = std::max(entry->second.second, lock.mode);
      }
    for (const auto& [table, lock] : strongest)
      all.push_back({*known, table, lock.first->size, lock.first->rows, rehearsal::holder_against(lock.second)});
  }
  std::stable_sort(all.begin(), all.end(), [](const Meeting& a, const Meeting& b) { return a.size > b.size; });
  return all;
}

std::string fingerprint_of(const pg::ConnInfo& database, const std::string& state_table) {
  pg::Session session(database);
  return schema::fingerprint(schema::take_snapshot(session, {.exclude_tables = {state_table}}));
}

bool is_dirty(const migrations::Comparison& history) {
  return !history.dirty.empty() || std::any_of(history.migrations.begin(), history.migrations.end(), [](const auto& one) { return one.dirty; });
}

class Adversary {
 public:
  explicit Adversary(Provisioning& provisioning)
      : provisioning_(provisioning), settings_(provisioning.project().migrations), budgets_(checks::lock_budgets(provisioning.project().budgets)),
        dirty_before_(is_dirty(provisioning.production_history())) {}

  rehearsal::Standoffs run(const std::vector<Meeting>& meetings) {
    rehearsal::Standoffs result;
    const auto end = Clock::now() + budgets_.adversary;
    for (std::size_t i = 0; i < meetings.size(); ++i) {
      const auto& meeting = meetings[i];
      if (Clock::now() >= end) {
        result.not_rehearsed.push_back(text_of(meeting) + ": no time left");
        continue;
      }
      if (const auto& sink = provisioning_.progress())
        sink({.phase = "meeting " + text_of(meeting), .done = static_cast<std::int64_t>(i), .total = static_cast<std::int64_t>(meetings.size()), .unit = "meetings"});
      if (auto standoff = fight(meeting)) result.fought.push_back(std::move(*standoff));
      else result.not_rehearsed.push_back(text_of(meeting) + ": the table is not there yet, or no longer, when the migration begins");
    }
    return result;
  }

 private:
  void migrate(const pg::ConnInfo& database, const migrations::Migration& migration) {
    pg::Driver driver(database);
    migrations::run_up(driver, provisioning_.migrations(), {.up_to = migration.id, .accept_dirty = dirty_before_, .accept_edited = true});
  }
  std::string fingerprint(const pg::ConnInfo& database) { return fingerprint_of(database, provisioning_.state_table()); }

  // What the schema is after an undisturbed run; once for each migration.
  const std::string& expected_after(const migrations::Migration& migration) {
    const auto [entry, added] = expected_.try_emplace(migration.id);
    if (added) {
      const Borrowed copy(provisioning_, provisioning_.private_copy_before(migration.id));
      migrate(copy.database(), migration);
      entry->second = fingerprint(copy.database());
    }
    return entry->second;
  }

  std::optional<rehearsal::Standoff> fight(const Meeting& meeting) {
    const auto& expected = expected_after(*meeting.migration);
    const Borrowed copy(provisioning_, provisioning_.private_copy_before(meeting.migration->id));
    const auto& database = copy.database();
    // Its name is that of before the first migration; an earlier one may have changed it.
    if (pg::Session(database).query("SELECT pg_catalog.to_regclass($1) IS NOT NULL AS there", {meeting.table}).text(0, "there") != "t") return std::nullopt;
    auto standoff = rehearsal::face(database, {meeting.table, meeting.holder}, [&] { migrate(database, *meeting.migration); },
                                    [&] { return fingerprint(database); }, expected,
                                    {.hold = std::chrono::duration_cast<std::chrono::milliseconds>(budgets_.holder), .attempts = settings_.attempts, .pause = settings_.pause});
    standoff.migration = meeting.migration->id;
    standoff.name = meeting.migration->name;
    standoff.size = meeting.size;
    standoff.rows = meeting.rows;
    return standoff;
  }

  Provisioning& provisioning_;
  const config::Migrations& settings_;
  checks::LockBudgets budgets_;
  std::map<std::string, std::string> expected_;
  // What production brings along is for the dirty suite to tell; what the migration makes dirty here is a finding.
  const bool dirty_before_;
};

rehearsal::Standoffs meet(Provisioning& provisioning) {
  if (provisioning.migrations().layout == migrations::Layout::command)
    return {.not_rehearsed = {"an external migration tool: which tables it locks was not measured"}};
  const auto trace = rehearsal::lock_trace_from_json(read_file(provisioning.project().record_directory() / "trace.json"));
  const auto all = meetings(trace, provisioning.pending());
  if (provisioning.project().databases.single_copy && !all.empty()) {
    rehearsal::Standoffs none;
    for (const auto& one : all) none.not_rehearsed.push_back(text_of(one) + ": databases.single_copy leaves no room for a copy");
    return none;
  }
  return Adversary(provisioning).run(all);
}

}  // namespace

rehearsal::Standoffs standoffs(Provisioning& provisioning) {
  return recorded_once(provisioning, "adversary", rehearsal::standoffs_from_json, [&] {
    return doing("running the pending migrations with somebody in their way", [&] { return meet(provisioning); });
  });
}

checks::Findings standoff_findings(Provisioning& provisioning, const std::string& rule) {
  const auto& project = provisioning.project();
  return checks::standoff_findings(standoffs(provisioning), checks::lock_budgets(project.budgets), project.application.lock_order, today(), rule);
}

checks::Findings standoff_findings(Provisioning& provisioning) {
  checks::Findings all;
  for (const auto& rule : checks::standoff_rules()) checks::append(all, standoff_findings(provisioning, rule.id));
  return all;
}

}  // namespace prodclone::workflow
