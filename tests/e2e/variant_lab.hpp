// Where variants of the sample are judged one after another: one project folder and one server for all of them, so that
// those which leave production alone share one load. Each is judged by `prodclone rehearse` and the sample's own cases.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <variant.hpp>

namespace prodclone::e2e {

struct Verdict {
  int exit_code = 0;
  std::vector<std::string> labels = {};         // that were judged, in order
  std::set<std::string> reds = {};
  std::set<std::string> failed_checks = {};     // "schema/lineage"
  std::set<std::string> without_remedy = {};    // failures that do not say what to do
  std::string text = {};                        // of everything red

  const std::set<std::string>& red() const { return reds; }
};

class VariantLab {
 public:
  // Throws when the sample cannot be made or the rehearsal prints no verdict.
  Verdict judge(const orcha::Variant& variant) const;
  // Everything that the lab keeps running; what could not be removed, or "".
  static std::string remove_all();
};

// The sample's tables are as big as its scale makes them, and the machine may be busy: what is large is smaller, times
// are longer.
nlohmann::ordered_json small_scale_budgets();

// Kept in the build folder until the next build of the table.
void record_verdict(const orcha::Variant& variant, const Verdict& verdict);
// docs/faults.md from the recorded verdicts; none while a variant has none.
std::optional<std::string> table_of(const std::vector<orcha::Variant>& variants);

}  // namespace prodclone::e2e
