// Which object of one snapshot is which of the other.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include <prodclone/schema/snapshot.hpp>

#include "rename_map.hpp"

namespace prodclone::schema {

struct Matching {
  std::vector<std::optional<std::size_t>> a_to_b = {};  // by position in the snapshots
  std::vector<std::optional<std::size_t>> b_to_a = {};
  RenameMap renames = {};  // of a lineage; across lineages those that are proposed
};

Matching match_by_name(const Snapshot& a, const Snapshot& b);
Matching match_by_identity(const Snapshot& before, const Snapshot& after);

}  // namespace prodclone::schema
