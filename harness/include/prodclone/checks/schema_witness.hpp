// The catalogs and pg_dump looked at the same two databases: where they disagree, one of them, or prodclone, is wrong.
#pragma once

#include <vector>

#include <prodclone/checks/finding.hpp>
#include <prodclone/schema/cross_check.hpp>

namespace prodclone::checks {

// A kind that only pg_dump compares is a difference like any other; the rest is a fault of prodclone and says so.
Findings schema_witness(const std::vector<schema::Disagreement>& disagreements);

}  // namespace prodclone::checks
