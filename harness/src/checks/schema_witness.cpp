#include <prodclone/checks/schema_witness.hpp>

#include <fmt/format.h>

#include <prodclone/base/text.hpp>
#include <prodclone/schema/text_diff.hpp>

namespace prodclone::checks {

Findings schema_witness(const std::vector<schema::Disagreement>& disagreements) {
  Findings findings;
  for (const auto& d : disagreements) {
    const auto diff = lines_of(schema::unified_diff(d.a, d.b, "a", "b"));
    if (d.expected) {
      findings.push_back({.check = "schema/witness",
                          .object = d.object,
                          .what = fmt::format("pg_dump shows a difference: {}.", d.difference),
                          .why = "The two databases differ in a kind of object that only pg_dump compares.",
                          .remedy = "Write the wanted form down as a migration, or make both sides alike.",
                          .evidence = diff});
      continue;
    }
    const bool dump = d.seen_by == schema::Witness::pg_dump_only;
    findings.push_back(
        {.check = "schema/witness",
         .object = d.object,
         .what = fmt::format("The gate and pg_dump disagree about {}: only {} sees \"{}\".", d.object,
                             dump ? "pg_dump" : "the gate", d.difference),
         .why = "One of the two is wrong about your schema, so neither verdict can be trusted here.",
         .remedy = "This is a fault of prodclone: please report it, with both definitions and the server's version.",
         .evidence = diff});
  }
  return findings;
}

}  // namespace prodclone::checks
