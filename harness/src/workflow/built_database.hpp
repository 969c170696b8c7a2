// Whether a database that scripts made (fresh, declared) is still what making it again would give: its inputs are its
// key, the server's part is remembered beside it, and that nobody has changed it since is seen by its catalogs.
#pragma once

#include <optional>
#include <string>

#include <prodclone/config/project.hpp>
#include <prodclone/pg/conninfo.hpp>
#include <prodclone/pg/session.hpp>
#include <prodclone/pg/tools.hpp>

namespace prodclone::workflow {

// The server's part, and that of the tools which dump and restore. Of its roles those count that the scripts name, or
// all where they look at the list of roles themselves: on a server with other users, roles come and go.
std::string surroundings(pg::Session& server, const pg::Tools& tools, const std::string& scripts);
// Another one as soon as anything of the schema was made, changed or dropped.
std::string catalog_state(const pg::ConnInfo& database);

struct Built {
  std::string key = {};
  std::string surroundings = {};
  std::string state = {};   // empty: it is sealed, so nobody can change it
  friend bool operator==(const Built&, const Built&) = default;
};

void remember_built(const config::Project& project, const std::string& database, const Built& built);
std::optional<Built> remembered_built(const config::Project& project, const std::string& database);

}  // namespace prodclone::workflow
