// Each rule of the book on a real server: a script that it must flag, and the safer one that it must not.
#include <prodclone/checks/rule_book.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <cstdlib>
#include <set>

#include <prodclone/base/files.hpp>
#include <prodclone/checks/foreign_key_indexes.hpp>
#include <prodclone/checks/leftovers.hpp>
#include <prodclone/checks/locks.hpp>
#include <prodclone/data/foreign_keys.hpp>
#include <prodclone/pg/session.hpp>

#include <support/selftest_server.hpp>

#include "../rehearsal/observed_run.hpp"
#include "hazard_page.hpp"

namespace prodclone::checks {
namespace {

using rehearsal::test::Transactions;
constexpr auto today = std::chrono::year(2026) / 11 / 20;

constexpr const char* renew = "Renew it: PRODCLONE_RENEW_DOCS=1 ctest -R Hazard";
const std::filesystem::path pages = std::filesystem::path(HAZARD_PAGES);

LockBudgets budgets_of(const HazardExample& example) {
  config::Budgets configured;
  configured.values = example.budgets;
  configured.values.insert(rule_book_budgets().begin(), rule_book_budgets().end());
  return lock_budgets(configured);
}

rehearsal::Remains remains_of(const pg::ConnInfo& database) {
  pg::Session session(database);
  return rehearsal::look_at_remains(session);
}

std::set<std::string> names_of(const data::ForeignKeyReports& reports) {
  std::set<std::string> names;
  for (const auto& report : reports.keys) names.insert(report.key.child + '.' + report.key.name);
  return names;
}

MeasuredScript run_script(const Hazard& hazard, const HazardExample& example, const HazardScript& script) {
  const selftest::ScratchDatabase scratch;
  pg::Session(scratch.conninfo()).execute(rule_book_sample());
  const auto before = remains_of(scratch.conninfo());
  const auto keys_before = names_of(data::count_orphans(scratch.conninfo()));
  MeasuredScript measured;
  measured.trace = rehearsal::test::observe(scratch.conninfo(), script.statements,
                                            script.transactions == ScriptTransactions::one ? Transactions::one : Transactions::each);
  const auto budgets = budgets_of(example);
  switch (hazard.by) {
    case MeasuredBy::trace: measured.findings = lock_findings(measured.trace, budgets, today, hazard.id); break;
    case MeasuredBy::leftovers:
      measured.findings = leftovers(before, remains_of(scratch.conninfo()), {.trace = measured.trace, .large = budgets.defaults.large, .today = today},
                                    hazard.check.substr(hazard.check.find('/') + 1));
      break;
    case MeasuredBy::foreign_keys: {
      const auto reports = data::count_orphans(scratch.conninfo());
      auto added = names_of(reports);
      for (const auto& name : keys_before) added.erase(name);
      measured.findings = foreign_key_index_findings(reports, added, budgets);
      break;
    }
  }
  return measured;
}

class HazardOnAServer : public testing::TestWithParam<Hazard> {};

TEST_P(HazardOnAServer, IsFlaggedInTheBadScriptAndNotInTheGoodOne) {
  const auto& hazard = GetParam();
  std::vector<MeasuredExample> measured;
  for (const auto& example : hazard.examples) {
    SCOPED_TRACE(example.name);
    measured.push_back({run_script(hazard, example, example.bad), run_script(hazard, example, example.good)});
    const auto& bad = measured.back().bad.findings;
    ASSERT_FALSE(bad.empty());
    EXPECT_EQ(bad[0].severity, example.severity) << to_string(bad);
    EXPECT_EQ(bad[0].check, hazard.check);
    EXPECT_FALSE(bad[0].remedy.empty());
    EXPECT_THAT(measured.back().good.findings, testing::IsEmpty()) << to_string(measured.back().good.findings);
  }
  const auto page = hazard_page(hazard, measured);
  const auto file = pages / (hazard.id + ".md");
  if (std::getenv("PRODCLONE_RENEW_DOCS") != nullptr) write_file_atomically(file, page);
  const auto written = read_file_if_present(file).value_or("");
  ASSERT_FALSE(written.empty()) << renew;
  // Another major has other words for some of it, and it is flagged all the same.
  if (written.find(fmt::format("PostgreSQL {}.", selftest::server_major())) == std::string::npos) return;
  EXPECT_EQ(without_figures(written), without_figures(page)) << renew;
}

INSTANTIATE_TEST_SUITE_P(RuleBook, HazardOnAServer, testing::ValuesIn(rule_book()), [](const auto& row) { return row.param.id; });

}  // namespace
}  // namespace prodclone::checks
