#include "observed_run.hpp"

#include <algorithm>

#include <prodclone/migrations/migration_failed.hpp>

namespace prodclone::rehearsal::test {

namespace {

using Clock = std::chrono::steady_clock;

// The runner's clock: it stands still while an observer works.
class RunClock {
 public:
  Duration now() const { return total_ + (running_ ? since() : Duration{}); }
  void go() { began_ = Clock::now(), running_ = true; }
  void stop() { total_ += since(), running_ = false; }

 private:
  Duration since() const { return std::chrono::duration_cast<Duration>(Clock::now() - began_); }
  Clock::time_point began_;
  Duration total_{};
  bool running_ = false;
};

}  // namespace

void run(LockObserver& observer, pg::Driver& driver, const std::string& name, const std::vector<std::string>& statements,
         Transactions transactions) {
  run_hooked(observer.hooks(driver), driver, name, statements, transactions);
}

void run_hooked(const migrations::RunHooks& hooks, pg::Driver& driver, const std::string& name, const std::vector<std::string>& statements,
                Transactions transactions) {
  driver.on_notice(hooks.notice);
  const migrations::Migration migration{.id = name, .name = name};
  RunClock clock;
  hooks.migration_begins(migration);
  const bool one = transactions == Transactions::one;
  if (one) driver.run("BEGIN");
  bool succeeded = true;
  for (std::size_t i = 0; i < statements.size() && succeeded; ++i) {
    const migrations::Statement statement{.text = statements[i], .file = name + ".sql", .line = i + 1};
    hooks.before_statement(statement, i);
    migrations::StatementRun result{.index = i, .autocommit = !one, .started = clock.now()};
    clock.go();
    try {
      result.affected_rows = driver.run(statement.text).affected_rows();
    } catch (const pg::SqlError& error) {
      result.error = error.facts();
      succeeded = false;
    }
    clock.stop();
    result.took = clock.now() - result.started;
    hooks.after_statement(statement, result);
  }
  if (one) {
    clock.go();
    driver.run(succeeded ? "COMMIT" : "ROLLBACK");
    clock.stop();
    hooks.transaction_ended(clock.now(), succeeded);
  }
  hooks.migration_ended(migration, succeeded);
}

LockTrace observe(const pg::ConnInfo& database, const std::vector<std::string>& statements, Transactions transactions) {
  pg::Driver driver(database);
  LockObserver observer(database);
  run(observer, driver, "0001_test", statements, transactions);
  return observer.take();
}

void apply(const pg::ConnInfo& database, const std::vector<std::string>& statements, Transactions transactions) {
  pg::Driver driver(database);
  const bool one = transactions == Transactions::one;
  try {
    if (one) driver.run("BEGIN");
    for (const auto& statement : statements) driver.run(statement);
    if (one) driver.run("COMMIT");
  } catch (const pg::SqlError& error) {
    throw migrations::MigrationFailed({.migration = "0001", .name = "0001_test", .sql = error.facts()}, "");
  }
}

std::vector<std::string> locks_of(const LockTrace& trace) {
  std::vector<std::string> all;
  for (const auto& migration : trace.migrations)
    for (const auto& statement : migration.statements)
      for (const auto& lock : statement.locks) {
        if (!lock.pre_existing || lock.mode < LockMode::share_update_exclusive || lock.relation.starts_with("pg_toast.")) continue;
        all.push_back(lock.relation + ' ' + std::string(sql_name(lock.mode)) + (lock.named ? "" : " bystander"));
      }
  std::sort(all.begin(), all.end());
  return all;
}

std::vector<std::string> rewrites_of(const LockTrace& trace) {
  std::vector<std::string> all;
  for (const auto& migration : trace.migrations)
    for (const auto& statement : migration.statements)
      for (const auto& rewrite : statement.rewrites) all.push_back(rewrite.relation + ' ' + rewrite.reason);
  std::sort(all.begin(), all.end());
  return all;
}

std::vector<std::string> scans_of(const LockTrace& trace) {
  std::vector<std::string> all;
  for (const auto& migration : trace.migrations)
    for (const auto& statement : migration.statements)
      for (const auto& scan : statement.scans)
        if (scan.pre_existing)
          all.push_back(scan.relation + ' ' + scan.purpose + " under " + (scan.under ? std::string(sql_name(*scan.under)) : "an unknown lock"));
  std::sort(all.begin(), all.end());
  return all;
}

}  // namespace prodclone::rehearsal::test
