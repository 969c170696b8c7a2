#include <prodclone/databases/cluster.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include <prodclone/base/error.hpp>
#include <prodclone/base/hash.hpp>
#include <prodclone/pg/quote.hpp>

#include "reflink_copy.hpp"
#include "sql/end_makers.hpp"
#include "sql/owned_databases.hpp"
#include "sql/prepared_transactions.hpp"

namespace prodclone::databases {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::string_view temporary_prefix = "prodclone_tmp_";

// Measured (bench/): WAL_LOG wins for small databases because it needs no checkpoint, copies of files above.
constexpr Bytes least_for_file_copy{24 << 20};

// What a rung of the ladder says when the next one is to be tried.
struct NextRung {
  std::string reason;
};

// A session that was just closed may take the server a moment to forget.
template <typename Work>
void when_unused(const Work& work) {
  const auto deadline = Clock::now() + std::chrono::seconds(30);
  while (true) {
    try {
      return work();
    } catch (const pg::SqlError& error) {
      if (!error.is("55006") || Clock::now() > deadline) throw;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }
}

}  // namespace

std::string to_string(CopyStrategy strategy) {
  switch (strategy) {
    case CopyStrategy::clone_files: return "file_copy_method=clone";
    case CopyStrategy::reflink: return "reflink";
    case CopyStrategy::file_copy: return "FILE_COPY";
    case CopyStrategy::wal_log: return "WAL_LOG";
  }
  return "FILE_COPY";
}

std::string to_string(const CopyReport& report) {
  const auto how = !report.shares_blocks                             ? to_string(report.strategy)
                   : report.strategy == CopyStrategy::reflink ? "reflink"
                                                              : "reflink (" + to_string(report.strategy) + ")";
  auto text = fmt::format("copied {} by {} in {}", prodclone::to_string(report.size), how, prodclone::to_string(report.took));
  if (!report.not_better.empty()) text += " (no reflink: " + report.not_better + ")";
  return text;
}

Cluster::Cluster(pg::ConnInfo maintenance, std::string workspace, std::string project,
                 std::function<std::optional<Bytes>()> free_bytes, std::optional<OwnFiles> files)
    : maintenance_(std::move(maintenance)),
      workspace_(std::move(workspace)),
      project_(std::move(project)),
      free_bytes_(std::move(free_bytes)),
      files_(std::move(files)) {}

pg::Session& Cluster::session() {
  if (!session_) {
    session_ = std::make_unique<pg::Session>(maintenance_);
    // A mark, a name and a seal must outlive a server that is killed a moment later.
    session_->execute("SET synchronous_commit = on");
  }
  return *session_;
}

int Cluster::server_major() { return session().server_major(); }

std::vector<OwnedDatabase> Cluster::owned() {
  std::vector<OwnedDatabase> databases;
  const auto rows = session().query(sql::owned_databases);
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    const auto mark = parse_mark(rows.text(row, "comment"));
    if (!mark || mark->workspace != workspace_) continue;
    const auto& name = rows.text(row, "name");
    databases.push_back({name, *mark, !rows.boolean(row, "allows_connections"), name.starts_with(temporary_prefix),
                         static_cast<int>(rows.integer(row, "sessions"))});
  }
  return databases;
}

bool Cluster::exists(const std::string& name) {
  return !session().query("SELECT FROM pg_catalog.pg_database WHERE datname = $1", {name}).command_tag().ends_with(" 0");
}

std::optional<OwnedDatabase> Cluster::find(const std::string& name) {
  for (auto& database : owned())
    if (database.name == name) return std::move(database);
  if (!exists(name)) return std::nullopt;
  const auto comment = session().query(
      "SELECT pg_catalog.shobj_description(oid, 'pg_database') AS comment FROM pg_catalog.pg_database WHERE datname = $1", {name});
  const auto mark = comment.empty() ? std::nullopt : parse_mark(comment.text(0, "comment"));
  throw Error(Failure::refused,
              mark ? fmt::format("The database \"{}\" belongs to another prodclone workspace (project {}).", name, mark->project)
                   : fmt::format("The database \"{}\" exists and was not made by prodclone.", name),
              "It was left alone. Choose another name under \"databases\" in prodclone.json, or drop it yourself.");
}

Bytes Cluster::size(const std::string& name) {
  return {session().query("SELECT pg_catalog.pg_database_size($1::name) AS size", {name}).integer(0, "size")};
}

void Cluster::ensure_room_for(Bytes needed, const std::string& what, const std::string& instead) {
  if (!free_bytes_) return;
  const auto room = free_bytes_();
  if (!room || *room > needed) return;
  throw Error(Failure::could_not_check,
              fmt::format("{} needs about {} and the server's disk has {} left.", what, to_string(needed), to_string(*room)),
              "Free some room (`prodclone drop-clone` removes what earlier commands kept), or move the project's "
              ".prodclone folder to a larger disk." + (instead.empty() ? "" : ' ' + instead));
}

