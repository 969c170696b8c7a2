#include "schema_access.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <prodclone/base/error.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/pg/driver.hpp>
#include <prodclone/pg/session.hpp>
#include <prodclone/pg/sql_error.hpp>
#include <prodclone/schema/script.hpp>

namespace prodclone::workflow {

void give_access(const schema::Snapshot& of, const pg::ConnInfo& copy) {
  schema::Snapshot bare;
  {
    pg::Session session(copy);
    const auto large = [](const schema::Object& object) { return object.kind == "large_object"; };
    bare = schema::take_snapshot(session, {.large_objects = std::any_of(of.objects.begin(), of.objects.end(), large)});
  }
  const auto script = schema::write_script(bare, of, {.compared = {.owners = true, .privileges = true}, .allow_destructive = true});
  pg::Driver driver(copy);
  for (const auto& statement : script.statements) {
    if (!statement.access) continue;
    try {
      driver.run(statement.sql);
    } catch (const pg::SqlError& error) {
      throw Error(Failure::could_not_check,
                  fmt::format("A copy of {} cannot get its owners and privileges: {}\n  {}", of.database, error.what(), statement.sql),
                  "The roles must be there on the configured server, and its user must be allowed to act as them: CREATE ROLE … NOLOGIN.");
    }
  }
}

}  // namespace prodclone::workflow
