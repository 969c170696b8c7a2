// Fills an empty database from a dump of any format, as whoever connects: without owners and privileges, in parallel
// where the format allows it, vacuumed and analysed at the end.
//
// A dump only ever fills its target. Plain SQL is sent by us, statement by statement, and never by psql: so a
// backslash command cannot run a program or open a file, `\connect` cannot lead elsewhere, owners and grants can be
// left out as pg_restore does, and the bytes that were judged are the bytes that run. CREATE and DROP DATABASE, roles,
// tablespaces, subscriptions and pg_cron's jobs are left out; COPY … PROGRAM or from a server file, ALTER SYSTEM, `\!`, `\i` and
// the like are refused before anything runs. It guards against accidents, not against an author who hides such things
// in functions: load dumps of strangers as an ordinary role.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include <prodclone/base/progress.hpp>
#include <prodclone/dump/dump_file.hpp>
#include <prodclone/dump/settings.hpp>
#include <prodclone/dump/unloaded.hpp>
#include <prodclone/pg/tools.hpp>
#include <prodclone/pg/conninfo.hpp>

namespace prodclone::dump {

enum class MissingRoles { create, refuse };

// What of a dump cannot be made: ends the load, or is told in the report while the rest goes on. What is no single
// object's fault (the disk, the server, a script inside a transaction of its own) ends it in either case.
enum class Unloadable { refuse, report };

struct LoadOptions {
  int jobs = 0;                                       // 0: as many as there are cores
  pg::Tools tools = {};                               // empty: found, by the dump's own version
  MissingRoles missing_roles = MissingRoles::create;  // NOLOGIN; on the whole server, since roles know no database
  Unloadable unloadable = Unloadable::refuse;
  std::string database = {};                          // which one of pg_dumpall's output; empty: its only one
  ProgressSink progress = {};
  std::filesystem::path work = {};                    // where its short-lived files lie; empty: the temporary folder
};

struct LoadReport {
  std::chrono::milliseconds took = {};                // all of it
  std::chrono::milliseconds vacuum_took = {};
  std::size_t objects = 0;                            // entries of an archive, statements of a script
  std::vector<std::string> warnings = {};             // one sentence each
  std::vector<std::string> created_roles = {};
  std::vector<Unloaded> unloaded = {};                // what was left out on purpose, always; the rest with report
};

// `target` is an existing, empty database. Throws Error(refused) when the dump would leave it or it is not empty,
// Error(could_not_check) naming the object, the statement and what to do otherwise; the target is then in any state:
// load under a temporary name. No child outlives this process, however it ends.
LoadReport load_dump(const DumpFile& dump, const pg::ConnInfo& target, const LoadOptions& options = {});

}  // namespace prodclone::dump
