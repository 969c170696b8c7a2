// What a live server tells before a deploy, as values: read by look.hpp, judged by judge.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <prodclone/base/quantities.hpp>
#include <prodclone/rehearsal/live_sessions.hpp>

namespace prodclone::preflight {

using rehearsal::Duration;

// What the checks are about; a suite has one test for each.
enum class Part { server, sessions, replication, tables, room, schema };

struct ServerFacts {
  std::string address = {};                    // without a password
  std::string database = {}, role = {}, version = {};
  std::string looked_at = {};                  // the server's clock, ISO-8601 UTC
  bool standby = {};
  bool read_only = {};                         // default_transaction_read_only
  std::int64_t lock_slots = 0, locks_in_use = 0;
  std::int64_t freeze_max_age = 0;
  std::int64_t database_xid_age = 0;
  std::string database_xid_oldest = {};        // the database with that age
  std::optional<Bytes> free_disk = {};         // measured: the server is on this machine
  friend bool operator==(const ServerFacts&, const ServerFacts&) = default;
};

// A relation that holds rows; of a partitioned table its partitions stand for themselves.
struct TableFacts {
  std::string name = {};                       // qualified
  Bytes heap = {}, indexes = {}, toast = {};   // as the planner knows them: asking for the files would take a lock
  std::int64_t rows = 0, dead_rows = 0;
  std::int64_t xid_age = 0;                    // its own or its TOAST table's
  std::vector<std::string> publications = {};
  friend bool operator==(const TableFacts&, const TableFacts&) = default;
};

// Somebody who is at work on a table, or on the whole server.
struct Maintenance {
  std::string kind = {};                       // vacuum, create_index, cluster, analyze, base_backup
  std::string table = {};                      // empty: the server
  int pid = 0;
  std::string user = {}, application = {}, since = {}, phase = {};
  bool autovacuum = {}, wraparound = {};
  friend bool operator==(const Maintenance&, const Maintenance&) = default;
};

struct ReplicationSlot {
  std::string name = {}, type = {}, database = {};
  bool active = {};
  std::string wal_status = {};                 // reserved, extended, unreserved, lost
  std::string invalidation = {}, inactive_since = {};
  Bytes retained = {};
  std::optional<Bytes> safe = {};              // WAL that can still be written before the slot is lost
  friend bool operator==(const ReplicationSlot&, const ReplicationSlot&) = default;
};

struct Standby {
  int pid = 0;
  std::string user = {}, application = {}, state = {}, sync_state = {}, since = {};
  Bytes behind = {};
  std::optional<Duration> lag = {};
  friend bool operator==(const Standby&, const Standby&) = default;
};

struct InvalidIndex {
  std::string name = {}, table = {};
  bool unique = {}, ready = {}, being_built = {};
  friend bool operator==(const InvalidIndex&, const InvalidIndex&) = default;
};

// A constraint that is not validated or not enforced, a trigger that is switched off.
struct Unchecked {
  std::string kind = {};                       // unvalidated, not_enforced, disabled_trigger
  std::string name = {}, table = {}, what = {};
  friend bool operator==(const Unchecked&, const Unchecked&) = default;
};

struct SequenceFacts {
  std::string name = {}, column = {}, type = {};   // column: of the table that it feeds, qualified
  std::string table = {};
  std::int64_t last = 0, end = 0;
  double used_percent = 0;
  friend bool operator==(const SequenceFacts&, const SequenceFacts&) = default;
};

struct CollationDrift {
  std::string name = {}, recorded = {}, actual = {};
  std::int64_t indexes = 0;                    // of this database that are sorted by it
  friend bool operator==(const CollationDrift&, const CollationDrift&) = default;
};

struct EventTrigger {
  std::string name = {}, event = {}, function = {};
  friend bool operator==(const EventTrigger&, const EventTrigger&) = default;
};

// What this role may not see, or what the server did not answer in time. Never taken for absent.
struct Unseen {
  Part part = Part::server;
  std::string what = {};                       // "the transactions of 4 sessions of other users"
  std::string why = {};
  std::string remedy = {};
  friend bool operator==(const Unseen&, const Unseen&) = default;
};

struct LiveFacts {
  ServerFacts server = {};
  rehearsal::LiveLocks sessions = {};
  std::vector<TableFacts> tables = {};         // those that were asked for, or all
  std::vector<std::string> missing_tables = {};// asked for, and not there
  std::vector<Maintenance> maintenance = {};
  std::vector<ReplicationSlot> slots = {};
  std::vector<Standby> standbys = {};
  std::vector<InvalidIndex> invalid_indexes = {};
  std::vector<Unchecked> unchecked = {};
  std::vector<SequenceFacts> sequences = {};
  std::vector<CollationDrift> collations = {};
  std::vector<EventTrigger> event_triggers = {};
  std::vector<Unseen> unseen = {};
  friend bool operator==(const LiveFacts&, const LiveFacts&) = default;
};

}  // namespace prodclone::preflight
