// Whether the live schema is the one that the rehearsal recorded: before the deploy the one that was rehearsed on, after it
// the one that the rehearsal ended with.
#pragma once

#include <string>

#include <prodclone/checks/finding.hpp>
#include <prodclone/schema/diff.hpp>

namespace prodclone::preflight {

enum class Moment { before, after };

struct SchemaComparison {
  std::string expected_fingerprint = {}, live_fingerprint = {};
  std::string compared = {};                 // what was held against what, in words
  schema::Differences differences = {};      // from what was expected to what is there
  std::string unsettled = {};                // why they may be mere spelling
  friend bool operator==(const SchemaComparison&, const SchemaComparison&) = default;
};

// Some definitions print differently once they went through a dump and a restore, as all that a clone got from production
// has and what the migration made has not. What is equal in either comparison (expected with the live schema as it is, and
// with a restored copy of the live schema) is equal; this is what differs in both.
schema::Differences in_both(const schema::Differences& as_it_is, const schema::Differences& restored);

checks::Findings schema_findings(const SchemaComparison& comparison, Moment moment, const std::string& database);

}  // namespace prodclone::preflight
