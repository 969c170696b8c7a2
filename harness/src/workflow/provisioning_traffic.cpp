// The second run of the pending migrations, on a copy of their own under probes. Only who asks for it pays for it.
#include <fmt/format.h>

#include <optional>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/base/hash.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/migrations/command.hpp>
#include <prodclone/migrations/runner.hpp>
#include <prodclone/rehearsal/lock_trace_json.hpp>
#include <prodclone/rehearsal/traffic_probe.hpp>
#include <prodclone/rehearsal/traffic_trace_json.hpp>

#include "borrowed.hpp"
#include "provisioning_state.hpp"

namespace prodclone::workflow {

namespace {

using rehearsal::TrafficTrace;

void nothing_measured(TrafficTrace& traffic, const std::string& reason) {
  for (const char* what : {"blocking", "row_locks", "stale_plans"}) traffic.not_measured.push_back({what, reason});
}

TrafficTrace probed_run(const pg::ConnInfo& database, const migrations::Project& project, const rehearsal::LockTrace& traced, const std::filesystem::path& log) {
  const bool external = project.layout == migrations::Layout::command;
  std::optional<pg::Driver> driver;
  if (!external) driver.emplace(database);
  rehearsal::TrafficProbe probe(database, rehearsal::plan_traffic(traced));
  probe.start(driver ? &*driver : nullptr);
  std::string failure;
  try {
    if (external) migrations::command_up(project, database, {.log = log});
    else migrations::run_up(*driver, project, {.accept_dirty = true, .accept_edited = true, .hooks = probe.hooks()});
  } catch (const Error& error) {
    failure = error.what_failed();
  }
  auto traffic = probe.finish(traced);
  if (!failure.empty()) nothing_measured(traffic, "the migrations failed when they ran a second time, under probes: " + failure);
  return traffic;
}

}  // namespace

StageResult Provisioning::make_traffic() {
  const auto migrated = require(Stage::migrated);
  const auto record = project_.record_directory();
  const auto guard = leases_.lock("traffic of " + migrated.database);
  // The trace is another one whenever the migrations ran again; an external tool has none, and its key is another.
  const auto key = migrated.key + ' ' + sha256_of(record / "trace.json");
  if (read_file_if_present(record / "traffic.key") == key && std::filesystem::exists(record / "traffic.json"))
    return {.key = key, .reused = true, .note = "measured before"};
  const auto traced = rehearsal::lock_trace_from_json(read_file(record / "trace.json"));
  TrafficTrace traffic;
  if (single_copy()) {
    // The other rules about locks can still be judged; those about traffic say that they could not be.
    nothing_measured(traffic, "single-copy mode: the pending migrations cannot run a second time, on a copy of their own");
  } else {
    const Borrowed copy(*this, private_copy_of(Stage::pristine));
    say("applying the pending migrations once more, under probes");
    traffic = probed_run(copy.database(), migrations(), traced, record / "migrate-traffic.log");
    // Whoever ends the run takes the copy from under the migrations: that says nothing about them.
    if (!traffic.not_measured.empty() && !cluster().find(copy.database().database))
      throw Error(Failure::could_not_check, "The copy on which the pending migrations ran once more is gone.", "Was the run ended meanwhile? Rehearse again.");
  }
  traffic.database = project_.databases.clone;
  write_file_atomically(record / "traffic.json", rehearsal::to_json(traffic));
  write_file_atomically(record / "traffic.key", key);
  if (traffic.looks == 0) return {.key = key, .note = "not measured: " + traffic.not_measured.front().reason};
  return {.key = key, .note = fmt::format("{}, all locks looked at {} times", counted(std::ssize(traffic.tables), "table"), traffic.looks)};
}

}  // namespace prodclone::workflow
