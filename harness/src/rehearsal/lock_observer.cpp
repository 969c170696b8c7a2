#include <prodclone/rehearsal/lock_observer.hpp>

#include <fmt/format.h>

#include <algorithm>

#include <prodclone/base/text.hpp>
#include <prodclone/pg/session.hpp>

#include <sql/changed_relations.hpp>
#include <sql/foreign_key_sides.hpp>
#include <sql/held_locks.hpp>
#include <sql/locked_relations.hpp>
#include <sql/temporary_bytes.hpp>
#include <sql/transaction_counters.hpp>

#include "lock_sampler.hpp"
#include "observed_statement.hpp"
#include "observer_session.hpp"
#include "relations.hpp"
#include "server_notice.hpp"
#include "statement_text.hpp"

namespace prodclone::rehearsal {

namespace {

using migrations::Migration;
using migrations::Statement;
using migrations::StatementRun;
using pg::TransactionState;

}  // namespace

struct LockObserver::State {
  State(const pg::ConnInfo& database, ObserverOptions given)
      : options(given), side(open_side(database)), sampler(database), relations(side) {
    describe_server();
  }

  // --- What lives as long as the observer.
  ObserverOptions options;
  pg::Session side;
  LockSampler sampler;
  Relations relations;
  LockTrace trace;
  pg::Driver* driver = nullptr;

  // --- The migration that runs.
  bool our_own_query = false;
  bool temp_by_notice = false;
  std::optional<std::int64_t> temp_before;
  std::int64_t wal_at_start = 0;

  // --- Its open transaction.
  struct Taken {
    std::size_t statement = 0, lock = 0;
  };
  std::optional<std::size_t> first_in_transaction;
  std::map<std::pair<Oid, LockMode>, Taken> open_locks;
  CountersByRelation counters;
  bool counting = false;

  // --- The statement that runs.
  bool begun = false, sampling = false, holding_open = false;
  StatementTrace current;
  std::vector<ServerNotice> notices;
  std::optional<std::int64_t> wal_before;
  std::string next_xid;

  MigrationTrace& migration() { return trace.migrations.back(); }

  void not_measured(std::vector<std::string>& list, std::string what) {
    if (std::find(list.begin(), list.end(), what) == list.end()) list.push_back(std::move(what));
  }

  // An observer that fails must not fail the migration, and must not be silent either.
  template <typename Work> void guarded(std::string_view what, Work work) {
    try {
      work();
    } catch (const std::exception& error) {
      our_own_query = false;
      not_measured(trace.not_measured, fmt::format("{}: {}", what, error.what()));
    }
  }

  pg::Result ask_driver(std::string_view query) {
    our_own_query = true;
    auto result = driver->run(query);
    our_own_query = false;
    return result;
  }

  pg::Result moment() { return side.query(sql::held_locks, {std::to_string(driver->backend_pid())}); }

  void describe_server() {
    trace = describe_server_of(side);
    if (!measures_wal()) not_measured(trace.not_measured, "WAL: wal_level is minimal, which logs a small part of what production would");
  }

  bool measures_wal() const { return trace.server.wal_level != "minimal"; }

  void migration_begins(const Migration& which) {
    trace.migrations.push_back({.id = which.id, .name = which.name});
    guarded("preparing the migration's session", [&] {
      wal_at_start = moment().integer(0, "wal");
      temp_by_notice = false;
      temp_before.reset();
      if (driver->transaction_state() != TransactionState::idle) return;
      try {
        // The server then tells the size of each temporary file as it is removed; only privileged roles may ask.
        ask_driver("SET log_temp_files = 0");
        temp_by_notice = true;
      } catch (const pg::SqlError& error) {
        our_own_query = false;
        if (!error.is("42501")) throw;
        if (driver->server_version() >= 150000) temp_before = flushed_temp();
      }
    });
  }

  // Exact from 15 on, where a session can be told to hand its counters on.
  std::int64_t flushed_temp() {
    ask_driver("SELECT pg_catalog.pg_stat_force_next_flush()");
    return side.query(sql::temporary_bytes).integer(0, "temp");
  }

