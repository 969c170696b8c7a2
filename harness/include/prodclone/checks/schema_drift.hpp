// Truth (a): the clone after the pending migrations equals a database built from nothing by the same migrations.
// Blind to what the migrations themselves forget: see schema_intent and schema_lineage.
#pragma once

#include <string>
#include <vector>

#include <prodclone/checks/finding.hpp>
#include <prodclone/schema/diff.hpp>

namespace prodclone::checks {

// One of the pending migrations' statements, as the rehearsal recorded it.
struct PendingStatement {
  std::string where = {};  // "20260424-rename.up.sql:12"
  std::string text = {};
};

struct SchemaLabels {
  std::string a = "clone";
  std::string b = "fresh";
  std::vector<PendingStatement> pending = {};  // those that have to do with a difference stand with its evidence
};

// `differences` from a = clone to b = fresh. One finding for each, with its usual cause and the statements that would
// close the gap from either side. Column order alone is a warning.
Findings schema_drift(const schema::Differences& differences, const SchemaLabels& labels = {});

}  // namespace prodclone::checks
