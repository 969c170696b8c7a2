// Looks at the locks of one backend again and again while a statement runs that hides them when it ends.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <thread>
#include <utility>

#include <prodclone/pg/session.hpp>
#include <prodclone/rehearsal/lock_mode.hpp>

namespace prodclone::rehearsal {

using Oid = std::uint32_t;

class LockSampler {
 public:
  struct Seen {
    std::chrono::microseconds first = {}, last = {};  // since the sampling began
  };
  struct Samples {
    std::map<std::pair<Oid, LockMode>, Seen> locks = {};
    std::size_t looks = 0;
    std::string failure = {};  // why it stopped early
  };

  explicit LockSampler(const pg::ConnInfo& database);
  ~LockSampler();

  void start(int backend_pid, std::chrono::microseconds every);
  Samples stop();  // waits for the last look

 private:
  void look_repeatedly(int backend_pid, std::chrono::microseconds every);

  pg::Session session_;
  std::thread thread_;
  std::atomic<bool> stopping_ = false;
  Samples samples_;  // the thread's while it runs
};

// "16402 AccessExclusiveLock" as held_locks.sql prints it; unknown modes are our own mistake.
std::pair<Oid, LockMode> parse_held_lock(const std::string& text);

}  // namespace prodclone::rehearsal
