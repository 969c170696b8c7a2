#include "pgtap.hpp"

#include <fmt/format.h>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/pg/session.hpp>
#include <prodclone/pg/tools.hpp>
#include <prodclone/process/child.hpp>

namespace prodclone::workflow {

namespace {

// A script that makes the extension itself would fail on one that is there.
void have_pgtap(const pg::ConnInfo& database, const std::string& script) {
  pg::Session session(database);
  if (session.query("SELECT 1 FROM pg_catalog.pg_available_extensions WHERE name = 'pgtap'").empty())
    throw Error(Failure::could_not_check, fmt::format("pgTAP is not installed on the server (PostgreSQL {}).", session.server_major()),
                fmt::format("Install it where the server runs: the package postgresql-{}-pgtap on Debian and Ubuntu.", session.server_major()));
  if (lower(script).find("create extension") == std::string::npos) session.execute("CREATE EXTENSION IF NOT EXISTS pgtap");
}

}  // namespace

checks::PgTapFacts run_pgtap(Provisioning& provisioning, const config::SqlCase& sql_case, const config::SqlCaseFile& file, const pg::ConnInfo& database) {
  have_pgtap(database, read_file(file.path));
  const auto tools = pg::find_tools(provisioning.server().major, provisioning.project().server.binaries);
  const auto outcome = process::run({.arguments = {tools.psql.string(), "--no-psqlrc", "--no-align", "--quiet", "--pset", "pager=off", "--pset", "tuples_only=true",
                                                   "--set", "ON_ERROR_STOP=1", "--file", file.path.string()},
                                     .environment = pg::environment(database),
                                     .directory = provisioning.project().root},
                                    {.deadline = sql_case.timeout, .limit = std::size_t{64} << 20});
  return {.file = file.path, .output = outcome.out, .errors = outcome.err, .ending = outcome.succeeded() ? "" : process::describe(outcome),
          .show_values = provisioning.project().show_keys};
}

}  // namespace prodclone::workflow
