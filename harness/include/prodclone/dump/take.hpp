// Takes a dump of a live database into the store, with a manifest of what the dump itself does not carry.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <prodclone/base/progress.hpp>
#include <prodclone/dump/dump_file.hpp>
#include <prodclone/dump/store.hpp>
#include <prodclone/pg/conninfo.hpp>
#include <prodclone/pg/tools.hpp>

namespace prodclone::dump {

struct TakeOptions {
  DumpFormat format = DumpFormat::custom;
  std::string name = {};                  // in the store; empty: <database>-<time>.dump
  pg::Tools tools = {};                   // empty: found, of the source's major or newer
  int jobs = 1;                           // more than one: directory format only, and as many connections to the source
  std::optional<int> compression = {};    // gzip level; absent: 1, which is 2.4 times faster than pg_dump's own 6 and
                                          // makes the dump a twentieth bigger
  std::vector<std::string> exclude_data = {};  // globs: tables that come without their rows
  std::string source_name = {};           // into the manifest
  std::chrono::milliseconds lock_wait = std::chrono::minutes(1);  // for each table that somebody holds exclusively
  std::filesystem::path warden = {};      // the file of a warden that removes the partial dump when we are killed, and
                                          // beside it its log; empty: none, the next run does
  std::string schema_fingerprint = {};    // of the source, where the caller has taken it
  ProgressSink progress = {};
};

// Nothing is written to the source. Until pg_dump has ended well, the file has a temporary name, and goes away when
// it fails. Throws Error(could_not_check) with pg_dump's reason and what to do. No child outlives this process.
StoredDump take_dump(const pg::ConnInfo& source, const DumpStore& store, const TakeOptions& options = {});

// What a manifest tells of a live database, without what only the dump's bytes tell.
Manifest facts_of(const pg::ConnInfo& source);

}  // namespace prodclone::dump
