#include <prodclone/checks/locks.hpp>

#include <fmt/format.h>

#include <stdexcept>

#include <prodclone/base/day.hpp>
#include <prodclone/base/text.hpp>

#include "lock_judgement.hpp"

namespace prodclone::checks {

namespace {

void apply_exceptions(Finding& finding, const JudgedRule& rule, const LockCase& given, std::chrono::year_month_day today) {
  if (finding.severity == Severity::note) return;
  for (const auto& exception : given.budgets.exceptions) {
    const bool meant = exception.rule == rule.id &&
                       (matches_glob(exception.migration, given.migration.id) || matches_glob(exception.migration, given.migration.name));
    if (!meant) continue;
    if (today <= exception.until) {
      finding.severity = Severity::note;
      finding.evidence.push_back(fmt::format("accepted until {}: {}", iso_day(exception.until), exception.reason));
      return;
    }
    finding.evidence.push_back(fmt::format("its exception expired on {}: {}", iso_day(exception.until), exception.reason));
  }
  if (finding.severity == Severity::failure)
    finding.remedy += fmt::format("\nto accept: budgets.exceptions: {{\"migration\": \"{}\", \"rule\": \"{}\", \"until\": \"<date>\", \"reason\": \"<why>\"}}",
                                  given.migration.name, rule.id);
}

Findings judge(const LockFacts& facts, const LockBudgets& budgets, std::chrono::year_month_day today, const JudgedRule& rule) {
  Findings all;
  for (const auto& migration : facts.trace.migrations) {
    const LockCase given{facts.trace, migration, budgets, facts.traffic};
    for (auto& finding : rule.judge(given)) {
      finding.check = "locks/" + rule.id;
      apply_exceptions(finding, rule, given, today);
      all.push_back(std::move(finding));
    }
  }
  return all;
}

}  // namespace

const std::vector<LockRule>& lock_rules() {
  static const auto rules = [] {
    std::vector<LockRule> list;
    for (const auto& rule : judged_rules()) list.push_back({rule.id, rule.claim});
    return list;
  }();
  return rules;
}

Findings lock_findings(const LockFacts& facts, const LockBudgets& budgets, std::chrono::year_month_day today) {
  Findings all;
  for (const auto& rule : judged_rules())
    if (!rule.needs_traffic || facts.traffic != nullptr)
      for (auto& finding : judge(facts, budgets, today, rule)) all.push_back(std::move(finding));
  return all;
}

Findings lock_findings(const LockFacts& facts, const LockBudgets& budgets, std::chrono::year_month_day today, const std::string& wanted) {
  for (const auto& rule : judged_rules())
    if (rule.id == wanted) return judge(facts, budgets, today, rule);
  throw std::logic_error("no lock rule " + wanted);
}

Findings lock_findings(const rehearsal::LockTrace& trace, const LockBudgets& budgets, std::chrono::year_month_day today) {
  return lock_findings(LockFacts{trace}, budgets, today);
}

Findings lock_findings(const rehearsal::LockTrace& trace, const LockBudgets& budgets, std::chrono::year_month_day today, const std::string& wanted) {
  return lock_findings(LockFacts{trace}, budgets, today, wanted);
}

}  // namespace prodclone::checks
