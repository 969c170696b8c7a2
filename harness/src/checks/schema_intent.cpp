#include <prodclone/checks/schema_intent.hpp>

#include "schema_comparison.hpp"

namespace prodclone::checks {

Findings schema_intent(const schema::Differences& differences, const SchemaLabels& labels) {
  return compare_schemas(
      differences, labels,
      {.check = "schema/intent",
       .only_in_a = "The declared schema does not have it: the pending migration forgets to drop or rename it, or the "
                    "declaration is "
                    "behind.",
       .only_in_b = "The declared schema asks for it and the pending migration does not make it, or makes it under "
                    "another name.",
       .differs = "The pending migration leaves it in another form than declared.",
       .renamed = "The pending migration forgets to rename it: renaming a table or column renames neither its "
                  "constraints nor its "
                  "indexes and sequences.",
       .why = "After the deploy production will not have the schema that the team agreed on and writes code for."});
}

}  // namespace prodclone::checks
