#include <prodclone/checks/schema_drift.hpp>

#include "schema_comparison.hpp"

namespace prodclone::checks {

Findings schema_drift(const schema::Differences& differences, const SchemaLabels& labels) {
  return compare_schemas(
      differences, labels,
      {.check = "schema/drift",
       .only_in_a = "No migration makes it: made by hand in production? Add a migration that creates it where it is "
                    "missing, or drop it.",
       .only_in_b = "The migrations make it and production has lost it or never got it: dropped by hand, or a "
                    "migration marked as "
                    "applied that did not run? Create it in production, or write the drop down as a migration.",
       .differs = "Production was changed by hand, or an applied migration was edited afterwards. Write the wanted "
                  "form down as a migration.",
       .renamed = "The two sides gave the same thing another name: often a constraint or index that kept its automatic "
                  "name on one "
                  "side only. Name it in the migration that makes it.",
       .why = "The migrations no longer describe production: what they are tested on elsewhere is not what they will "
              "meet."});
}

}  // namespace prodclone::checks
