#include "migration_run.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <prodclone/base/text.hpp>
#include <prodclone/pg/sql_scanner.hpp>

#include "script.hpp"

namespace prodclone::migrations {

using pg::TransactionControl;

struct MigrationRun::Failed {
  Statement statement;
  std::size_t index;
  bool bookkeeping;
  pg::SqlFacts sql;
  bool lost;
};

namespace {

bool feeds_copy(const Statement& statement) {
  return !statement.copy_data.empty() ||
         (pg::statement_words(statement.text, 1) == "COPY" && lower(statement.text).find("stdin") != std::string::npos);
}

// "1 to 3 and 5".
std::string ranges(const std::vector<std::size_t>& indices) {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < indices.size();) {
    auto end = i;
    while (end + 1 < indices.size() && indices[end + 1] == indices[end] + 1) ++end;
    parts.push_back(end == i ? std::to_string(indices[i] + 1)
                             : fmt::format("{} to {}", indices[i] + 1, indices[end] + 1));
    i = end + 1;
  }
  return joined(parts, " and ");
}

}  // namespace

MigrationRun::MigrationRun(pg::Driver& driver, const RunHooks& hooks, Task task)
    : driver_(driver), hooks_(hooks), task_(std::move(task)) {}

void MigrationRun::run() {
  if (hooks_.notice) driver_.on_notice([this](const pg::Notice& notice) { clock_.tell(hooks_.notice, notice); });
  struct Silence {
    pg::Driver& driver;
    bool needed;
    ~Silence() {
      if (needed) driver.on_notice({});
    }
  } const silence{driver_, static_cast<bool>(hooks_.notice)};
  try {
    clock_.tell(hooks_.migration_begins, task_.migration);
    run_steps();
  } catch (const Failed& failed) {
    fail(failed);
  } catch (...) {
    // A hook threw: its error is the one to see, but no transaction may stay open behind it.
    try {
      if (!idle()) driver_.run("ROLLBACK");
    } catch (const pg::SqlError&) {
      // The connection went with it.
    }
    throw;
  }
  clock_.tell(hooks_.migration_ended, task_.migration, true);
}

void MigrationRun::run_steps() {
  const auto& bookkeeping = task_.bookkeeping;
  const bool own = bookkeeping.own_transaction;
  if (own) {
    begin();
    keep(bookkeeping.before);
    commit();
    dirty_committed_ = !bookkeeping.before.empty();
    run_script();
    begin();
    keep(bookkeeping.after);
    commit();
    return;
  }
  if (task_.script.transactional) begin();
  keep(bookkeeping.before);
  run_script();
  keep(bookkeeping.after);
  if (task_.script.transactional && !idle()) commit();
}

void MigrationRun::run_script() {
  const auto& statements = task_.script.statements;
  for (std::size_t first = 0; first < statements.size();) {
    auto end = first + 1;
    while (end < statements.size() && statements[end].message == statements[first].message) ++end;
    run_message(first, end);
    first = end;
  }
  if (!task_.script.transactional && !idle())
    throw Failed{{.text = "(end of the script)", .file = task_.script.file},
                 statements.empty() ? 0 : statements.size() - 1,
                 false,
                 {.message = "The script leaves its own transaction open"},
                 false};
}

// Statements that reach the server in one message form a transaction of their own, unless one is open: sending them one
// by one needs a block around them. A COMMIT of the author's ends that block, and the rest of the message forms
// another.
void MigrationRun::run_message(std::size_t first, std::size_t end) {
  const auto& statements = task_.script.statements;
  // pgjdbc, which Migratus uses, opens a transaction again when a script has ended the one that it was given.
  const bool driver_reopens = task_.script.transactional && task_.layout == Layout::migratus;
  for (auto index = first; index < end; ++index) {
    const auto control = pg::transaction_control(statements[index].text);
    if (control == TransactionControl::begin) {
      implicit_ = false;
    } else if (idle() && (driver_reopens || end - first > 1)) {
      begin();
      implicit_ = !driver_reopens;
    }
    execute(statements[index], index, false);
  }
  if (implicit_ && !idle()) commit();
  implicit_ = false;
}

void MigrationRun::keep(const std::vector<std::string>& statements) {
  for (const auto& text : statements) execute({.text = text}, task_.script.statements.size(), true);
}

void MigrationRun::execute(const Statement& statement, std::size_t index, bool bookkeeping) {
  const bool was_idle = idle();
  StatementRun run{.index = index,
                   .bookkeeping = bookkeeping,
                   .autocommit = was_idle && pg::transaction_control(statement.text) != TransactionControl::begin};
  clock_.tell(hooks_.before_statement, statement, index);
  run.started = clock_.now();
  bool lost = false;
  std::string tag;
  try {
    const auto result =
        feeds_copy(statement) ? driver_.copy_in(statement.text, statement.copy_data) : driver_.run(statement.text);
    run.affected_rows = result.affected_rows();
    tag = result.command_tag();
  } catch (const pg::SqlError& error) {
    run.error = error.facts();
    lost = error.connection_lost();
  }
  run.took = clock_.now() - run.started;
  clock_.tell(hooks_.after_statement, statement, run);
  if (!run.error && !bookkeeping) in_transaction_.push_back(index);
  if (idle()) transaction_over(was_idle ? !run.error : tag == "COMMIT");
  if (run.error) throw Failed{statement, index, bookkeeping, *run.error, lost};
}

void MigrationRun::begin() {
  driver_.run("BEGIN");
}

void MigrationRun::commit() {
  try {
    const auto tag = driver_.run("COMMIT").command_tag();
    transaction_over(tag == "COMMIT");
  } catch (const pg::SqlError& error) {
    // Deferred constraints speak here.
    if (!error.connection_lost()) transaction_over(false);
    throw Failed{{.text = "COMMIT", .file = task_.script.file},
                 task_.script.statements.size(),
                 true,
                 error.facts(),
                 error.connection_lost()};
  }
}

