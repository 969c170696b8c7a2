// What the SQL of a dump names and wants, learnt by reading it, without a server.
#pragma once

#include <set>
#include <string>
#include <vector>

#include <prodclone/dump/dump_file.hpp>
#include <prodclone/dump/manifest.hpp>
#include <prodclone/dump/settings.hpp>
#include <prodclone/pg/tools.hpp>

namespace prodclone::dump {

struct Survey {
  std::set<std::string> roles_needed = {};   // the load fails without them: policies, user mappings, authorisations
  std::set<std::string> roles_named = {};    // owners, grantees, CREATE ROLE; includes the needed ones
  std::vector<Extension> extensions = {};
  std::vector<Setting> settings = {};
  std::string encoding = {}, lc_collate = {}, lc_ctype = {};
  std::vector<std::string> databases = {};   // those that the script connects to, in order; empty: it never does
  std::size_t statements = 0;                // those that would run
};

// The facts of a dump's schema. An archive is asked through pg_restore (which also tells when its table of contents
// is damaged); plain SQL is read through. `database` chooses among several in pg_dumpall's output. Throws
// Error(refused) when the script would leave the target database or run programs: see load.hpp.
Survey survey(const DumpFile& dump, const pg::Tools& tools, const std::string& database = {});

// The dump's manifest: the one beside it when it is there (and then its hash is renewed when the file has changed),
// else made from what can be read and, where the folder allows, written beside it.
Manifest manifest_of(const DumpFile& dump, const pg::Tools& tools);

}  // namespace prodclone::dump
