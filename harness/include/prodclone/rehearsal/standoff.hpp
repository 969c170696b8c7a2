// A migration that meets somebody in its way: a session holds a lock on a table, the migration comes, and the traffic
// behind it queues. What each of them waited, what the migration held meanwhile, and what it left when it gave up.
// After GitLab's and doctolib's rule that a migration must yield to a long reader and come again.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <prodclone/base/quantities.hpp>
#include <prodclone/pg/conninfo.hpp>
#include <prodclone/rehearsal/lock_mode.hpp>
#include <prodclone/rehearsal/lock_trace.hpp>

namespace prodclone::rehearsal {

// Idle in a transaction: it has read from the table (ACCESS SHARE), or written to it (ROW EXCLUSIVE).
enum class Holder { idle_reader, idle_writer };
std::string_view to_string(Holder holder);  // "idle_reader"

struct Opponent {
  std::string table = {};         // qualified, quoted where needed
  Holder holder = Holder::idle_reader;
};

// Conflicts first with what the migration takes: readers with ACCESS EXCLUSIVE only, writers with SHARE and stronger.
Holder holder_against(LockMode mode);

struct StandoffOptions {
  std::chrono::milliseconds hold = std::chrono::seconds(3);           // from the moment at which the migration waits
  std::chrono::milliseconds probe_every = std::chrono::milliseconds(20);
  int attempts = 1;                                                   // as the deploy makes them, after 55P03, 40P01 or 57014
  std::chrono::milliseconds pause = std::chrono::milliseconds(500);   // between them
};

struct Attempt {
  bool succeeded = false;
  std::string sqlstate = {}, error = {};
  Duration took = {};
  friend bool operator==(const Attempt&, const Attempt&) = default;
};

// What it already had in its hands while it waited: a transaction that takes the two in the other order deadlocks.
struct HeldWhileWaiting {
  std::string relation = {};
  LockMode mode = LockMode::access_share;
  friend bool operator==(const HeldWhileWaiting&, const HeldWhileWaiting&) = default;
};

enum class Left { as_migrated, unchanged, partly };  // the schema afterwards
std::string_view to_string(Left left);

struct Standoff {
  std::string migration = {}, name = {};      // id, name
  std::string table = {};
  Bytes size = {};                            // before the run
  std::int64_t rows = 0;
  Holder holder = Holder::idle_reader;
  bool met = false;                           // the migration did wait for the holder
  std::string waiting_statement = {};         // without its constants
  std::vector<Attempt> attempts = {};
  std::optional<Duration> reads_blocked = {}, writes_blocked = {};  // the longest that one query on the table waited
  std::vector<HeldWhileWaiting> held = {};
  Left left = Left::as_migrated;
  std::optional<Attempt> second_run = {};     // with nobody in the way, after the last attempt had failed
  Left left_then = Left::as_migrated;
  friend bool operator==(const Standoff&, const Standoff&) = default;
};

// Runs `migrate` on the database with the opponent in its way, as often as the options say; it may throw Error, and must
// not connect to any other database. `fingerprint` tells one schema of this database from another; `expected` is its
// value after an undisturbed run. Fills everything but migration, name, size and rows. Throws SqlError when the
// opponent cannot take its lock.
Standoff face(const pg::ConnInfo& database, const Opponent& opponent, const std::function<void()>& migrate,
              const std::function<std::string()>& fingerprint, const std::string& expected, const StandoffOptions& options = {});

struct Standoffs {
  std::vector<Standoff> fought = {};
  std::vector<std::string> not_rehearsed = {};   // "0042_x against an idle reader of public.t: no time left"
  friend bool operator==(const Standoffs&, const Standoffs&) = default;
};

// The record's file, "prodclone/adversary/1". Reading throws Error(could_not_check) on a file of another form.
std::string to_json(const Standoffs& standoffs);
Standoffs standoffs_from_json(std::string_view text);

}  // namespace prodclone::rehearsal
