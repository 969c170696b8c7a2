#include <prodclone/preflight/judge.hpp>

#include <fmt/format.h>

#include <algorithm>

#include <prodclone/base/text.hpp>

#include "judge_parts.hpp"

namespace prodclone::preflight {

namespace {

constexpr Part all_parts[] = {Part::server, Part::sessions, Part::replication, Part::tables, Part::room};

checks::Findings judge_unseen(const Question& question, Part part) {
  checks::Findings findings;
  for (const auto& one : question.facts.unseen)
    if (one.part == part)
      findings.push_back({.check = "preflight/unseen", .object = question.facts.server.role, .what = fmt::format("Could not be seen: {}.", one.what), .where = question.facts.server.database,
                          .why = fmt::format("What was not seen does not count as absent: {}.", one.why), .remedy = one.remedy});
  return findings;
}

checks::Findings judge_part(const Question& question, Part part) {
  switch (part) {
    case Part::server: return judge_server(question);
    case Part::sessions: {
      auto findings = judge_sessions(question);
      append(findings, judge_maintenance(question));
      return findings;
    }
    case Part::replication: return judge_replication(question);
    case Part::tables: return judge_tables(question);
    case Part::room: return judge_room(question);
    case Part::schema: break;   // drift.hpp
  }
  return {};
}

}  // namespace

std::string who(int pid, const std::string& user, const std::string& application) {
  if (pid == 0) return "a prepared transaction";
  return fmt::format("session {} ({}{})", pid, user.empty() ? "a process of the server" : user, application.empty() ? "" : ", " + application);
}

checks::Findings judge(const LiveFacts& facts, const Targets& targets, const config::Preflight& limits, Part part) {
  const Question question{facts, targets, limits};
  auto findings = judge_part(question, part);
  append(findings, judge_unseen(question, part));
  return findings;
}

checks::Findings judge(const LiveFacts& facts, const Targets& targets, const config::Preflight& limits) {
  checks::Findings findings;
  for (const auto part : all_parts) append(findings, judge(facts, targets, limits, part));
  return findings;
}

checks::Findings accept(checks::Findings findings, const std::vector<config::PreflightWaiver>& waivers, const std::string& file, Day today) {
  const auto covers = [](const config::PreflightWaiver& waiver, const checks::Finding& finding) {
    return matches_glob(waiver.check, finding.check.substr(finding.check.find('/') + 1)) && matches_glob(waiver.object, finding.object);
  };
  checks::Findings expired;
  for (const auto& waiver : waivers) {
    const bool over = waiver.until < today;
    if (over)
      expired.push_back({.check = "preflight/waivers", .object = waiver.object, .what = "A waiver has expired: " + waiver.reason, .where = file,
                         .why = "What it accepted is accepted no longer.", .remedy = "Mend what it covers and remove it, or give it a new date."});
    for (auto& finding : findings) {
      const bool blocks = finding.severity == checks::Severity::failure || finding.severity == checks::Severity::warning;
      if (over || !blocks || !covers(waiver, finding)) continue;
      finding.severity = checks::Severity::note;
      finding.evidence.push_back(fmt::format("accepted until {}: {}", iso_day(waiver.until), waiver.reason));
    }
  }
  append(findings, std::move(expired));
  return findings;
}

bool could_not_see(const checks::Findings& findings) {
  return std::any_of(findings.begin(), findings.end(), [](const checks::Finding& one) { return one.check == "preflight/unseen" && one.severity == checks::Severity::failure; });
}

}  // namespace prodclone::preflight
