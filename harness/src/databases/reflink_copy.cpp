// What makes it as safe as the server's own STRATEGY FILE_COPY, which copies the same folder file by file:
// - Nobody is in the source, no autovacuum worker either, and nobody can come: a transaction of ours that renames it,
//   and is rolled back at the end, holds the lock that every connection and every other copy needs. FILE_COPY holds a
//   weaker one. The same lock on the target keeps a clean-up of our run from dropping it under our hands.
// - What is in memory of the source is on its files: CREATE DATABASE … FILE_COPY (of template0, as the target) begins
//   with a checkpoint that flushes every page of the server, unlogged tables too, and the lock is older than that.
// - No write-ahead log concerns the target's files: it ends with a second checkpoint, so that its own record is never
//   replayed, and what came before in the source's files lies before the target's first record.
// - A relation's files, the map of its mapped catalogs and its pages name no database: FILE_COPY carries them over as
//   they are, and OIDs with them. What CREATE DATABASE writes about a copy outside of its folder is written here too:
//   the owners and grants that it depends on, and that it has login triggers.
#include "reflink_copy.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <map>
#include <tuple>
#include <vector>

#include <prodclone/base/error.hpp>
#include <prodclone/base/hash.hpp>
#include <prodclone/pg/quote.hpp>
#include <prodclone/pg/reflink.hpp>

#include "sql/copy_shared_dependencies.hpp"
#include "sql/copy_source.hpp"

namespace prodclone::databases {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void cannot(const std::string& why) { throw Error(Failure::could_not_check, why); }

// Keeps everybody out of databases for as long as it lives.
class Closed {
 public:
  explicit Closed(const pg::ConnInfo& maintenance) : session_(maintenance) {
    session_.execute("SET idle_in_transaction_session_timeout = 0; SET lock_timeout = 0; SET statement_timeout = 0");
    session_.execute("BEGIN");
  }
  void add(const std::string& name) {
    session_.execute("ALTER DATABASE " + pg::quote_identifier(name) + " RENAME TO " + pg::quote_identifier("prodclone_closed_" + random_hex(8)));
  }
  // A destructor would do, later: the server takes a moment to see a client go.
  void open() { session_.execute("ROLLBACK"); }

 private:
  pg::Session session_;
};

using State = std::map<fs::path, std::tuple<off_t, time_t, long>>;

State state_of(const fs::path& folder) {
  State state;
  for (const auto& entry : fs::directory_iterator(folder)) {
    struct stat facts {};
    if (::lstat(entry.path().c_str(), &facts) != 0 || !S_ISREG(facts.st_mode)) cannot(entry.path().string() + " is no file.");
    state[entry.path()] = {facts.st_size, facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec};
  }
  return state;
}

void replace_files(const fs::path& source, const fs::path& target) {
  const auto before = state_of(source);
  for (const auto& [file, unused] : state_of(target)) fs::remove(file);
  for (const auto& [file, unused] : before) pg::clone_file(file, target / file.filename());
  // Nothing may have written there: should the reasoning above ever be wrong, the next rung is taken.
  if (state_of(source) != before) cannot(source.string() + " changed while it was cloned.");
}

}  // namespace

void copy_by_reflink(pg::Session& session, const fs::path& data, const std::string& source, const std::string& target) {
  const auto facts = session.query(sql::copy_source, {source});
  if (facts.empty()) throw pg::SqlError({.sqlstate = "3D000", .message = fmt::format("database \"{}\" does not exist", source)});
  if (facts.text(0, "provider") != "c") cannot("The database's locale is not the C library's.");
  if (facts.text(0, "tablespace") != "pg_default" || facts.integer(0, "tablespaces") != 0) cannot("The server has tablespaces of its own.");
  Closed closed(session.conninfo());
  closed.add(source);
  session.execute(fmt::format("CREATE DATABASE {} TEMPLATE template0{} ENCODING {} LC_COLLATE {} LC_CTYPE {} ALLOW_CONNECTIONS false",
                              pg::quote_identifier(target), session.server_major() >= 15 ? " STRATEGY file_copy" : "",
                              pg::quote_literal(facts.text(0, "encoding")), pg::quote_literal(facts.text(0, "collate")),
                              pg::quote_literal(facts.text(0, "ctype"))));
  closed.add(target);
  const auto oid = session.query("SELECT oid FROM pg_catalog.pg_database WHERE datname = $1", {target}).text(0, "oid");
  try {
    replace_files(data / "base" / facts.text(0, "oid"), data / "base" / oid);
  } catch (const fs::filesystem_error& error) {
    cannot(std::string(error.what()) + ".");
  }
  session.query(sql::copy_shared_dependencies, {facts.text(0, "oid"), oid});
  closed.open();
  if (facts.text(0, "login_triggers") == "true")
    session.query("UPDATE pg_catalog.pg_database SET dathasloginevt = true WHERE oid = $1::pg_catalog.oid", {oid});
  session.execute("ALTER DATABASE " + pg::quote_identifier(target) + " WITH ALLOW_CONNECTIONS true");
}

}  // namespace prodclone::databases
