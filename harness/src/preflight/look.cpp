#include <prodclone/preflight/look.hpp>

#include <fmt/format.h>
#include <sys/statvfs.h>

#include <functional>
#include <optional>
#include <set>
#include <utility>

#include <prodclone/base/text.hpp>
#include <prodclone/pg/session.hpp>
#include <prodclone/rehearsal/live_locks.hpp>

#include <sql/collations.hpp>
#include <sql/database_collation.hpp>
#include <sql/event_triggers.hpp>
#include <sql/invalid_indexes.hpp>
#include <sql/server_facts.hpp>
#include <sql/maintenance.hpp>
#include <sql/sequences.hpp>
#include <sql/slots.hpp>
#include <sql/standbys.hpp>
#include <sql/tables.hpp>
#include <sql/unchecked.hpp>

namespace prodclone::preflight {

namespace {

const std::string monitor = "GRANT pg_monitor TO ";

// Of the disk that the data directory is on, where the server is on this machine: a TCP address may be a tunnel's.
std::optional<Bytes> free_disk(const pg::Result& facts) {
  const auto directory = facts.optional_text(0, "data_directory");
  if (!directory || !facts.boolean(0, "over_socket")) return std::nullopt;
  struct statvfs disk {};
  if (::statvfs(directory->c_str(), &disk) != 0) return std::nullopt;
  return Bytes{static_cast<std::int64_t>(disk.f_bavail) * static_cast<std::int64_t>(disk.f_frsize)};
}

class Look {
 public:
  Look(const pg::ConnInfo& database, const LookOptions& options) : options_(options), session_(database) {
    if (options.targets.recorded)
      for (const auto& table : options.targets.tables) wanted_.push_back(table.table);
  }

  LiveFacts take() {
    // jit: compiling the blocking tree takes a second, running it a few milliseconds.
    session_.execute(fmt::format("BEGIN TRANSACTION ISOLATION LEVEL READ COMMITTED READ ONLY; SET LOCAL lock_timeout = {}; SET LOCAL statement_timeout = {}; "
                                 "SET LOCAL jit = off; SET LOCAL search_path = pg_catalog; SET LOCAL application_name = 'prodclone preflight'; SAVEPOINT look",
                                 options_.lock_timeout.count(), options_.statement_timeout.count()));
    part(Part::server, "what the server says of itself", [&] { read_server(); });
    part(Part::sessions, "the sessions at work", [&] { read_sessions(); });
    part(Part::tables, "the tables", [&] { read_tables(); });
    part(Part::sessions, "vacuum, index builds and backups under way", [&] { read_maintenance(); });
    part(Part::replication, "the replication slots", [&] { read_slots(); });
    part(Part::replication, "the standbys", [&] { read_standbys(); });
    part(Part::tables, "invalid indexes", [&] { read_invalid_indexes(); });
    part(Part::tables, "constraints that were never validated", [&] { read_unchecked(); });
    part(Part::tables, "the sequences", [&] { read_sequences(); });
    part(Part::tables, "the collations", [&] { read_collations(); });
    part(Part::server, "event triggers", [&] { read_event_triggers(); });
    session_.execute("ROLLBACK");
    return std::move(facts_);
  }

 private:
  // What one part cannot answer takes no other with it.
  void part(Part part, const std::string& what, const std::function<void()>& read) {
    try {
      read();
      session_.execute("RELEASE look; SAVEPOINT look");
    } catch (const pg::SqlError& error) {
      if (error.connection_lost()) throw;
      session_.execute("ROLLBACK TO look");
      const bool waited = error.is("55P03"), late = error.is("57014");
      facts_.unseen.push_back({.part = part,
                               .what = what,
                               .why = waited ? "a lock stood in the way, and preflight does not wait" : late ? "the server did not answer in time" : error.facts().message,
                               .remedy = waited || late ? "Run it again; see who holds the lock in pg_locks." : monitor + facts_.server.role + ';'});
    }
  }

  void hidden(Part part, long long count, const std::string& singular, const std::string& plural, const std::string& why) {
    if (count == 0) return;
    facts_.unseen.push_back({.part = part, .what = counted(count, singular, plural), .why = why, .remedy = monitor + facts_.server.role + ';'});
  }

