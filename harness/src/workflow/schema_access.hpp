// Owners and privileges for copies of a schema, which are restored without any.
#pragma once

#include <prodclone/pg/conninfo.hpp>
#include <prodclone/schema/snapshot.hpp>

namespace prodclone::workflow {

// What is in the copy belongs to whom it belongs to in `of`, and is granted to the same. Throws Error(could_not_check)
// naming the roles that the copy's server lacks.
void give_access(const schema::Snapshot& of, const pg::ConnInfo& copy);

}  // namespace prodclone::workflow
