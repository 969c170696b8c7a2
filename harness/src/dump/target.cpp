#include "target.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>

#include <fmt/format.h>

#include <prodclone/base/error.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/pg/quote.hpp>
#include <sql/tables_to_vacuum.hpp>
#include <sql/user_objects.hpp>

#include "load_error.hpp"

namespace prodclone::dump {

void require_empty(pg::Session& session) {
  const auto& name = session.conninfo().database;
  if (name == "postgres" || name == "template1" || name == "template0")
    throw Error(Failure::refused, fmt::format("\"{}\" is the server's own database.", name), "Load into a database made for it.");
  const auto found = session.query(sql::user_objects);
  if (!found.empty())
    throw Error(Failure::refused, fmt::format("The target database \"{}\" is not empty: it holds {}.", name, found.text(0, "what")),
                "Load into a new, empty database.");
}

std::vector<Unloaded> missing_extensions(pg::Session& session, const std::vector<Extension>& extensions, Unloadable unloadable) {
  std::vector<std::string> lacking, packages;
  std::vector<Unloaded> missing;
  for (const auto& extension : extensions) {
    if (session.query("SELECT 1 AS one FROM pg_catalog.pg_available_extensions WHERE name = $1", {extension.name}).rows() > 0) continue;
    lacking.push_back(extension.name);
    const auto package = package_of(extension.name, session.server_major());
    missing.push_back({.kind = "extension", .name = extension.name, .reason = "The server does not have it.",
                       .remedy = package.empty() ? "It exists only at its provider: waive it, with what depends on it."
                                                 : fmt::format("Install it on the server: `apt-get install {}`.", package)});
    if (!package.empty() && std::find(packages.begin(), packages.end(), package) == packages.end()) packages.push_back(package);
  }
  if (lacking.empty() || unloadable == Unloadable::report) return missing;
  throw Error(Failure::could_not_check,
              fmt::format("The dump needs {} that the server does not have: {}.", lacking.size() == 1 ? "an extension" : "extensions",
                          joined(lacking, ", ")),
              packages.empty() ? "Only its provider has it: take a dump without it."
                               : fmt::format("Install on the server: `apt-get install {}`.", joined(packages, " ")));
}

void create_missing_roles(pg::Session& session, const Survey& survey, const LoadOptions& options, LoadReport& report) {
  std::vector<std::string> names(survey.roles_named.begin(), survey.roles_named.end());
  if (names.empty()) return;
  const auto rows = session.query(
      "SELECT name FROM pg_catalog.unnest($1::pg_catalog.text[]) AS name "
      "WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = name) ORDER BY 1",
      {pg::array_literal(names)});
  std::vector<std::string> missing, needed;
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    missing.push_back(rows.text(row, "name"));
    if (survey.roles_needed.contains(missing.back())) needed.push_back(missing.back());
  }
  if (missing.empty()) return;
  const bool may = session.query("SELECT rolsuper OR rolcreaterole AS may FROM pg_catalog.pg_roles WHERE rolname = current_user").boolean(0, "may");
  if (options.missing_roles == MissingRoles::refuse || !may) {
    if (options.unloadable == Unloadable::report)
      for (const auto& name : needed)
        report.unloaded.push_back({.kind = "role", .name = name,
                                   .reason = fmt::format("\"{}\" may not create roles, and policies or user mappings name it.", session.conninfo().user),
                                   .remedy = "An administrator of the server must run: CREATE ROLE " + pg::quote_identifier(name) + " NOLOGIN;"});
    else if (!needed.empty()) {
      std::vector<std::string> statements;
      for (const auto& name : needed) statements.push_back("CREATE ROLE " + pg::quote_identifier(name) + " NOLOGIN;");
      throw Error(Failure::could_not_check,
                  fmt::format("The dump's policies name {} that the server does not have ({}){}.", needed.size() == 1 ? "a role" : "roles",
                              joined(needed, ", "), may ? "" : fmt::format(", and \"{}\" may not create roles", session.conninfo().user)),
                  "An administrator of the server must run: " + joined(statements, " "));
    }
    report.warnings.push_back(fmt::format("Roles that the dump names are not on the server: {}. A migration that grants to them will fail here.", joined(missing, ", ")));
    return;
  }
  for (const auto& name : missing) {
    try {
      session.execute("CREATE ROLE " + pg::quote_identifier(name) + " NOLOGIN");
      report.created_roles.push_back(name);
    } catch (const pg::SqlError& error) {
      if (error.is("42710")) continue;  // another run was faster
      if (survey.roles_needed.contains(name)) throw;
      report.warnings.push_back(fmt::format("Role {} could not be created: {}.", name, error.facts().message));
    }
  }
}

namespace {
// Many small tables go into one statement: a round trip costs more than they do.
constexpr std::int64_t small_table = 1 << 20;
constexpr std::size_t tables_at_once = 40;
}  // namespace

std::chrono::milliseconds vacuum_analyze(const pg::ConnInfo& target, Tables tables, int jobs, const ProgressSink& progress) {
  const auto began = std::chrono::steady_clock::now();
  const std::string phase = tables == Tables::all ? "analysing" : "analysing what came last";
  struct Work {
    std::string tables;
    std::int64_t count = 0;
  };
  std::vector<Work> work;
  std::int64_t total = 0;
  {
    pg::Session session(target);
    const auto rows = session.query(sql::tables_to_vacuum);
    bool after_big_one = false;
    for (std::size_t row = 0; row < rows.rows(); ++row) {
      if (tables == Tables::not_yet_vacuumed && rows.boolean(row, "vacuumed")) continue;
      ++total;
      const bool small = rows.integer(row, "bytes") < small_table;
      if (!small || work.empty() || work.back().count >= static_cast<std::int64_t>(tables_at_once) ||
          after_big_one)
        work.emplace_back();
      after_big_one = !small;
      auto& last = work.back();
      last.tables += (last.count++ == 0 ? "" : ", ") + rows.text(row, "name");
    }
  }
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::int64_t done = 0;
  std::exception_ptr failure;
  if (work.empty()) return {};
  const auto worker = [&] {
    try {
      pg::Session session(target);
      for (auto index = next++; index < work.size(); index = next++) {
        session.execute("VACUUM (ANALYZE) " + work[index].tables);
        const std::lock_guard lock(mutex);
        done += work[index].count;
        if (progress) progress({phase, done, total, "tables"});
      }
    } catch (...) {
      const std::lock_guard lock(mutex);
      if (!failure) failure = std::current_exception();
    }
  };
  std::vector<std::thread> threads;
  const auto count = std::min<std::size_t>(work.size(), static_cast<std::size_t>(std::max(jobs, 1)));
  for (std::size_t i = 1; i < count; ++i) threads.emplace_back(worker);
  worker();
  for (auto& thread : threads) thread.join();
  if (failure) std::rethrow_exception(failure);
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
}

std::string loading_options(pg::Session& session) {
  const auto& options = session.conninfo().options;
  const auto given = options.find("options");
  return (given == options.end() ? std::string() : given->second + ' ') + "-c synchronous_commit=off -c client_min_messages=warning" +
         // A statement for a client that was killed ends soon instead of when it is done.
         (session.server_major() >= 14 ? " -c client_connection_check_interval=2s" : "");
}

}  // namespace prodclone::dump
