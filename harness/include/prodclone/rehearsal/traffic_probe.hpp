// Measures what readers and writers of each table feel while migrations run: looks at all locks every 10 ms, and on the
// hottest tables sends a read and a write that changes nothing again and again. It leaves nothing behind: no dead rows,
// no sequence value taken; the looking at row locks writes some 4 kB of WAL each time.
//   TrafficProbe probe(database, plan_traffic(lock_trace));
//   probe.start(&driver);
//   run_migrations(…, probe.hooks());
//   const TrafficTrace traffic = probe.finish(lock_trace);
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <prodclone/migrations/run_hooks.hpp>
#include <prodclone/pg/conninfo.hpp>
#include <prodclone/pg/driver.hpp>
#include <prodclone/rehearsal/traffic_trace.hpp>

namespace prodclone::rehearsal {

// Tables by the names that the lock trace has.
struct TrafficPlan {
  std::vector<std::string> probed = {};     // read and written to: those locked most strongly and longest, at most four
  std::vector<std::string> updated = {};    // whose rows are updated or deleted, most rows first, at most four
  std::vector<std::string> prepared = {};   // statements on these are prepared before and tried again after each migration
};
// Of an external tool's migrations the trace has no locks: then nothing is probed, and all locks are still looked at.
TrafficPlan plan_traffic(const LockTrace& traced);

struct TrafficOptions {
  std::chrono::milliseconds look_every{10};
  std::chrono::milliseconds ask_every{50};
};

class TrafficProbe {
 public:
  // Connects, and prepares all that it will ask. Throws SqlError when it cannot look at locks; whatever else cannot be
  // measured is listed in the trace.
  TrafficProbe(const pg::ConnInfo& database, const TrafficPlan& plan, TrafficOptions options = {});
  ~TrafficProbe();
  TrafficProbe(const TrafficProbe&) = delete;
  TrafficProbe& operator=(const TrafficProbe&) = delete;

  // Begins on a thread of its own, and returns when every probe has had answers. With a driver only its locks count;
  // without one those of all but autovacuum.
  void start(const pg::Driver* driver);
  // For runs of the driver that it was started with; they refer to this probe.
  migrations::RunHooks hooks();
  // Ends, and compares with what the first run's trace makes expect.
  TrafficTrace finish(const LockTrace& traced);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace prodclone::rehearsal
