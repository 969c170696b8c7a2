// A snapshot as a file of the record: what pristine looked like cannot be asked any more once it is sealed, and the
// lineage check needs its identities.
#pragma once

#include <string>
#include <string_view>

#include <prodclone/schema/snapshot.hpp>

namespace prodclone::schema {

std::string snapshot_to_json(const Snapshot& snapshot);
// The schema's fingerprint without reading its objects; empty in a record of an older prodclone.
std::string recorded_fingerprint(std::string_view json);
// Throws Error(could_not_check) when the text is not a snapshot of this form.
Snapshot snapshot_from_json(std::string_view json);

}  // namespace prodclone::schema
