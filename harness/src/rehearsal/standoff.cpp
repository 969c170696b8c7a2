#include <prodclone/rehearsal/standoff.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include <prodclone/migrations/migration_failed.hpp>
#include <prodclone/pg/driver.hpp>
#include <prodclone/pg/session.hpp>
#include <prodclone/rehearsal/live_sessions.hpp>

#include <sql/waiting_for.hpp>

namespace prodclone::rehearsal {

namespace {

using Clock = std::chrono::steady_clock;

Duration since(Clock::time_point began) { return std::chrono::duration_cast<Duration>(Clock::now() - began); }

// One query again and again while the migration waits; what the slowest took is what the application would wait.
class Lane {
 public:
  Lane(const pg::ConnInfo& database, std::string query) : driver_(database), query_(std::move(query)) {
    try {
      driver_.run("SET session_replication_role = replica");  // no trigger is to notice; only privileged roles may
    } catch (const pg::SqlError& error) {
      if (!error.is("42501")) throw;
    }
  }
  ~Lane() { stop(); }
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  void start(std::chrono::milliseconds every) {
    thread_ = std::thread([this, every] {
      try {
        while (!stopping_) {
          const auto began = Clock::now();
          driver_.run(query_);
          const auto took = since(began);
          if (!longest_ || took > *longest_) longest_ = took;
          std::this_thread::sleep_for(every);
        }
      } catch (const std::exception&) {
        // The table is gone or bears another name now: it was measured until then.
      }
    });
  }
  std::optional<Duration> stop() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
    return longest_;
  }

 private:
  pg::Driver driver_;
  std::string query_;
  std::atomic<bool> stopping_ = false;
  std::optional<Duration> longest_ = {};
  std::thread thread_ = {};
};

Attempt attempt(const std::function<void()>& migrate) {
  Attempt result;
  const auto began = Clock::now();
  try {
    migrate();
    result.succeeded = true;
  } catch (const migrations::MigrationFailed& failed) {
    result.sqlstate = failed.facts().sql.sqlstate;
    result.error = failed.facts().sql.message.empty() ? failed.what() : failed.facts().sql.message;
  } catch (const std::exception& error) {
    result.error = error.what();
  }
  result.took = since(began);
  return result;
}

// Lock not available, deadlock, cancelled by a time-out: what another time may not happen. An external tool does not
// say which it was.
bool worth_another_time(const Attempt& failed) {
  return failed.sqlstate.empty() || failed.sqlstate == "55P03" || failed.sqlstate == "40P01" || failed.sqlstate == "57014";
}

std::vector<HeldWhileWaiting> held_of(const std::vector<std::string>& locks, const std::string& table) {
  std::vector<HeldWhileWaiting> held;
  for (const auto& text : locks) {
    const auto blank = text.rfind(' ');
    const auto mode = lock_mode_from(std::string_view(text).substr(blank + 1));
    if (mode && text.substr(0, blank) != table) held.push_back({text.substr(0, blank), *mode});
  }
  return held;
}

Left left_by(const std::string& now, const std::string& before, const std::string& expected) {
  return now == expected ? Left::as_migrated : now == before ? Left::unchanged : Left::partly;
}

}  // namespace

Holder holder_against(LockMode mode) { return blocks_reads(mode) ? Holder::idle_reader : Holder::idle_writer; }

Standoff face(const pg::ConnInfo& database, const Opponent& opponent, const std::function<void()>& migrate,
              const std::function<std::string()>& fingerprint, const std::string& expected, const StandoffOptions& options) {
  Standoff result{.table = opponent.table, .holder = opponent.holder};
  const auto before = fingerprint();

  pg::Driver holder(database);
  holder.run("BEGIN; LOCK TABLE " + opponent.table + " IN " + (opponent.holder == Holder::idle_reader ? "ACCESS SHARE" : "ROW EXCLUSIVE") + " MODE");
  const auto pid = std::to_string(holder.backend_pid());
  pg::Session observer(database);
  Lane reads(database, fmt::format("SELECT 1 FROM {} LIMIT 1", opponent.table));
  Lane writes(database, fmt::format("DELETE FROM {} WHERE false", opponent.table));

  std::atomic<bool> ended = false;
  std::thread migration([&] {
    for (int left = std::max(1, options.attempts); left > 0; --left) {
      result.attempts.push_back(attempt(migrate));
      if (result.attempts.back().succeeded || !worth_another_time(result.attempts.back())) break;
      if (left > 1) std::this_thread::sleep_for(options.pause);
    }
    ended = true;
  });
  std::exception_ptr failure;
  try {
    std::optional<Clock::time_point> met;
    while (!ended && (!met || Clock::now() < *met + options.hold)) {
      if (!met) {
        const auto waiting = observer.query(sql::waiting_for, {pid});
        if (waiting.rows() > 0) {
          met = Clock::now();
          result.met = true;
          result.waiting_statement = without_constants(waiting.text(0, "query"));
          if (!waiting.is_null(0, "locks")) result.held = held_of(waiting.texts(0, "locks"), opponent.table);
          reads.start(options.probe_every);
          writes.start(options.probe_every);
        }
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    holder.run("ROLLBACK");
  } catch (...) {
    failure = std::current_exception();
    holder = pg::Driver(database);  // the old session goes, and with it the lock
  }
  migration.join();
  result.reads_blocked = reads.stop();
  result.writes_blocked = writes.stop();
  if (failure) std::rethrow_exception(failure);

  result.left = result.left_then = left_by(fingerprint(), before, expected);
  if (!result.attempts.back().succeeded) {
    result.second_run = attempt(migrate);
    result.left_then = left_by(fingerprint(), before, expected);
  }
  return result;
}

}  // namespace prodclone::rehearsal
