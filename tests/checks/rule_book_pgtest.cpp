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
#include <prodclone/checks/standoffs.hpp>
#include <prodclone/data/foreign_keys.hpp>
#include <prodclone/pg/session.hpp>
#include <prodclone/rehearsal/traffic_probe.hpp>
#include <prodclone/schema/snapshot.hpp>

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

Transactions transactions_of(const HazardScript& script) {
  return script.transactions == ScriptTransactions::one ? Transactions::one : Transactions::each;
}

std::string fingerprint_of(const pg::ConnInfo& database) {
  pg::Session session(database);
  return schema::fingerprint(schema::take_snapshot(session));
}

class Sample {
 public:
  Sample() { pg::Session(scratch_.conninfo()).execute(rule_book_sample()); }
  const pg::ConnInfo& conninfo() const { return scratch_.conninfo(); }

 private:
  selftest::ScratchDatabase scratch_;
};

rehearsal::Standoffs meet(const HazardExample& example, const HazardScript& script, const LockBudgets& budgets) {
  const auto migrate = [&](const pg::ConnInfo& database) { rehearsal::test::apply(database, script.statements, transactions_of(script)); };
  const Sample undisturbed;
  migrate(undisturbed.conninfo());
  const auto expected = fingerprint_of(undisturbed.conninfo());
  rehearsal::Standoffs standoffs;
  for (const auto& opponent : example.opponents) {
    const Sample sample;
    auto standoff = rehearsal::face(sample.conninfo(), opponent, [&] { migrate(sample.conninfo()); }, [&] { return fingerprint_of(sample.conninfo()); }, expected,
                                    {.hold = std::chrono::duration_cast<std::chrono::milliseconds>(budgets.holder), .attempts = example.attempts, .pause = std::chrono::milliseconds(200)});
    standoff.migration = "0001";
    standoff.name = "0001_test";
    standoff.rows = pg::Session(sample.conninfo()).query("SELECT count(*) AS n FROM " + opponent.table).integer(0, "n");
    standoffs.fought.push_back(std::move(standoff));
  }
  return standoffs;
}

rehearsal::TrafficTrace under_probes(const HazardScript& script, const rehearsal::LockTrace& traced) {
  const Sample sample;
  rehearsal::TrafficProbe probe(sample.conninfo(), rehearsal::plan_traffic(traced));
  pg::Driver driver(sample.conninfo());
  probe.start(&driver);
  rehearsal::test::run_hooked(probe.hooks(), driver, "0001_test", script.statements, transactions_of(script));
  return probe.finish(traced);
}

MeasuredScript run_script(const Hazard& hazard, const HazardExample& example, const HazardScript& script) {
  const auto budgets = budgets_of(example);
  const Sample sample;
  const auto& database = sample.conninfo();
  MeasuredScript measured{.server = pg::Session(database).query("SHOW server_version").text(0, "server_version"), .database = database.database};
  if (hazard.by == MeasuredBy::standoffs) {
    measured.standoffs = meet(example, script, budgets);
    measured.findings = standoff_findings(measured.standoffs, budgets, example.lock_order, today, hazard.id);
    return measured;
  }
  const auto before = remains_of(database);
  const auto keys_before = names_of(data::count_orphans(database));
  measured.trace = rehearsal::test::observe(database, script.statements, transactions_of(script));
  if (hazard.by == MeasuredBy::traffic) {
    measured.traffic = under_probes(script, measured.trace);
    measured.findings = lock_findings(LockFacts{measured.trace, &measured.traffic}, budgets, today, hazard.id);
  } else if (hazard.by == MeasuredBy::trace) {
    measured.findings = lock_findings(measured.trace, budgets, today, hazard.id);
  } else if (hazard.by == MeasuredBy::leftovers) {
    measured.findings = leftovers(before, remains_of(database), {.trace = measured.trace, .large = budgets.defaults.large, .today = today},
                                  hazard.check.substr(hazard.check.find('/') + 1));
  } else {
    const auto reports = data::count_orphans(database);
    auto added = names_of(reports);
    for (const auto& name : keys_before) added.erase(name);
    measured.findings = foreign_key_index_findings(reports, added, budgets);
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
