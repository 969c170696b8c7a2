#include <prodclone/checks/standoffs.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <stdexcept>

#include <prodclone/base/text.hpp>

#include "lock_judgement.hpp"

namespace prodclone::checks {

namespace {

using rehearsal::Left;
using rehearsal::Standoff;
using rehearsal::Standoffs;

std::string holder_text(const Standoff& one) {
  return fmt::format("one idle {} of {}", one.holder == rehearsal::Holder::idle_reader ? "reader" : "writer", one.table);
}

std::string first_line(const std::string& text) {
  const auto trim = trimmed(text);
  return std::string(trim.substr(0, trim.find('\n')));
}

std::string text_of(const rehearsal::Attempt& attempt) {
  if (attempt.succeeded) return "succeeded after " + to_string(attempt.took);
  return fmt::format("gave up after {}: {}{}", to_string(attempt.took), first_line(attempt.error), attempt.sqlstate.empty() ? "" : " (" + attempt.sqlstate + ')');
}

// The first attempts, and the last.
std::vector<std::string> attempts_of(const Standoff& one) {
  std::vector<std::string> lines;
  if (!one.waiting_statement.empty()) lines.push_back("it waited in: " + first_line(one.waiting_statement));
  constexpr std::size_t enough = 5;
  for (std::size_t i = 0; i < one.attempts.size(); ++i)
    if (i < enough || i + 1 == one.attempts.size()) lines.push_back(fmt::format("attempt {}: {}", i + 1, text_of(one.attempts[i])));
  return lines;
}

Finding about(const Standoff& one) {
  return {.object = one.table, .where = one.name, .evidence = attempts_of(one)};
}

Findings judge_queue(const Standoff& one, const LockBudgets& budgets) {
  const auto limits = limits_for(budgets, one.table);
  const auto budget = limits.queue;
  const auto reads = one.reads_blocked.value_or(Duration{}), writes = one.writes_blocked.value_or(Duration{});
  if (!one.met || std::max(reads, writes) <= budget) return {};
  auto finding = about(one);
  // As for a missing lock_timeout.
  if (!limits.large.reached_by(one.size, one.rows)) finding.severity = Severity::warning;
  finding.what = fmt::format("With {} in its way, {} of the table queued for {} behind the migration; the budget is {}.", holder_text(one),
                             reads > budget ? "every read and write" : "every write", to_string(std::max(reads, writes)), to_string(budget));
  finding.why = "A report, a forgotten psql or a backup in production is enough for that: the table is down for as long as it runs.";
  finding.remedy = "SET LOCAL lock_timeout = '500ms'; as the first statement of the migration, and run it again when it ends with 55P03 "
                   "(migrations.attempts says how often your deploy does).";
  return {std::move(finding)};
}

// One migration gives up before each of its tables for the same reason: told once.
Findings judge_giving_up(const Standoffs& standoffs) {
  std::map<std::string, std::vector<const Standoff*>> gave_up;
  for (const auto& one : standoffs.fought)
    if (one.met && !one.attempts.back().succeeded) gave_up[one.name].push_back(&one);
  Findings findings;
  for (const auto& [migration, before] : gave_up) {
    const auto& first = *before.front();
    const auto others = std::ssize(before) - 1;
    Finding finding{.severity = Severity::warning, .object = migration, .where = migration, .evidence = attempts_of(first)};
    finding.what = fmt::format("With {} in its way the migration gave up{}; the deploy makes {}.", holder_text(first),
                               others == 0 ? "" : fmt::format(", and so it did before {}", counted(others, "other table")),
                               counted(std::ssize(first.attempts), "attempt"));
    finding.why = "The deploy fails whenever somebody is in its way.";
    finding.remedy = "Run it again when it ends with 55P03, after a pause; migrations.attempts says how often your deploy does.";
    std::vector<std::string> tables;
    for (const auto* one : before)
      if (one != &first) tables.push_back(one->table);
    if (!tables.empty()) finding.evidence.push_back("likewise: " + some_of(tables));
    findings.push_back(std::move(finding));
  }
  return findings;
}

// The schema is the old one, and the tool will not run again: what golang-migrate does after every failure.
Finding refused(const Standoff& one) {
  auto finding = about(one);
  finding.severity = Severity::warning;
  finding.what = fmt::format("After it gave up before {} the schema is as it was, but a second run is not possible.", holder_text(one));
  finding.why = "The deploy stops until somebody mends the tool's own table by hand.";
  finding.remedy = "Have the command at hand that takes the tool back (golang-migrate: migrate force VERSION), or run the migration when nobody is in its way.";
  finding.evidence.push_back("second run: " + text_of(*one.second_run));
  return finding;
}

Findings judge_remains(const Standoff& one) {
  if (one.attempts.empty() || one.attempts.back().succeeded || !one.second_run) return {};
  const bool ran = one.second_run->succeeded, repaired = ran && one.left_then == Left::as_migrated;
  if (one.left == Left::unchanged && repaired) return {};
  if (one.left == Left::unchanged && !ran && one.left_then == Left::unchanged) return {refused(one)};
  auto finding = about(one);
  finding.severity = repaired ? Severity::warning : Severity::failure;
  finding.what = fmt::format("When it gave up before {}, {}; a second run {}.", holder_text(one),
                             one.left == Left::unchanged ? "nothing of the migration stayed" : "a part of the migration stayed",
                             repaired ? "completes it" : ran ? "ends with another schema than an undisturbed one" : "does not complete it");
  finding.why = repaired ? "Until somebody runs it again, production has a schema that nobody has tested."
                         : "Production is left with a schema that no migration knows, and somebody must mend it by hand, at once.";
  if (!ran) finding.evidence.push_back("second run: " + text_of(*one.second_run));
  finding.remedy = "Put statements that belong together into one transaction. Where one must stand alone (CONCURRENTLY), put it into a migration of its "
                   "own, and begin with DROP INDEX CONCURRENTLY IF EXISTS of what a run before may have left invalid.";
  return {std::move(finding)};
}

std::size_t place_in(const std::vector<std::string>& order, const std::string& table) {
  const auto found = std::find_if(order.begin(), order.end(), [&](const std::string& pattern) {
    return matches_glob(pattern, table) || (pattern.find('.') == std::string::npos && matches_glob("public." + pattern, table));
  });
  return static_cast<std::size_t>(found - order.begin());
}

// Each pair once, wherever it was seen.
Findings judge_order(const Standoffs& standoffs, const std::vector<std::string>& order) {
  struct Pair {
    const Standoff* seen = nullptr;
    rehearsal::LockMode mode = {};
  };
  std::map<std::string, std::map<std::pair<std::string, std::string>, Pair>> by_migration;
  for (const auto& one : standoffs.fought)
    for (const auto& held : one.held) by_migration[one.name].try_emplace({held.relation, one.table}, Pair{&one, held.mode});
  Findings findings;
  for (const auto& [migration, pairs] : by_migration) {
    std::vector<std::string> against, unknown;
    for (const auto& [tables, pair] : pairs) {
      const auto held = place_in(order, tables.first), wanted = place_in(order, tables.second);
      const auto text = fmt::format("holds {} on {} while it waits for {}", sql_name(pair.mode), tables.first, tables.second);
      if (held == order.size() || wanted == order.size()) unknown.push_back(text);
      else if (held > wanted) against.push_back(text);
    }
    const auto add = [&](Severity severity, std::vector<std::string> evidence, std::string what) {
      if (evidence.empty()) return;
      if (evidence.size() > 10) {
        const auto more = evidence.size() - 10;
        evidence.resize(10);
        evidence.push_back(fmt::format("and {} more", more));
      }
      findings.push_back({.severity = severity, .object = migration, .what = std::move(what), .where = migration,
                          .why = "A transaction of the application that takes the two tables in the other order deadlocks with it, and one of them is cancelled (40P01).",
                          .remedy = "Take the locks in the application's order first: LOCK TABLE a, b IN … MODE; or keep lock_timeout below the server's "
                                    "deadlock_timeout, so that the migration is the one that yields.",
                          .evidence = std::move(evidence)});
    };
    add(Severity::failure, against, "It takes locks against the application's order (application.lock_order).");
    add(order.empty() ? Severity::note : Severity::warning, unknown,
        order.empty() ? "It holds tables while it waits for others; application.lock_order does not say in which order the application takes them."
                      : "It holds tables while it waits for others that application.lock_order does not name.");
  }
  return findings;
}

}  // namespace

const std::vector<LockRule>& standoff_rules() {
  static const std::vector<LockRule> rules = {
      {"LK10", "traffic does not queue behind a migration that waits"},
      {"LK12", "locks are taken in the application's order"},
      {"LK19", "a migration that gives up leaves nothing half-done"},
  };
  return rules;
}

Findings standoff_findings(const Standoffs& standoffs, const LockBudgets& budgets, const std::vector<std::string>& lock_order,
                           std::chrono::year_month_day today, const std::string& rule) {
  Findings findings;
  if (rule == "LK10") {
    for (const auto& one : standoffs.fought) append(findings, judge_queue(one, budgets));
    append(findings, judge_giving_up(standoffs));
    if (!standoffs.not_rehearsed.empty())
      findings.push_back({.severity = Severity::not_checked,
                          .object = "the pending migrations",
                          .what = fmt::format("{} not rehearsed.", counted(std::ssize(standoffs.not_rehearsed), "meeting was", "meetings were")),
                          .why = "The largest tables come first; what is left may still queue.",
                          .remedy = "More time: budgets.adversary_seconds.",
                          .evidence = standoffs.not_rehearsed});
  } else if (rule == "LK12") {
    findings = judge_order(standoffs, lock_order);
  } else if (rule == "LK19") {
    for (const auto& one : standoffs.fought) append(findings, judge_remains(one));
  } else {
    throw std::logic_error("no rule " + rule);
  }
  for (auto& finding : findings) {
    finding.check = "locks/" + rule;
    apply_exceptions(finding, rule, finding.where, finding.where, budgets, today);
  }
  return findings;
}

}  // namespace prodclone::checks
