// The connections of a traffic probe, served by one thread with one poll(): one looks at locks, the others ask tables.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <prodclone/pg/async_connection.hpp>
#include <prodclone/pg/session.hpp>
#include <prodclone/rehearsal/traffic_probe.hpp>

#include "probe_statements.hpp"
#include "traffic_windows.hpp"

namespace prodclone::rehearsal {

class ProbeLanes {
 public:
  using Clock = std::chrono::steady_clock;

  ProbeLanes(const pg::ConnInfo& database, TrafficOptions options);
  ~ProbeLanes();

  // Before start. Throws SqlError when the connection is refused.
  void ask(Oid table, const ProbedTable& described, const std::vector<std::string>& keys, Use use);
  void watch_rows(Oid table, const ProbedTable& described, const std::vector<std::string>& keys);

  // `began` is the run's zero. Returns when every lane has been answered a few times.
  void start(std::optional<int> backend_pid, Clock::time_point began);
  // Every lane has been answered once more. What could not be measured is told; the rest goes into `into`.
  void stop(SeenTraffic& into, std::vector<Unmeasured>& not_measured);

  std::int64_t looks() const { return looks_; }
  Duration longest_gap() const { return longest_gap_; }

 private:
  enum class Asks { locks, table, rows };
  struct Lane {
    pg::AsyncConnection connection;
    Asks asks = Asks::locks;
    Use use = Use::reads;
    Oid table = 0;
    std::string statement = {};
    std::vector<std::string> keys = {};
    std::chrono::milliseconds every{};
    Clock::time_point due = {}, sent = {}, asked_first = {};
    bool refused = false;              // by its lock time-out: the wait goes on
    bool ended = false;                // its table is gone, or it failed
    std::int64_t answers = 0;
    std::int64_t answers_when_stopped = -1;
    Bytes wal_of_a_look = {};
    std::vector<Duration> took = {};
    std::vector<ProbeWait> waits = {};
  };

  Lane& add(Asks asks, std::chrono::milliseconds every);
  void run();
  void serve();
  void answered(Lane& lane, const pg::AsyncConnection::Answer& answer, Clock::time_point now);
  void looked_at_locks(const Lane& lane, const pg::Result& result, Clock::time_point now);
  void looked_at_rows(Lane& lane, const pg::Result& result, Clock::time_point now);
  void failed(Lane& lane, const pg::SqlFacts& facts);
  void describe_again(Lane& lane, bool without_keys);
  Duration since_start(Clock::time_point at) const { return std::chrono::duration_cast<Duration>(at - began_); }
  bool all_answered(std::int64_t times) const;

  pg::ConnInfo database_;
  TrafficOptions options_;
  std::deque<Lane> lanes_;
  std::optional<pg::Session> side_;    // asks what a table is called now
  Clock::time_point began_ = {};
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable warm_;
  bool is_warm_ = false;
  std::atomic<bool> stopping_ = false;

  // The thread's while it runs.
  std::map<std::pair<Oid, LockMode>, SeenLock> open_;
  Duration last_look_ = {};
  std::int64_t looks_ = 0;
  Duration longest_gap_ = {};
  SeenTraffic seen_;
  std::vector<Unmeasured> not_measured_;
};

}  // namespace prodclone::rehearsal
