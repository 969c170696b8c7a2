// Truth (b): the clone after the pending migrations equals the schema that the team declared.
#pragma once

#include <prodclone/checks/finding.hpp>
#include <prodclone/checks/schema_drift.hpp>
#include <prodclone/schema/diff.hpp>

namespace prodclone::checks {

// `differences` from a = clone to b = declared. What the migration forgets shows here and not in schema_drift.
Findings schema_intent(const schema::Differences& differences,
                       const SchemaLabels& labels = {.a = "clone", .b = "declared"});

}  // namespace prodclone::checks
