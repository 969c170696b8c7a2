// All schema objects of one database at one moment, as a plain value.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <prodclone/schema/object.hpp>

namespace prodclone::pg {
class Session;
}

namespace prodclone::schema {

struct Snapshot {
  int server_version = 0;  // 150018
  std::string database = {};
  std::vector<Object> objects = {};  // sorted by (kind, qualified name); members of extensions are not among them
  friend bool operator==(const Snapshot&, const Snapshot&) = default;
};

struct SnapshotOptions {
  std::vector<std::string> schemas = {};         // only these; empty: all of users
  std::vector<std::string> exclude_tables = {};  // "public.schema_migrations", with all that stands on it
  // A DDL statement under way on a live server holds locks that deparsing needs: give up instead of queueing behind it.
  std::chrono::milliseconds lock_timeout = std::chrono::seconds(5);
  bool large_objects = {};  // content to most, schema to few: pg_dump -s leaves them out
};

// One catalog query per kind, whatever the number of objects, in one read-only repeatable-read transaction under
// search_path = pg_catalog. Any role that may connect can do it, on PostgreSQL 13 to 18.
// Throws SqlError (could_not_check) that names the catalog it was reading.
Snapshot take_snapshot(pg::Session& session, const SnapshotOptions& options = {});

// The same inside the caller's transaction, which sees what it has not committed; its settings stay until it ends.
Snapshot take_snapshot_within_transaction(pg::Session& session, const SnapshotOptions& options = {});

// The parts of take_snapshot that need no server: what the reader made of the rows becomes a finished snapshot.
Snapshot without_tables(Snapshot snapshot, const std::vector<std::string>& tables);
Snapshot only_schemas(Snapshot snapshot, const std::vector<std::string>& schemas);

// One SHA-256 of everything that `diff` compares; independent of OIDs and order.
std::string fingerprint(const Snapshot& snapshot);

}  // namespace prodclone::schema
