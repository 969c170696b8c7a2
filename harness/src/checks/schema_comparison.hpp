// What schema_drift and schema_intent have in common: a difference becomes a finding.
#pragma once

#include <functional>
#include <string>

#include <prodclone/checks/schema_drift.hpp>

namespace prodclone::checks {

// What a difference means depends on what the two sides are.
struct Story {
  std::string check = {};
  std::string only_in_a = {};  // the usual cause, and what it asks of the reader
  std::string only_in_b = {};
  std::string differs = {};
  std::string renamed = {};
  std::string why = {};
};

Findings compare_schemas(const schema::Differences& differences, const SchemaLabels& labels, const Story& story);

}  // namespace prodclone::checks
