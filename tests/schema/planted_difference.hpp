// Pairs of DDL whose difference is more than one attribute of one object, or none, and what the diff must call it. Single
// attributes are changed in the kitchen sink (mutations.hpp).
#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace prodclone::schema {

struct PlantedDifference {
  std::string name = {};
  std::string base = {};                   // run on both sides
  std::string changed = {};                // run on side b only
  std::vector<std::string> expected = {};  // renderings, sorted
  int from_major = 13;
  // In one lineage where it is not the same; empty: the same.
  std::vector<std::string> lineage = {};
};

const std::vector<PlantedDifference>& planted_differences();

inline void PrintTo(const PlantedDifference& planted, std::ostream* out) {
  *out << planted.name;
}

}  // namespace prodclone::schema
