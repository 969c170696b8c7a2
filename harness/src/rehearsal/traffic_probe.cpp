#include <prodclone/rehearsal/traffic_probe.hpp>

#include <algorithm>
#include <optional>
#include <utility>

#include <prodclone/base/error.hpp>
#include <prodclone/pg/session.hpp>

#include "observer_session.hpp"
#include "probe_lanes.hpp"
#include "relations.hpp"
#include "stale_plans.hpp"
#include "traffic_plan.hpp"
#include "traffic_windows.hpp"

namespace prodclone::rehearsal {

namespace {

using migrations::Migration;
using migrations::Statement;
using migrations::StatementRun;
constexpr std::size_t rows_sampled = 64;

}  // namespace

struct TrafficProbe::State {
  State(const pg::ConnInfo& database, const TrafficPlan& plan, TrafficOptions options)
      : side(open_side(database)), relations(side), lanes(database, options), described(describe(plan)) {
    const auto server = describe_server_of(side);
    trace.server = server.server;
    trace.database = server.database;
    std::map<std::string, std::vector<std::string>> keys;
    for (const auto& name : plan.updated) guarded("row_locks", name, [&] { watch_rows(name, keys[name]); });
    for (const auto& name : plan.probed)
      guarded("blocking", name, [&] {
        const auto& [oid, table] = described.at(name);
        if (!keys.contains(name)) keys[name] = sample_of_keys(side, table, 1);
        lanes.ask(oid, table, keys[name], Use::reads);
        lanes.ask(oid, table, keys[name], Use::writes);
      });
    guarded("stale_plans", "", [&] {
      std::vector<std::pair<std::string, ProbedTable>> tables;
      for (const auto& name : plan.prepared) tables.emplace_back(name, described.at(name).second);
      prepared.emplace(database, tables);
    });
  }

  using Described = std::map<std::string, std::pair<Oid, ProbedTable>>;

  Described describe(const TrafficPlan& plan) {
    std::vector<Oid> tables;
    for (const auto* names : {&plan.probed, &plan.updated, &plan.prepared})
      for (const auto& name : *names)
        if (const auto* relation = relations.first_named(name)) tables.push_back(relation->oid);
    Described found;
    for (auto& [oid, table] : look_at_tables(side, tables)) found[relations.find(oid)->first_name] = {oid, std::move(table)};
    return found;
  }

  // Rows of a table without a primary key cannot be named: how long they are locked, the lock trace tells.
  void watch_rows(const std::string& name, std::vector<std::string>& keys) {
    const auto& [oid, table] = described.at(name);
    keys = sample_of_keys(side, table, rows_sampled);
    if (!keys.empty()) lanes.watch_rows(oid, table, keys);
  }

  // What one table's probe cannot do is told, and the others go on.
  template <typename Work> void guarded(const std::string& what, const std::string& table, Work work) {
    try {
      work();
    } catch (const std::exception& error) {
      trace.not_measured.push_back({what, (table.empty() ? "" : table + ": ") + error.what()});
    }
  }

  Duration now() const { return std::chrono::duration_cast<Duration>(ProbeLanes::Clock::now() - began); }

  void before_statement(const Statement& statement) {
    seen.timeline.statements.push_back({.migration = migration, .file = statement.file.string(), .text = statement.text, .line = statement.line, .began = now()});
    told = true;
  }

  void after_statement(const Statement& statement, const StatementRun& run) {
    const auto at = now();
    if (!std::exchange(told, false)) {
      before_statement(statement);
      seen.timeline.statements.back().began = at - run.took;
      told = false;
    }
    seen.timeline.statements.back().ended = at;
    if (driver->transaction_state() == pg::TransactionState::idle) seen.timeline.transaction_ends.push_back(at);
  }

  void migration_ended() {
    // Between two migrations, as between two requests of a pooled session.
    guarded("stale_plans", "", [&] { try_prepared(); });
  }

  void try_prepared() {
    if (!prepared || driver == nullptr || driver->transaction_state() != pg::TransactionState::idle) return;
    for (auto& stale : prepared->try_again(migration)) trace.stale_plans.push_back(std::move(stale));
  }

  pg::Session side;
  Relations relations;
  ProbeLanes lanes;
  Described described;
  std::optional<PreparedStatements> prepared;
  const pg::Driver* driver = nullptr;
  ProbeLanes::Clock::time_point began = {};
  std::string migration;
  bool told = false;   // a statement is under way
  SeenTraffic seen;
  TrafficTrace trace;
};

TrafficProbe::TrafficProbe(const pg::ConnInfo& database, const TrafficPlan& plan, TrafficOptions options)
    : state_(doing("preparing to probe " + masked(database), [&] { return std::make_unique<State>(database, plan, options); })) {}
TrafficProbe::~TrafficProbe() = default;

void TrafficProbe::start(const pg::Driver* driver) {
  state_->driver = driver;
  state_->seen.statements_known = state_->trace.statements_known = driver != nullptr;
  state_->began = ProbeLanes::Clock::now();
  state_->lanes.start(driver == nullptr ? std::nullopt : std::optional(driver->backend_pid()), state_->began);
}

migrations::RunHooks TrafficProbe::hooks() {
  auto* state = state_.get();
  return {.migration_begins = [state](const Migration& which) { state->migration = which.id; },
          .before_statement = [state](const Statement& statement, std::size_t) { state->before_statement(statement); },
          .after_statement = [state](const Statement& statement, const StatementRun& run) { state->after_statement(statement, run); },
          .transaction_ended = [state](Duration, bool) { state->seen.timeline.transaction_ends.push_back(state->now()); },
          .migration_ended = [state](const Migration&, bool) { state->migration_ended(); }};
}

TrafficTrace TrafficProbe::finish(const LockTrace& traced) {
  auto& state = *state_;
  auto& trace = state.trace;
  trace.took = state.now();
  state.lanes.stop(state.seen, trace.not_measured);
  if (state.driver == nullptr && state.prepared)
    state.guarded("stale_plans", "", [&] { trace.stale_plans = state.prepared->try_again({}); });
  trace.prepared = state.prepared ? state.prepared->count() : 0;
  trace.looks = state.lanes.looks();
  trace.longest_gap = state.lanes.longest_gap();
  trace.tables = table_traffic(state.seen, state.relations, expected_blocking(traced));
  return std::move(trace);
}

}  // namespace prodclone::rehearsal
