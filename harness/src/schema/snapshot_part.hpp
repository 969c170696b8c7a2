// The part of a snapshot that is read from the server, for those who have a transaction open already.
#pragma once

#include <string>
#include <vector>

#include <prodclone/schema/snapshot.hpp>

#include "picture.hpp"

namespace prodclone::pg {
class Driver;
}

namespace prodclone::schema {

// SET LOCAL of everything that changes how the server prints a definition.
std::string reading_settings(const SnapshotOptions& options);

// In the driver's transaction and in one round trip: the objects that have such rows, a column with its table; all
// where `members` is null. A part has hardly any dependencies.
Snapshot take_part(pg::Driver& driver, const std::vector<Member>* members, const SnapshotOptions& options);

}  // namespace prodclone::schema
