#include <prodclone/checks/locks.hpp>

#include <fmt/format.h>

#include <stdexcept>


#include "lock_judgement.hpp"

namespace prodclone::checks {

namespace {

Findings judge(const LockFacts& facts, const LockBudgets& budgets, std::chrono::year_month_day today, const JudgedRule& rule) {
  Findings all;
  for (const auto& migration : facts.trace.migrations) {
    const LockCase given{facts.trace, migration, budgets, facts.traffic};
    for (auto& finding : rule.judge(given)) {
      finding.check = "locks/" + rule.id;
      apply_exceptions(finding, rule.id, migration.id, migration.name, budgets, today);
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