Bytes Cluster::room_of_copy(Bytes size) {
  // A clone takes what is written to it; the rest is an empty database and the file system's own papers.
  const bool shared = files_ && files_->reflinks.work && size >= least_for_file_copy;
  return shared ? std::min(size, Bytes{64 << 20}) : size;
}

namespace {
// With the run's own id, so that what it was making can be told before it bears a mark.
std::string temporary_prefix_of(const std::string& run) { return std::string(temporary_prefix) + (run.empty() ? "x" : run) + '_'; }
}  // namespace

std::vector<std::string> Cluster::abandon(const std::string& run) {
  const auto prefix = temporary_prefix_of(run);
  // A backend goes on with CREATE DATABASE after its client has died: end it first, or it makes one behind our back.
  const auto deadline = Clock::now() + std::chrono::seconds(30);
  while (!session().query(sql::end_makers, {prefix}).empty() && Clock::now() < deadline)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  std::vector<std::string> dropped;
  const auto names = session().query("SELECT datname AS name FROM pg_catalog.pg_database WHERE pg_catalog.starts_with(datname::text, $1)", {prefix});
  for (std::size_t row = 0; row < names.rows(); ++row) {
    const auto& name = names.text(row, "name");
    when_unused([&] { session().execute("DROP DATABASE IF EXISTS " + pg::quote_identifier(name) + " WITH (FORCE)"); });
    dropped.push_back(name);
  }
  return dropped;
}

template <typename Create, typename Fill>
void Cluster::make_named(const std::string& name, Mark mark, const Create& create, const Fill& fill) {
  drop(name);
  mark.workspace = workspace_;
  mark.project = project_;
  mark.made_at = iso8601(std::chrono::system_clock::now());
  const std::string temporary = temporary_prefix_of(mark.run) + random_hex(8);
  const std::string quoted = pg::quote_identifier(temporary);
  try {
    create(temporary);
    session().execute("COMMENT ON DATABASE " + quoted + " IS " + pg::quote_literal(to_comment(mark)));
    fill(conninfo(temporary));
    when_unused([&] { session().execute("ALTER DATABASE " + quoted + " RENAME TO " + pg::quote_identifier(name)); });
  } catch (...) {
    try {
      session().execute("DROP DATABASE IF EXISTS " + quoted + " WITH (FORCE)");
    } catch (const Error&) {
      // It keeps its mark and its temporary name: the next run removes it. The first error tells why.
    }
    throw;
  }
}

std::string Cluster::make(const std::string& name, Mark mark, const Locale& locale,
                          const std::function<void(const pg::ConnInfo&)>& fill) {
  const auto with = [&](const std::string& tail) {
    return [this, tail](const std::string& temporary) { when_unused([&] { session().execute("CREATE DATABASE " + pg::quote_identifier(temporary) + tail); }); };
  };
  std::string tail = " TEMPLATE template0";
  if (!locale.encoding.empty()) tail += " ENCODING " + pg::quote_literal(locale.encoding);
  auto sorted = tail;
  if (!locale.collate.empty()) sorted += " LC_COLLATE " + pg::quote_literal(locale.collate);
  if (!locale.ctype.empty()) sorted += " LC_CTYPE " + pg::quote_literal(locale.ctype);
  try {
    make_named(name, mark, with(sorted), fill);
    return {};
  } catch (const pg::SqlError& error) {
    // Only the operating system knows which locales there are, and tells when it is asked to use one.
    const bool unknown_locale = error.facts().statement.starts_with("CREATE DATABASE") && error.facts().message.find("locale") != std::string::npos;
    if (!unknown_locale || sorted == tail) throw;
  }
  make_named(name, std::move(mark), with(tail), fill);
  return fmt::format("The server does not know production's locale {}, so {} sorts by the server's own. Install it (Debian: "
                     "locales-all) where order matters.", locale.collate, name);
}

std::vector<CopyStrategy> Cluster::ladder(Bytes size) {
  const int major = server_major();
  if (major >= 15 && size < least_for_file_copy) return {CopyStrategy::wal_log, CopyStrategy::file_copy};
  std::vector<CopyStrategy> rungs;
  // PostgreSQL 18 clones files where the file system can and copies them in the kernel where it cannot.
  if (major >= 18) rungs.push_back(CopyStrategy::clone_files);
  else if (files_ && files_->reflinks.work && size >= least_for_file_copy) rungs.push_back(CopyStrategy::reflink);
  rungs.push_back(CopyStrategy::file_copy);
  if (major >= 15) rungs.push_back(CopyStrategy::wal_log);
  return rungs;
}