  void read_server() {
    facts_.server.address = pg::masked(session_.conninfo());
    const auto row = session_.query(sql::server_facts);
    auto& server = facts_.server;
    server.database = row.text(0, "database");
    server.role = row.text(0, "role");
    server.version = row.text(0, "version");
    server.looked_at = row.text(0, "looked_at");
    server.standby = row.boolean(0, "standby");
    server.read_only = row.boolean(0, "read_only");
    server.lock_slots = row.integer(0, "lock_slots");
    server.locks_in_use = row.integer(0, "locks_in_use");
    server.freeze_max_age = row.integer(0, "freeze_max_age");
    server.database_xid_age = row.integer(0, "oldest_age");
    server.database_xid_oldest = row.text(0, "oldest");
    server.free_disk = free_disk(row);
  }

  void read_sessions() {
    facts_.sessions = rehearsal::look_at_live_locks(session_, {.longer_than = options_.longer_than, .relations = wanted_});
    for (const auto& what : facts_.sessions.not_measured)
      facts_.unseen.push_back({.part = Part::sessions, .what = what, .why = "what they do, and since when, is shown to pg_read_all_stats only", .remedy = monitor + facts_.server.role + ';'});
  }

  void read_tables() {
    const auto rows = session_.query(sql::tables, {pg::array_literal(wanted_)});
    std::set<std::string> there;
    for (std::size_t row = 0; row < rows.rows(); ++row) {
      facts_.tables.push_back({.name = rows.text(row, "name"),
                               .heap = {rows.integer(row, "heap")},
                               .indexes = {rows.integer(row, "indexes")},
                               .toast = {rows.integer(row, "toast")},
                               .rows = rows.integer(row, "rows"),
                               .dead_rows = rows.integer(row, "dead_rows"),
                               .xid_age = rows.integer(row, "xid_age"),
                               .publications = rows.texts(row, "publications")});
      there.insert(rows.text(row, "name"));
    }
    for (const auto& table : wanted_)
      if (!there.contains(table)) facts_.missing_tables.push_back(table);
  }

  void read_maintenance() {
    const auto rows = session_.query(sql::maintenance);
    long long unseen = 0;
    for (std::size_t row = 0; row < rows.rows(); ++row) {
      if (rows.boolean(row, "hidden")) {
        ++unseen;
        continue;
      }
      facts_.maintenance.push_back({.kind = rows.text(row, "kind"),
                                    .table = rows.text(row, "relation"),
                                    .pid = static_cast<int>(rows.integer(row, "pid")),
                                    .user = rows.text(row, "usename"),
                                    .application = rows.text(row, "application_name"),
                                    .since = rows.text(row, "since"),
                                    .phase = rows.text(row, "phase"),
                                    .autovacuum = rows.boolean(row, "autovacuum"),
                                    .wraparound = rows.boolean(row, "wraparound")});
    }
    hidden(Part::sessions, unseen, "vacuum, index build or backup under way", "vacuums, index builds and backups under way", "whose, and on which table, is shown to pg_read_all_stats only");
  }

  void read_slots() {
    const auto rows = session_.query(sql::slots);
    for (std::size_t row = 0; row < rows.rows(); ++row) {
      ReplicationSlot slot{.name = rows.text(row, "slot_name"),
                           .type = rows.text(row, "slot_type"),
                           .database = rows.text(row, "database"),
                           .active = rows.boolean(row, "active"),
                           .wal_status = rows.text(row, "wal_status"),
                           .invalidation = rows.text(row, "invalidation"),
                           .inactive_since = rows.text(row, "inactive_since"),
                           .retained = {rows.integer(row, "retained")}};
      if (!rows.is_null(row, "safe")) slot.safe = Bytes{rows.integer(row, "safe")};
      facts_.slots.push_back(std::move(slot));
    }
  }

  void read_standbys() {
    const auto rows = session_.query(sql::standbys);
    long long unseen = 0;
    for (std::size_t row = 0; row < rows.rows(); ++row) {
      if (rows.boolean(row, "hidden")) {
        ++unseen;
        continue;
      }
      Standby standby{.pid = static_cast<int>(rows.integer(row, "pid")),
                      .user = rows.text(row, "usename"),
                      .application = rows.text(row, "application_name"),
                      .state = rows.text(row, "state"),
                      .sync_state = rows.text(row, "sync_state"),
                      .since = rows.text(row, "since"),
                      .behind = {rows.integer(row, "behind")}};
      if (!rows.is_null(row, "lag_us")) standby.lag = Duration(rows.integer(row, "lag_us"));
      facts_.standbys.push_back(std::move(standby));
    }
    hidden(Part::replication, unseen, "receiver of WAL", "receivers of WAL", "how far a standby is behind is shown to pg_read_all_stats only");
  }