void MigrationRun::roll_back() {
  driver_.run("ROLLBACK");
  transaction_over(false);
}

void MigrationRun::transaction_over(bool committed) {
  if (committed) committed_.insert(committed_.end(), in_transaction_.begin(), in_transaction_.end());
  // The script's own COMMIT took the tool's first writes with it.
  if (committed && task_.script.transactional && !task_.bookkeeping.before.empty() &&
      !task_.bookkeeping.own_transaction)
    reservation_committed_ = true;
  in_transaction_.clear();
  clock_.tell(hooks_.transaction_ended, clock_.now(), committed);
}

void MigrationRun::fail(const Failed& failed) {
  std::string after;
  bool lost = failed.lost;
  if (!lost) try {
      if (!idle()) roll_back();
      after = clean_up_as_the_tool();
    } catch (const pg::SqlError& error) {
      lost = error.connection_lost();
      after = " Clearing up behind it failed: " + error.facts().message + '.';
    }
  FailureFacts facts{.migration = task_.migration.id,
                     .name = task_.migration.name,
                     .down = task_.direction == Direction::down,
                     .bookkeeping = failed.bookkeeping,
                     .index = failed.index,
                     .statements = task_.script.statements.size(),
                     .statement = failed.statement,
                     .file = task_.script.file,
                     .line = failed.statement.line,
                     .sql = failed.sql,
                     .committed = committed_};
  if (failed.sql.position > 0 && failed.statement.line > 0)
    facts.line = line_of_position(failed.statement.text, failed.statement.line, failed.sql.position);
  facts.state_left = lost ? "The connection was lost: whether the last transaction was committed is unknown." + after
                          : describe_state(failed, after);
  MigrationFailed error(std::move(facts), remedy(failed));
  clock_.tell(hooks_.migration_ended, task_.migration, false);
  throw error;
}

std::string MigrationRun::describe_state(const Failed& failed, const std::string& after) const {
  std::string text;
  const auto total = task_.script.statements.size();
  if (committed_.empty()) {
    text = "Nothing of the script was kept.";
  } else {
    text = fmt::format("Statements {} of {} are committed and stay", ranges(committed_), total);
    if (failed.bookkeeping)
      text += ".";
    else
      text += fmt::format("; statement {} failed, {} not run.", failed.index + 1,
                          total > failed.index + 1
                              ? counted(static_cast<long long>(total - failed.index - 1), "was", "were")
                              : "none was");
  }
  const auto words = pg::statement_words(failed.statement.text, 4);
  if (words.find("CONCURRENTLY") != std::string::npos && failed.sql.sqlstate != "25001")
    text += " An index built concurrently may remain, invalid.";
  if (reservation_committed_)
    text += fmt::format(" What was written to {} before the script was committed with it and stays: {} {}.",
                        task_.state_table, tool_facts(task_.layout).tool, tool_facts(task_.layout).on_dirty);
  if (dirty_committed_)
    text += fmt::format(" {} says that the version is dirty: {} {}.", task_.state_table, tool_facts(task_.layout).tool,
                        tool_facts(task_.layout).on_dirty);
  return text + after;
}

// What the tool itself does once a migration outside a transaction has failed.
std::string MigrationRun::clean_up_as_the_tool() {
  if (task_.script.transactional || task_.bookkeeping.own_transaction) return {};
  std::string text;
  if (task_.bookkeeping.backs_out) text = back_out();
  for (const auto& statement : task_.bookkeeping.after_failure) driver_.run(statement);
  return text;
}

std::string MigrationRun::back_out() {
  const std::string tool(tool_facts(task_.layout).tool);
  if (task_.back_out == nullptr)
    return fmt::format(" {} then looked for a down script to back out with, and there is none.", tool);
  const auto& down = *task_.back_out;
  std::size_t done = 0;
  try {
    if (down.transactional) driver_.run("BEGIN");
    for (const auto& statement : down.statements) {
      driver_.run(statement.text);
      ++done;
    }
    if (!idle()) driver_.run("COMMIT");
    return fmt::format(" {} then ran the down script to back out, and it succeeded.", tool);
  } catch (const pg::SqlError& error) {
    if (error.connection_lost()) throw;
    if (!idle()) driver_.run("ROLLBACK");
    return fmt::format(" {} then ran the down script to back out: its statement {} failed ({}), {}.", tool, done + 1,
                       error.facts().message,
                       down.transactional || done == 0 ? "so it undid nothing" : "what it did before that stays");
  }
}

std::string MigrationRun::remedy(const Failed& failed) const {
  const auto& sql = failed.sql;
  std::vector<std::string> advice;
  if (!sql.hint.empty()) advice.push_back("Hint: " + sql.hint);
  const auto own_transaction = std::string(tool_facts(task_.layout).own_transaction);
  if (sql.sqlstate == "25001")
    advice.push_back("To run it outside a transaction, " + own_transaction);
  else if (sql.sqlstate == "55P04")
    advice.push_back("Put ALTER TYPE … ADD VALUE into a migration before the one that uses the value.");
  else if (sql.sqlstate == "55P03" || sql.sqlstate == "40P01")
    advice.push_back("Another session held a lock: see who, and run again.");
  else if (failed.bookkeeping && (sql.sqlstate == "42P01" || sql.sqlstate == "3F000"))
    advice.push_back(
        "The migration has changed search_path, so that the state table is not found: use SET LOCAL, or reset it at "
        "the end.");
  else
    advice.push_back("Correct the script and run it again on a fresh copy.");
  return joined(advice, " ");
}

}  // namespace prodclone::migrations