  void before_statement(const Statement& statement) {
    current = {.file = statement.file.string(), .line = statement.line, .text = statement.text, .command = command_of(statement.text)};
    notices.clear();
    wal_before.reset();
    next_xid.clear();
    begun = true;
    guarded("before a statement", [&] {
      const auto state = driver->transaction_state();
      if (state == TransactionState::failed_transaction) return;
      // Again each time: the script may have silenced its session, or rolled our setting back.
      ask_driver("SET client_min_messages = debug1");
      current.lock_timeout = parse_setting(ask_driver("SHOW lock_timeout").text(0, "lock_timeout"));
      current.deadlock_timeout = parse_setting(ask_driver("SHOW deadlock_timeout").text(0, "deadlock_timeout"));
      current.statement_timeout = parse_setting(ask_driver("SHOW statement_timeout").text(0, "statement_timeout"));
      bool in_transaction = state == TransactionState::in_transaction;
      if (!in_transaction && may_be_held_open(current)) {
        ask_driver("BEGIN");
        in_transaction = holding_open = true;
      }
      if (in_transaction && !counting && may_query_before(current)) {
        counters = read_counters(ask_driver(sql::transaction_counters));
        counting = true;
      }
      const auto now = moment();
      wal_before = now.integer(0, "wal");
      next_xid = now.text(0, "next_xid");
      sampling = !in_transaction && !controls_transaction(current.text);
      if (sampling) sampler.start(driver->backend_pid(), options.sample_every);
    });
  }

  void after_statement(const Statement& statement, const StatementRun& run) {
    LockSampler::Samples samples;
    if (sampling) samples = sampler.stop();
    if (!begun) {
      current = {.file = statement.file.string(), .line = statement.line, .text = statement.text, .command = command_of(statement.text)};
      notices.clear();
    }
    current.bookkeeping = run.bookkeeping;
    current.autocommit = run.autocommit || sampling || holding_open;
    current.started = run.started;
    current.took = run.took;
    current.affected_rows = run.affected_rows;
    if (run.error) {
      current.error_sqlstate = run.error->sqlstate;
      current.error = run.error->message;
    }
    const auto state = driver->transaction_state();
    auto& statements = migration().statements;
    statements.push_back(std::move(current));
    if (state == TransactionState::in_transaction || state == TransactionState::failed_transaction) {
      if (!first_in_transaction) first_in_transaction = statements.size() - 1;
      guarded("reading locks between statements", [&] { read_open_transaction(statements.back(), state); });
      if (holding_open) let_go(statements.back(), state);
    } else if (first_in_transaction) {
      // The script's own COMMIT or ROLLBACK.
      const auto& last = statements.back();
      end_transaction(last.started + last.took, last.error_sqlstate.empty() && !last.command.starts_with("ROLLBACK") && !last.command.starts_with("ABORT"));
    } else {
      guarded("reading what a statement outside a transaction did", [&] { read_committed(statements.back(), samples); });
    }
    begun = sampling = holding_open = false;
    current = {};
  }

  // Ends the block that we have put around a statement. What a deferred constraint says at COMMIT is the migration's
  // failure, so it is thrown on.
  void let_go(const StatementTrace& statement, TransactionState state) {
    holding_open = false;
    const bool failed = state == TransactionState::failed_transaction;
    const auto at = statement.started + statement.took;
    try {
      ask_driver(failed ? "ROLLBACK" : "COMMIT");
    } catch (const pg::SqlError&) {
      our_own_query = begun = false;
      end_transaction(at, false);
      throw;
    }
    end_transaction(at, !failed);
  }

  void note_work(StatementTrace& statement, const StrongestLocks& held) {
    using Kind = ServerNotice::Kind;
    std::multimap<std::string, ForeignKeySides> foreign_keys;
    const auto has = [&](Kind kind) { return std::any_of(notices.begin(), notices.end(), [&](const auto& n) { return n.kind == kind; }); };
    if (has(Kind::validates_foreign_key)) {
      const bool open = driver->transaction_state() == TransactionState::in_transaction;
      const auto rows = open ? ask_driver(sql::foreign_key_sides) : side.query(sql::foreign_key_sides);
      for (std::size_t row = 0; row < rows.rows(); ++row)
        foreign_keys.emplace(rows.text(row, "conname"), ForeignKeySides{static_cast<Oid>(rows.integer(row, "conrelid")), static_cast<Oid>(rows.integer(row, "confrelid"))});
    }
    statement.scans = announced_scans(relations, notices, held, foreign_keys);
    std::erase_if(statement.scans, [&](const Scan& scan) {  // the new index of an emptied table reads nothing
      return std::any_of(statement.rewrites.begin(), statement.rewrites.end(),
                         [&](const Rewrite& rewrite) { return rewrite.reason == "emptied" && rewrite.relation == scan.relation; });
    });
    std::int64_t temp = 0;
    for (const auto& notice : notices) {
      if (notice.kind == Kind::skips_scan) statement.scans_skipped.push_back(notice.said);
      if (notice.kind == Kind::used_temporary_file) temp += notice.bytes;
    }
    if (temp_by_notice) statement.temp = Bytes{temp};
  }

