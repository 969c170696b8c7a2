// One migration in one direction: its transactions, its statements one by one, its bookkeeping, and the account of what
// it left when it failed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <prodclone/migrations/migration_failed.hpp>
#include <prodclone/migrations/project.hpp>
#include <prodclone/migrations/run_hooks.hpp>
#include <prodclone/pg/driver.hpp>

#include "run_clock.hpp"
#include "state_tables.hpp"

namespace prodclone::migrations {

class MigrationRun {
 public:
  struct Task {
    const Migration& migration;
    const Script& script;
    const Script* back_out = nullptr;  // the down script, for a tool that answers a failure with it
    Layout layout = Layout::automatic;
    Direction direction = Direction::up;
    Bookkeeping bookkeeping = {};
    std::string state_table = {};
  };

  MigrationRun(pg::Driver& driver, const RunHooks& hooks, Task task);
  // Throws MigrationFailed. The connection is idle afterwards, or lost.
  void run();

 private:
  struct Failed;

  void run_steps();
  void run_script();
  void run_message(std::size_t first, std::size_t end);
  void keep(const std::vector<std::string>& statements);
  void execute(const Statement& statement, std::size_t index, bool bookkeeping);
  void begin();
  void commit();
  void roll_back();
  void transaction_over(bool committed);
  [[noreturn]] void fail(const Failed& failed);
  std::string describe_state(const Failed& failed, const std::string& after) const;
  std::string clean_up_as_the_tool();
  std::string back_out();
  std::string remedy(const Failed& failed) const;
  bool idle() const { return driver_.transaction_state() == pg::TransactionState::idle; }

  pg::Driver& driver_;
  const RunHooks& hooks_;
  Task task_;
  RunClock clock_;
  bool implicit_ = false;  // we opened the block that several statements of one message form
  bool dirty_committed_ = false;
  bool reservation_committed_ = false;
  std::vector<std::size_t> in_transaction_;  // the author's statements that the open transaction holds
  std::vector<std::size_t> committed_;
};

}  // namespace prodclone::migrations
