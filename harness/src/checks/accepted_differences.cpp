#include <prodclone/checks/accepted_differences.hpp>

#include <fmt/format.h>

#include <algorithm>

#include <prodclone/base/day.hpp>
#include <prodclone/base/text.hpp>

namespace prodclone::checks {

namespace {

// Quotes are optional, as they are where a person writes a name.
bool names(const std::string& pattern, const std::string& name) {
  return matches_glob(pattern, name) || matches_glob(replaced(pattern, "\"", ""), replaced(name, "\"", ""));
}

bool covers(const config::DifferenceWaiver& waiver, const schema::Difference& difference) {
  return matches_glob(waiver.kind, difference.kind) && matches_glob(waiver.change, to_string(difference.change)) &&
         (names(waiver.name, difference.name) || (difference.old_name && names(waiver.name, *difference.old_name)));
}

Finding about(const config::DifferenceWaiver& waiver, const Acceptance& acceptance) {
  return {.check = "schema/waivers", .object = waiver.kind == "*" ? waiver.name : waiver.kind + ' ' + waiver.name, .where = acceptance.file.string()};
}

Finding expired(const config::DifferenceWaiver& waiver, const Acceptance& acceptance) {
  auto finding = about(waiver, acceptance);
  finding.what = fmt::format("A waiver in differences has expired on {}: {}", iso_day(waiver.until), waiver.reason);
  finding.why = "What it accepted is accepted no longer.";
  finding.remedy = "Mend what it covers and remove it, or give it a new date.";
  return finding;
}

Finding unused(const config::DifferenceWaiver& waiver, const Acceptance& acceptance) {
  auto finding = about(waiver, acceptance);
  finding.what = fmt::format("A waiver in differences accepts nothing in the comparison with the {} schema: {}", acceptance.of, waiver.reason);
  finding.why = "It would hide the next difference of that name.";
  finding.remedy = waiver.of == "both" ? fmt::format("Remove it, or say where the difference shows: \"of\": \"{}\".", acceptance.of == "fresh" ? "declared" : "fresh")
                                       : "Remove it.";
  return finding;
}

Finding accepted(const schema::Difference& difference, const config::DifferenceWaiver& waiver, const Acceptance& acceptance) {
  return {.check = acceptance.of == "fresh" ? "schema/drift" : "schema/intent", .severity = Severity::note, .object = difference.kind + ' ' + difference.name,
          .what = fmt::format("Accepted until {}: {}.", iso_day(waiver.until), to_string(difference)), .where = acceptance.file.string(), .why = waiver.reason};
}

}  // namespace

AcceptedDifferences accept_differences(schema::Differences differences, const Acceptance& acceptance) {
  AcceptedDifferences result;
  std::vector<const config::DifferenceWaiver*> valid;
  for (const auto& waiver : acceptance.waivers) {
    if (waiver.of != "both" && waiver.of != acceptance.of) continue;
    if (waiver.until < acceptance.today) result.findings.push_back(expired(waiver, acceptance));
    else valid.push_back(&waiver);
  }
  std::vector<bool> used(valid.size());
  for (auto& difference : differences.entries) {
    const config::DifferenceWaiver* by = nullptr;
    for (std::size_t i = 0; i < valid.size(); ++i)
      if (covers(*valid[i], difference)) {
        used[i] = true;
        if (by == nullptr) by = valid[i];
      }
    if (by == nullptr) result.remaining.entries.push_back(std::move(difference));
    else result.findings.push_back(accepted(difference, *by, acceptance));
  }
  result.remaining.consequences = std::move(differences.consequences);
  for (std::size_t i = 0; i < valid.size(); ++i)
    if (!used[i]) result.findings.push_back(unused(*valid[i], acceptance));
  return result;
}

}  // namespace prodclone::checks