  std::map<Oid, std::string> names_of(const LockSet& locks) const {
    std::map<Oid, std::string> names;
    for (const auto& [locked, _] : locks)
      if (const auto* relation = relations.find(locked)) names[locked] = relation->name;
    return names;
  }

  void read_open_transaction(StatementTrace& statement, TransactionState state) {
    const auto now = moment();
    if (begun && wal_before && measures_wal()) statement.wal = Bytes{std::max<std::int64_t>(0, now.integer(0, "wal") - *wal_before)};
    LockSet locks;
    for (const auto& text : now.texts(0, "locks")) locks.insert(parse_held_lock(text));
    const auto name_then = names_of(locks);
    if (state == TransactionState::failed_transaction) {
      not_measured(statement.not_measured, "the locks of this statement: the server releases them when it fails");
    } else if (!locks.empty() || !open_locks.empty()) {
      constexpr auto needed_for_looking = std::chrono::milliseconds(100);
      if (statement.statement_timeout && statement.statement_timeout->count() > 0 && *statement.statement_timeout < needed_for_looking) {
        not_measured(statement.not_measured, "rewrites and rows: statement_timeout is too short for a look from within the transaction");
      } else {
        const auto rows = ask_driver(sql::locked_relations);
        statement.rewrites = apply_relations(relations, rows, statement.command);
        const auto after = read_counters(rows);
        if (counting) statement.rows = row_changes(relations, counters, after);
        for (const auto& [counted, values] : after) counters[counted] = values;
      }
    }
    check_still_audible(statement, state);
    const auto held = strongest_of(locks);
    note_work(statement, held);
    auto silent = silent_scans(relations, statement.rows, held, statement);
    statement.scans.insert(statement.scans.end(), silent.begin(), silent.end());
    release_all_but(locks, statement.started + statement.took);
    // A weaker mode beside a stronger one keeps nobody else waiting: only what strengthens is told.
    for (const auto& [relation, mode] : held) {
      const auto stronger_or_same = [&](const auto& lock) { return lock.first.first == relation && lock.first.second >= mode; };
      if (std::any_of(open_locks.begin(), open_locks.end(), stronger_or_same)) continue;
      open_locks[{relation, mode}] = {migration().statements.size() - 1, statement.locks.size()};
      statement.locks.push_back(held_lock(statement, {relation, mode}, name_then));
    }
    name_tables_of_indexes(statement);
  }

  // REINDEX INDEX and DROP INDEX mean the table without naming it.
  void name_tables_of_indexes(StatementTrace& statement) {
    for (auto& table : statement.locks)
      for (const auto& index : statement.locks)
        if (index.named && index.table == table.relation) table.named = true;
  }

  // A function or a DO block may silence its session half way through a statement.
  void check_still_audible(StatementTrace& statement, TransactionState state) {
    if (state != TransactionState::in_transaction || statement.command == "SET" || !begun) return;
    if (statement.command != "DO" && statement.command != "SELECT" && statement.command != "CALL") return;
    if (ask_driver("SHOW client_min_messages").text(0, "client_min_messages") != "debug1")
      not_measured(statement.not_measured, "scans: this statement silenced the server's notices");
  }

  HeldLock held_lock(const StatementTrace& statement, const std::pair<Oid, LockMode>& key, const std::map<Oid, std::string>& name_then) {
    HeldLock lock{.mode = key.second, .needed = statement.took};
    const auto* relation = relations.find(key.first);
    if (relation == nullptr) {
      lock.relation = lock.table = fmt::format("oid {}", key.first);
      lock.kind = "relation";
      return lock;
    }
    const auto& table = relations.table_of(*relation);
    const auto then = name_then.find(key.first);
    lock.relation = relation->first_name;
    lock.name_then = then == name_then.end() ? relation->name : then->second;
    lock.kind = relation->kind;
    lock.table = table.first_name;
    lock.pre_existing = relation->pre_existing;
    lock.named = names_relation(statement.text, lock.name_then) || names_relation(statement.text, table.name);
    lock.size = relation->size;
    lock.rows = relation->rows;
    return lock;
  }

  void settle(const Taken& taken, Duration at) {
    auto& statement = migration().statements[taken.statement];
    statement.locks[taken.lock].held = std::max(at - statement.started, statement.took);
  }