  void read_invalid_indexes() {
    const auto rows = session_.query(sql::invalid_indexes);
    for (std::size_t row = 0; row < rows.rows(); ++row)
      facts_.invalid_indexes.push_back({.name = rows.text(row, "name"),
                                        .table = rows.text(row, "table_name"),
                                        .unique = rows.boolean(row, "is_unique"),
                                        .ready = rows.boolean(row, "is_ready"),
                                        .being_built = rows.boolean(row, "being_built")});
  }

  void read_unchecked() {
    const auto rows = session_.query(sql::unchecked);
    for (std::size_t row = 0; row < rows.rows(); ++row)
      facts_.unchecked.push_back({.kind = rows.text(row, "kind"), .name = rows.text(row, "name"), .table = rows.text(row, "table_name"), .what = rows.text(row, "what")});
  }

  void read_sequences() {
    const auto rows = session_.query(sql::sequences);
    std::set<std::string> unseen;
    for (std::size_t row = 0; row < rows.rows(); ++row) {
      if (!rows.boolean(row, "visible")) {
        unseen.insert(rows.text(row, "name"));
        continue;
      }
      const auto& table = rows.text(row, "table_name");
      facts_.sequences.push_back({.name = rows.text(row, "name"),
                                  .column = rows.text(row, "column_name").empty() ? "" : table + '.' + rows.text(row, "column_name"),
                                  .type = rows.text(row, "type"),
                                  .table = table,
                                  .last = rows.integer(row, "last"),
                                  .end = rows.integer(row, "end_value"),
                                  .used_percent = rows.real(row, "used_percent")});
    }
    if (!unseen.empty())
      facts_.unseen.push_back({.part = Part::tables,
                               .what = fmt::format("how far {} {} used", counted(std::ssize(unseen), "sequence"), unseen.size() == 1 ? "is" : "are"),
                               .why = "no right to read " + some_of({unseen.begin(), unseen.end()}),
                               .remedy = fmt::format("GRANT SELECT ON SEQUENCE … TO {0}; for all of a schema: GRANT SELECT ON ALL SEQUENCES IN SCHEMA … TO {0};", facts_.server.role)});
  }

  void read_collations() {
    const auto add = [&](const pg::Result& rows) {
      for (std::size_t row = 0; row < rows.rows(); ++row)
        facts_.collations.push_back({.name = rows.text(row, "name"), .recorded = rows.text(row, "recorded"), .actual = rows.text(row, "actual"), .indexes = rows.integer(row, "indexes")});
    };
    add(session_.query(sql::collations));
    if (session_.server_major() >= 15) add(session_.query(sql::database_collation));
  }

  void read_event_triggers() {
    const auto rows = session_.query(sql::event_triggers);
    for (std::size_t row = 0; row < rows.rows(); ++row)
      facts_.event_triggers.push_back({rows.text(row, "name"), rows.text(row, "event"), rows.text(row, "function")});
  }

  const LookOptions& options_;
  pg::Session session_;
  std::vector<std::string> wanted_;
  LiveFacts facts_;
};

}  // namespace

pg::ConnInfo choose_host(const std::vector<pg::ConnInfo>& hosts) {
  std::optional<pg::ConnInfo> second_best;
  std::optional<pg::SqlError> last;
  for (auto host : hosts) {
    host.options.erase("target_session_attrs");   // one host at a time is asked, by us
    host.options.try_emplace("connect_timeout", "10");
    if (hosts.size() == 1) return host;
    try {
      pg::Session session(host);
      if (!session.query("SELECT pg_catalog.pg_is_in_recovery() AS standby").boolean(0, "standby")) return host;
      if (!second_best) second_best = host;
    } catch (const pg::SqlError& error) {
      last = error;
    }
  }
  if (second_best) return *second_best;
  throw *last;
}

LiveFacts look_at(const pg::ConnInfo& database, const LookOptions& options) { return Look(database, options).take(); }

}  // namespace prodclone::preflight
