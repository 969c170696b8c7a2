// Which kinds and attributes the mutations cover, and docs/schema-coverage.md, which says so.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <prodclone/schema/snapshot.hpp>

#include "mutations.hpp"

namespace prodclone::schema {

struct KindCoverage {
  bool added = {}, removed = {}, renamed = {};
  std::map<std::string, int> attributes = {};  // with the first major that a mutation needs
};

std::map<std::string, KindCoverage> coverage_of(const std::vector<Mutation>& mutations);

struct Excuse {
  std::string_view kind, attribute, reason;
};

// What the model holds and no mutation changes alone.
const std::vector<Excuse>& excuses();

// Attributes with a value in the snapshot that neither a mutation nor an excuse covers: "column storage".
std::set<std::string> uncovered(const Snapshot& snapshot, const std::map<std::string, KindCoverage>& covered);

std::string coverage_document(const std::vector<Mutation>& mutations);

}  // namespace prodclone::schema