  // ROLLBACK TO SAVEPOINT gives locks back before the transaction ends.
  void release_all_but(const LockSet& held, Duration at) {
    for (auto it = open_locks.begin(); it != open_locks.end();) {
      if (held.contains(it->first)) {
        ++it;
        continue;
      }
      settle(it->second, at);
      it = open_locks.erase(it);
    }
  }

  void end_transaction(Duration at, bool committed) {
    if (!first_in_transaction) return;
    release_all_but({}, at);
    auto& now = migration();
    now.transactions.push_back({*first_in_transaction, now.statements.size() - 1, now.statements[*first_in_transaction].started, at, committed});
    if (committed) relations.keep();
    else relations.undo();
    first_in_transaction.reset();
    counting = false;
  }

  void read_committed(StatementTrace& statement, const LockSampler::Samples& samples) {
    const auto now = moment();
    if (begun && wal_before && measures_wal()) statement.wal = Bytes{std::max<std::int64_t>(0, now.integer(0, "wal") - *wal_before)};
    LockSet locks;
    for (const auto& [key, _] : samples.locks) locks.insert(key);
    const auto name_then = names_of(locks);
    if (begun && !next_xid.empty()) statement.rewrites = apply_relations(relations, side.query(sql::changed_relations, {next_xid}), statement.command);
    relations.keep();
    if (!samples.failure.empty()) not_measured(statement.not_measured, "locks: the sampling stopped: " + samples.failure);
    const auto held = strongest_of(locks);
    note_work(statement, held);
    for (const auto& [key, seen] : samples.locks) {
      if (held.at(key.first) != key.second) continue;
      auto lock = held_lock(statement, key, name_then);
      lock.exactness = Exactness::sampled;
      lock.held = lock.needed = std::min(statement.took, Duration(seen.last - seen.first) + options.sample_every);
      statement.locks.push_back(std::move(lock));
    }
    name_tables_of_indexes(statement);
    const auto index = migration().statements.size() - 1;
    migration().transactions.push_back({index, index, statement.started, statement.started + statement.took, statement.error_sqlstate.empty()});
  }

  void migration_ended(bool succeeded) {
    migration().succeeded = succeeded;
    if (first_in_transaction) {
      const auto& last = migration().statements.back();
      not_measured(trace.not_measured, "how long locks were held: nobody told when the last transaction ended");
      end_transaction(last.started + last.took, succeeded);
    }
    guarded("after a migration", [&] {
      if (measures_wal()) migration().wal = Bytes{moment().integer(0, "wal") - wal_at_start};
      if (temp_by_notice) {
        Bytes sum;
        for (const auto& statement : migration().statements) sum = sum + statement.temp.value_or(Bytes{});
        migration().temp = sum;
      } else if (temp_before && driver->transaction_state() == TransactionState::idle) {
        migration().temp = Bytes{flushed_temp() - *temp_before};
      } else {
        not_measured(trace.not_measured, "temporary files: before PostgreSQL 15 this needs a role that may set log_temp_files");
      }
    });
  }
};

LockObserver::LockObserver(const pg::ConnInfo& database, ObserverOptions options)
    : state_(doing("preparing to observe " + masked(database), [&] { return std::make_unique<State>(database, options); })) {}
LockObserver::~LockObserver() = default;
LockObserver::LockObserver(LockObserver&&) noexcept = default;
LockObserver& LockObserver::operator=(LockObserver&&) noexcept = default;

migrations::RunHooks LockObserver::hooks(pg::Driver& driver) {
  auto* state = state_.get();
  state->driver = &driver;
  return {.migration_begins = [state](const Migration& which) { state->migration_begins(which); },
          .before_statement = [state](const Statement& statement, std::size_t) { state->before_statement(statement); },
          .after_statement = [state](const Statement& statement, const StatementRun& run) { state->after_statement(statement, run); },
          .transaction_ended = [state](Duration at, bool committed) { state->end_transaction(at, committed); },
          .migration_ended = [state](const Migration&, bool succeeded) { state->migration_ended(succeeded); },
          .notice = [state](const pg::Notice& notice) {
            if (state->our_own_query) return;
            if (auto read = read_notice(notice)) state->notices.push_back(*std::move(read));
          }};
}

LockTrace LockObserver::take() {
  auto taken = std::exchange(state_->trace, {});
  state_->describe_server();
  return taken;
}

}  // namespace prodclone::rehearsal
