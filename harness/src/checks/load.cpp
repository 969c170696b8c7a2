#include <prodclone/checks/load.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include <prodclone/base/text.hpp>

namespace prodclone::checks {

namespace {

const LoadWaiver* waiver_of(const LoadFact& fact, const std::vector<LoadWaiver>& waivers) {
  const auto found = std::find_if(waivers.begin(), waivers.end(), [&](const LoadWaiver& waiver) {
    return matches_glob(waiver.kind, fact.kind) && matches_glob(waiver.name, fact.name);
  });
  return found == waivers.end() ? nullptr : &*found;
}

std::string label(const LoadFact& fact) { return replaced(fact.kind, "_", " ") + ' ' + fact.name; }

Finding finding_of(const LoadFact& fact, const std::string& dump) {
  Finding finding{.check = "load/" + fact.kind, .object = fact.name, .where = dump, .remedy = fact.remedy};
  switch (fact.effect) {
    case LoadEffect::not_loaded:
      finding.what = fmt::format("{} of production is not in the clone: {}", label(fact), fact.reason);
      if (fact.count > 1) finding.what += fmt::format(" ({} times)", fact.count);
      if (!fact.cause.empty()) finding.evidence.push_back("it needs " + fact.cause + ", which was not loaded either");
      finding.why = "What a migration does to it, and to what depends on it, was not rehearsed.";
      break;
    case LoadEffect::altered:
      finding.severity = Severity::warning;
      finding.what = fmt::format("{} is not as in production: {}", label(fact), fact.reason);
      finding.why = "A restore of this dump fails at it, in an emergency as well.";
      break;
    case LoadEffect::left_out:
      finding.severity = Severity::note;
      finding.what = fmt::format("{} was left out: {}", label(fact), fact.reason);
      break;
  }
  if (finding.remedy.empty() && finding.severity == Severity::failure)
    finding.remedy = fmt::format("Make it loadable, or accept it in waivers.json: {{\"not_loaded\": [{{\"kind\": \"{}\", \"name\": \"{}\", \"reason\": \"…\", \"until\": \"…\"}}]}}", fact.kind, fact.name);
  return finding;
}

}  // namespace

Findings load_findings(const LoadFacts& facts, const std::vector<LoadWaiver>& waivers, std::chrono::year_month_day today) {
  std::vector<LoadWaiver> valid;
  Findings findings;
  for (const auto& waiver : waivers) {
    if (waiver.until >= today) {
      valid.push_back(waiver);
      continue;
    }
    findings.push_back({.check = "load/waivers", .object = waiver.name, .what = "A waiver has expired: " + waiver.reason,
                        .why = "What it accepted is accepted no longer.", .remedy = "Mend what it covers and remove it, or give it a new date."});
  }
  std::map<std::string, std::size_t> roots;  // "extension postgis" -> its finding
  for (const auto& fact : facts.facts) {
    if (fact.effect == LoadEffect::not_loaded) {
      if (const auto* waiver = waiver_of(fact, valid)) {
        findings.push_back({.check = "load/" + fact.kind, .severity = Severity::note, .object = fact.name, .what = label(fact) + " was not loaded, which is accepted: " + waiver->reason,
                            .where = facts.dump, .evidence = {fact.reason}});
        continue;
      }
      if (const auto root = roots.find(fact.cause); root != roots.end()) {
        findings[root->second].evidence.push_back(fmt::format("so {} was not loaded either: {}", label(fact), fact.reason));
        continue;
      }
      roots[fact.kind + ' ' + fact.name] = findings.size();
    }
    findings.push_back(finding_of(fact, facts.dump));
  }
  for (const auto& table : facts.excluded_data)
    findings.push_back({.check = "load/excluded_data", .severity = Severity::note, .object = table, .what = fmt::format("{} is empty: its rows were left out of the dump (exclude_data).", table),
                        .where = facts.dump, .why = "Nothing that a migration does to its rows was rehearsed or compared."});
  return findings;
}

}  // namespace prodclone::checks
