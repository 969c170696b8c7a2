// Snapshots and differences as people and programs read them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <prodclone/schema/diff.hpp>

namespace prodclone::schema {

// The whole schema as SQL, one object after the other by kind and name; the same for equal snapshots of any origin.
// Properties that SQL shows elsewhere or not at all stand as comments. Meant for reading and comparing, not for
// loading.
std::string canonical_text(const Snapshot& snapshot);

// Which statements have to do with a difference, by its to_string: "20260424-rename.up.sql:12: ALTER TABLE …".
using TouchedBy = std::map<std::string, std::vector<std::string>>;

struct RenderOptions {
  std::string label_a = "a", label_b = "b";
  bool colour = {};
  TouchedBy touched_by = {};
};

// For a terminal: one paragraph for each difference, both definitions under each other.
std::string to_plain(const Differences& differences, const RenderOptions& options = {});
std::string to_plain(const Difference& difference, const RenderOptions& options = {});

// prodclone/schema-diff/1. Consequences are not among the differences.
std::string to_json(const Differences& differences, const TouchedBy& touched_by = {});

}  // namespace prodclone::schema