void Cluster::create_copy(CopyStrategy strategy, const std::string& source, const std::string& name) {
  if (strategy == CopyStrategy::reflink)
    return when_unused([&] {
      session().execute("DROP DATABASE IF EXISTS " + pg::quote_identifier(name));
      copy_by_reflink(session(), files_->data, source, name);
    });
  std::string statement = "CREATE DATABASE " + pg::quote_identifier(name) + " TEMPLATE " + pg::quote_identifier(source);
  if (server_major() >= 15) statement += strategy == CopyStrategy::wal_log ? " STRATEGY wal_log" : " STRATEGY file_copy";
  if (server_major() >= 18) session().execute(strategy == CopyStrategy::clone_files ? "SET file_copy_method = 'clone'" : "SET file_copy_method = 'copy'");
  when_unused([&] { session().execute(statement); });
}

namespace {
// A better way that fails is no reason to fail; one that would fail in every other way is. A full disk is worse for the
// next rung than for this one.
bool may_fall(const Error& error) {
  const auto* said = dynamic_cast<const pg::SqlError*>(&error);
  if (said == nullptr) return true;
  if (said->connection_lost() || said->is("53")) return false;
  for (const char* everywhere : {"55006", "3D000", "42501", "42P04", "57"})
    if (said->is(everywhere)) return false;
  return true;
}
}  // namespace

CopyReport Cluster::copy(const std::string& source, const std::string& name, Mark mark,
                         const std::function<void(const pg::ConnInfo&)>& alter) {
  CopyReport report{.size = size(source)};
  ensure_room_for(room_of_copy(report.size), fmt::format("Copying {} to {}", source, name),
                  "Single-copy mode needs no copies: \"databases\": {\"single_copy\": true} in prodclone.json, or PRODCLONE_SINGLE_COPY=1.");
  if (files_ && !files_->reflinks.work && report.size >= least_for_file_copy) report.not_better = files_->reflinks.reason;
  const auto fill = [&](const pg::ConnInfo& copy) {
    if (alter) alter(copy);
  };
  const auto rungs = ladder(report.size);
  for (const auto strategy : rungs) {
    const auto create = [&](const std::string& temporary) {
      const auto began = Clock::now();
      try {
        create_copy_watched(strategy, source, temporary, mark.use, report.size);
      } catch (const Error& error) {
        if (strategy == rungs.back() || !may_fall(error)) throw;
        throw NextRung{fmt::format("{} failed: {}", to_string(strategy), error.what_failed())};
      }
      report.took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began);
    };
    try {
      make_named(name, mark, create, fill);
      report.strategy = strategy;
      report.shares_blocks = strategy == CopyStrategy::reflink || (strategy == CopyStrategy::clone_files && files_ && files_->reflinks.work);
      return report;
    } catch (const NextRung& next) {
      report.not_better = next.reason;
    }
  }
  throw std::logic_error("a ladder without rungs");
}

void Cluster::turn_into(const std::string& source, const std::string& name, Mark mark, const std::function<void(const pg::ConnInfo&)>& alter) {
  if (!find(source)) throw Error(Failure::could_not_check, fmt::format("There is no database \"{}\".", source));
  const auto take = [&](const std::string& temporary) {
    when_unused([&] { session().execute("ALTER DATABASE " + pg::quote_identifier(source) + " RENAME TO " + pg::quote_identifier(temporary)); });
    session().execute("ALTER DATABASE " + pg::quote_identifier(temporary) + " WITH ALLOW_CONNECTIONS true");
  };
  make_named(name, std::move(mark), take, alter);
}

void Cluster::seal(const std::string& name) {
  session().execute("ALTER DATABASE " + pg::quote_identifier(name) + " WITH ALLOW_CONNECTIONS false");
  // Clients only: an ordinary role may not end an autovacuum worker, and CREATE DATABASE sends those away by itself.
  session().query("SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity "
                  "WHERE datname = $1 AND backend_type = 'client backend'", {name});
}

void Cluster::drop(const std::string& name) {
  if (!find(name)) return;
  const auto statement = "DROP DATABASE IF EXISTS " + pg::quote_identifier(name) + " WITH (FORCE)";
  try {
    session().execute(statement);
  } catch (const pg::SqlError& error) {
    // FORCE ends sessions, but a transaction that was prepared and forgotten belongs to none.
    const auto prepared = session().query(sql::prepared_transactions, {name});
    if (!error.is("55006") || prepared.empty()) throw;
    session().execute("ALTER DATABASE " + pg::quote_identifier(name) + " WITH ALLOW_CONNECTIONS true");
    pg::Session inside(conninfo(name));
    for (std::size_t row = 0; row < prepared.rows(); ++row)
      inside.execute("ROLLBACK PREPARED " + pg::quote_literal(prepared.text(row, "gid")));
    session().execute(statement);
  }
}

}  // namespace prodclone::databases
