// Watches a migration while it runs and records which relations it locked, how strongly and for how long, and what the
// server rewrote or read meanwhile. Between statements it reads the exact lock set from a second connection. A statement
// that commits by itself is put into a block of its own for that, where it may stand in one; the few that may not
// (CONCURRENTLY, VACUUM, CALL, …) are sampled instead, and the trace says so.
//   LockObserver observer(database);
//   run_migrations(…, observer.hooks(driver));
//   const LockTrace trace = observer.take();
#pragma once

#include <chrono>
#include <memory>

#include <prodclone/migrations/run_hooks.hpp>
#include <prodclone/pg/conninfo.hpp>
#include <prodclone/pg/driver.hpp>
#include <prodclone/rehearsal/lock_trace.hpp>

namespace prodclone::rehearsal {

struct ObserverOptions {
  std::chrono::microseconds sample_every{2000};  // of a statement outside a transaction; five times that after 0.2 s
};

class LockObserver {
 public:
  // Connects to the database that the migration runs on, and reads what is there now: whatever exists at this moment
  // counts as pre-existing. Throws SqlError when it cannot. Needs no privilege; what it could not see for want of one
  // is listed in the trace's `not_measured`.
  explicit LockObserver(const pg::ConnInfo& database, ObserverOptions options = {});
  ~LockObserver();
  LockObserver(LockObserver&&) noexcept;
  LockObserver& operator=(LockObserver&&) noexcept;

  // The hooks refer to this observer and to the driver: both must outlive the run. On the driver's session they set
  // client_min_messages (and log_temp_files where allowed), and read; the migration's own settings are left alone.
  migrations::RunHooks hooks(pg::Driver& driver);

  // The trace so far; the observer starts a new one.
  LockTrace take();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace prodclone::rehearsal
