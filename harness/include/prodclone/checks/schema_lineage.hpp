#pragma once
#include <prodclone/checks/finding.hpp>
#include <prodclone/schema/diff.hpp>
namespace prodclone::checks {
inline Findings schema_lineage(const schema::Snapshot&, const schema::Snapshot&) { return {}; }
}
