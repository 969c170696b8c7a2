#include <prodclone/pg/embedded_server.hpp>

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/base/hash.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/pg/driver.hpp>
#include <prodclone/pg/quote.hpp>
#include <prodclone/pg/reflink.hpp>
#include <prodclone/process/child.hpp>
#include <prodclone/process/free_port.hpp>

#include "server_cluster.hpp"
#include "server_places.hpp"
#include "server_processes.hpp"

namespace prodclone::pg {

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using std::chrono::seconds;

// Everything that one start needs to know.
struct Start {
  const ServerSettings& settings;
  const ServerAccount& account;
  const ServerPlaces& places;
};

FileLock lock_home(const ServerPlaces& places, seconds patience) {
  const auto end = Clock::now() + patience;
  while (true) {
    if (auto lock = FileLock::try_lock(places.lock())) return *std::move(lock);
    if (Clock::now() > end)
      throw Error(Failure::could_not_check,
                  fmt::format("Another process has been starting or stopping this server for {} s.", patience.count()),
                  fmt::format("Find out who holds {} (fuser tells), and end it.", places.lock().string()));
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

std::optional<ServerRecord> recorded(const ServerPlaces& places) {
  const auto text = read_file_if_present(places.record());
  if (!text) return std::nullopt;
  try {
    return server_record_from_json(*text);
  } catch (const Error&) {
    return std::nullopt;  // of another version of ours: what runs is found by its processes
  }
}

bool settled(const ServerRecord& record) {
  return record.started_at != WallTime{};
}

std::optional<ServerRecord> running(const ServerPlaces& places) {
  auto record = recorded(places);
  if (!record || !process::alive(record->postmaster)) return std::nullopt;
  // Whoever cleans /tmp may have taken the socket: then nobody can reach it any more.
  const auto socket = record->socket_folder / fmt::format(".s.PGSQL.{}", record->port);
  std::error_code error;
  if (fs::status(socket, error).type() != fs::file_type::socket) return std::nullopt;
  return record;
}

std::string tail_of(const fs::path& log) {
  auto lines = lines_of(read_file_if_present(log).value_or(""));
  if (lines.size() > 12) lines.erase(lines.begin(), lines.end() - 12);
  return lines.empty() ? "It wrote nothing to its log." : "The end of its log:\n    " + joined(lines, "\n    ");
}

void wait_until_it_answers(const ServerRecord& record, seconds patience) {
  const auto end = Clock::now() + patience;
  while (true) {
    std::string reason;
    try {
      const Driver probe(record.conninfo());
      return;
    } catch (const SqlError& error) {
      reason = error.facts().message;
    }
    const bool alive = process::alive(record.postmaster);
    if (alive && Clock::now() < end) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      continue;
    }
    throw Error(Failure::could_not_check,
                alive ? fmt::format("The embedded server does not answer after {} s: {}", patience.count(), reason)
                      : "The embedded server ended while it was starting.",
                fmt::format("{}\n  Look at {}.", tail_of(record.log), record.log.string()));
  }
}

// What only a server that answers can be told; then the record is complete.
ServerRecord settle(ServerRecord record, const Start& start) {
  wait_until_it_answers(record, start.settings.patience);
  if (settled(record)) return record;
  if (record.listen == Listen::loopback) {
    Driver driver(record.conninfo());
    driver.run("SET log_statement = none; SET log_min_duration_statement = -1; SET log_min_error_statement = panic");
    driver.run("ALTER ROLE " + quote_identifier(record.user) + " PASSWORD " + quote_literal(record.password.reveal()));
  }
  record.started_at = std::chrono::time_point_cast<seconds>(std::chrono::system_clock::now());
  write_file_atomically(start.places.record(), to_json(record));
  return record;
}

std::string describe_ourselves() {
  return fmt::format("{} (pid {})", process::executable_name(::getpid()), ::getpid());
}

void require_fit(const ServerRecord& running, const ServerSettings& wanted) {
  std::string difference;
  if (running.major != wanted.installation.major)
    difference = fmt::format("is PostgreSQL {}, not {}", running.major, wanted.installation.major);
  else if (wanted.listen == Listen::loopback && running.listen == Listen::socket_only)
    difference = "does not listen on TCP";
  else if (!wanted.locale.empty() && running.locale != wanted.locale)
    difference = fmt::format("has the locale {}, not {}", running.locale, wanted.locale);
  if (difference.empty()) return;
  throw Error(Failure::could_not_check,
              fmt::format("The embedded server that runs {} (started by {}).", difference, running.started_by),
              "Stop it first: prodclone server stop.");
}

void kill_remains(const ServerPlaces& places) {
  if (kill_server_processes(places.data_bases, places.id, seconds(20))) return;
  std::vector<std::string> pids;
  for (const auto& left : server_processes(places.data_bases, places.id)) pids.push_back(std::to_string(left.pid));
  throw Error(Failure::cleanup_incomplete,
              fmt::format("Processes of the embedded server in {} cannot be killed: {}.", places.home.string(),
                          joined(pids, ", ")),
              "They may wait on a broken disk, or belong to another user.");
}

void remove_sockets(const ServerPlaces& places) {
  for (const auto& entry : entries_of(places.socket_folder))
    if (entry.filename().string().starts_with(".s.PGSQL.")) fs::remove(entry);
}

constexpr const char* home_file = "home";

// The leftovers of a server, a start or an initdb that was killed. Only whoever holds the lock may call it.
void clear_remains(const ServerPlaces& places) {
  kill_remains(places);
  fs::remove(places.record());
  remove_sockets(places);
  remove_unfinished_writes(places.record());  // they hold a password
  for (const auto& base : places.data_bases)
    for (const auto& entry : entries_of(base)) {
      if (is_unfinished(entry)) fs::remove_all(entry);
      if (!is_cluster_entry(entry) || !fs::exists(entry / "postmaster.pid")) continue;
      // It did not shut down. Without fsync that is harmless unless the machine itself went down since.
      const auto boot = places.home / (entry.filename().string() + ".boot");
      if (read_file_if_present(boot) == process::self().boot)
        fs::remove(entry / "postmaster.pid");
      else
        remove_cluster(entry);
    }
}

ServerRecord launch(const Start& start, const fs::path& data, const std::string& locale) {
  const auto& [settings, account, places] = start;
  const bool loopback = settings.listen == Listen::loopback;
  ServerRecord record{.major = settings.installation.major,
                      .version = settings.installation.version,
                      .bindir = settings.installation.bindir,
                      .data = data,
                      .socket_folder = places.socket_folder,
                      .log = places.log(),
                      .port = loopback ? process::free_port() : 5432,
                      .listen = settings.listen,
                      .locale = locale,
                      .account = account.name,
                      .started_by = settings.started_by.empty() ? describe_ourselves() : settings.started_by};
  if (loopback) record.password = Secret(random_hex(32));
  std::error_code error;
  fs::rename(record.log, record.log.string() + ".1", error);  // the last run's; there may be none
  record.postmaster = process::start_detached(
      {.arguments = {(record.bindir / "postgres").string(), "-D", data.string(), "-k", record.socket_folder.string(),
                     "-p", std::to_string(record.port), "-h", loopback ? "127.0.0.1" : "", "-c",
                     "cluster_name=" + cluster_name(places.id)},
       .environment = {{"LC_ALL", "C"}},
       .directory = "/",
       .run_as = account.run_as()},
      record.log);
  // Before it answers: whoever comes after our death must find it.
  write_file_atomically(places.record(), to_json(record));
  return record;
}

// Data that root keeps away from its home outlives a home that somebody deletes, and it is production's data: whoever
// comes next removes it.
void remove_deserted(const ServerPlaces& places) {
  if (places.data_base == places.home) return;
  for (const auto& base : entries_of(places.data_base.parent_path())) {
    const auto home = read_file_if_present(base / home_file);
    if (!home || home->empty() || fs::exists(*home)) continue;
    kill_server_processes({base}, base.filename().string(), seconds(20));
    fs::remove_all(base);
  }
}

ServerRecord start_new(const Start& start) {
  const auto& [settings, account, places] = start;
  const auto locale = settings.locale.empty() ? default_locale() : settings.locale;
  remove_deserted(places);
  make_data_base(places, account);
  if (places.data_base != places.home) write_file_atomically(places.data_base / home_file, places.home.string());
  claim_private_folder(places.socket_folder, account);
  const auto data = places.data_base / cluster_folder(settings.installation.major, locale);
  if (!fs::exists(data)) make_cluster(settings.installation, account, data, locale);
  write_configuration(settings.installation, account, data, settings.settings);
  write_file_atomically(places.home / (data.filename().string() + ".boot"), process::self().boot);
  for (int attempt = 1;; ++attempt) {
    const auto record = launch(start, data, locale);
    try {
      return settle(record, start);
    } catch (const Error&) {
      // Between our finding a free port and the server's binding it, somebody else may have taken it.
      const bool port_taken = tail_of(record.log).find("could not bind") != std::string::npos;
      clear_remains(places);
      if (!port_taken || attempt == 5) throw;
    }
  }
}

// Under the lock. True if one ran.
bool stop_locked(const ServerPlaces& places, seconds patience) {
  bool ran = false;
  if (const auto record = recorded(places); record && process::alive(record->postmaster)) {
    ran = true;
    process::send_signal(record->postmaster, SIGINT);
    if (!process::wait_until_gone(record->postmaster, patience)) {
      process::send_signal(record->postmaster, SIGQUIT);
      process::wait_until_gone(record->postmaster, std::min(patience, seconds(10)));
    }
  }
  ran = !server_processes(places.data_bases, places.id).empty() || ran;
  kill_remains(places);
  remove_sockets(places);
  std::error_code error;
  remove_unfinished_writes(places.record());  // they hold a password
  fs::remove(places.socket_folder, error);  // stays when something that is not ours lies in it
  fs::remove(places.record());
  return ran;
}

// What the file system refuses is an Error too, with what it was doing.
template <typename Work>
auto on_home(const std::string& phrase, Work&& work) {
  return doing(phrase, [&] {
    try {
      return work();
    } catch (const fs::filesystem_error& error) {
      throw Error(Failure::could_not_check, fmt::format("{}.", error.what()));
    }
  });
}

}  // namespace

ServerRecord EmbeddedServer::start_or_attach(const ServerSettings& settings) {
  return on_home(
      fmt::format("starting the embedded PostgreSQL {} in {}", settings.installation.version, settings.home.string()),
      [&] {
        const auto account = server_account();
        make_home(settings.home, account);
        const auto places = places_of(settings.home, account);
        const Start start{settings, account, places};
        const auto lock = lock_home(places, settings.patience + seconds(240));
        if (const auto found = running(places)) {
          require_fit(*found, settings);
          try {
            return settle(*found, start);
          } catch (const Error&) {
            // It runs, but nobody can connect: it is replaced below.
          }
        }
        clear_remains(places);
        return start_new(start);
      });
}

std::optional<ServerRecord> EmbeddedServer::status(const fs::path& home) {
  std::error_code error;
  if (!fs::exists(home, error)) return std::nullopt;
  auto found = running(places_of(home, server_account()));
  return found && settled(*found) ? found : std::nullopt;
}

bool EmbeddedServer::stop(const fs::path& home, seconds patience) {
  return on_home("stopping the embedded server in " + home.string(), [&] {
    const auto account = server_account();
    const auto places = places_of(home, account);
    if (!fs::exists(home)) {
      // Somebody removed the folder under a server that runs.
      const bool ran = !server_processes(places.data_bases, places.id).empty();
      kill_remains(places);
      return ran;
    }
    const auto lock = lock_home(places, seconds(300));
    return stop_locked(places, patience);
  });
}

std::vector<fs::path> EmbeddedServer::data_folders(const fs::path& home) {
  std::vector<fs::path> found;
  if (!fs::exists(home)) return found;
  for (const auto& base : places_of(home, server_account()).data_bases)
    for (const auto& entry : entries_of(base))
      if (is_cluster_entry(entry) && fs::exists(entry / "base")) found.push_back(entry);
  return found;
}

void EmbeddedServer::destroy(const fs::path& home) {
  on_home("removing the embedded server in " + home.string(), [&] {
    const auto account = server_account();
    make_home(home, account);
    const auto places = places_of(home, account);
    const auto lock = lock_home(places, seconds(300));
    stop_locked(places, seconds(10));
    for (const auto& base : places.data_bases)
      for (const auto& entry : entries_of(base))
        if (is_cluster_entry(entry)) remove_cluster(entry);
    fs::remove(places.log());
    fs::remove(places.log().string() + ".1");
    fs::remove(reflinks_file(places.home));
    std::error_code error;
    if (places.data_bases.size() > 1) {
      fs::remove(places.data_bases.back() / home_file, error);
      fs::remove(places.data_bases.back(), error);
    }
    fs::remove(places.lock());
    fs::remove(places.home, error);  // stays when something else lies in it
  });
}

}  // namespace prodclone::pg
