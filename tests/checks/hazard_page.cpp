#include "hazard_page.hpp"

#include <fmt/format.h>

#include <regex>
#include <set>

#include <prodclone/base/text.hpp>

namespace prodclone::checks {

namespace {

using prodclone::to_string;

std::string sql_block(const HazardScript& script) {
  std::string text = "```sql\n";
  const bool one = script.transactions == ScriptTransactions::one && script.statements.size() > 1;
  if (one) text += "BEGIN;\n";
  for (const auto& statement : script.statements) text += statement + ";\n";
  if (one) text += "COMMIT;\n";
  return text + "```\n";
}

std::string measured(const rehearsal::LockTrace& trace) {
  std::string rows;
  for (const auto& migration : trace.migrations)
    for (const auto& statement : migration.statements) {
      if (statement.text.starts_with("SET ")) continue;
      std::vector<std::string> held;
      std::set<std::string> work;  // the server is free in its order
      for (const auto& lock : statement.locks) {
        const bool shown = lock.pre_existing && lock.mode >= rehearsal::LockMode::share_update_exclusive && lock.relation == lock.table &&
                           !lock.relation.starts_with("pg_toast.");
        if (shown) held.push_back(fmt::format("{} on {} for {}", sql_name(lock.mode), lock.relation, to_string(lock.held)));
      }
      for (const auto& rewrite : statement.rewrites)
        if (rewrite.pre_existing) work.insert(fmt::format("{} {}", rewrite.relation, rewrite.reason == "index_rebuilt" ? "rebuilt" : rewrite.reason));
      for (const auto& scan : statement.scans)
        if (scan.pre_existing) work.insert(scan.relation + " read whole");
      const auto failed = statement.error_sqlstate.empty() ? "" : ", " + statement.error_sqlstate;
      // What is looked at while it runs is not seen the same each time.
      if (statement.command.find("CONCURRENTLY") != std::string::npos) held = {"looked at while it ran"};
      rows += fmt::format("| `{}` | {}{} | {} | {} |\n", statement.text, to_string(statement.took), failed, joined(held, "; "), joined({work.begin(), work.end()}, "; "));
    }
  return "| statement | took | holds | work |\n|---|---|---|---|\n" + rows;
}

std::string attempts_of(const rehearsal::Standoff& one) {
  if (one.attempts.back().succeeded) return one.attempts.size() == 1 ? "succeeded" : "succeeded when tried again";
  return "gave up: " + one.attempts.back().sqlstate;
}

std::string measured(const rehearsal::Standoffs& standoffs) {
  std::string rows;
  for (const auto& one : standoffs.fought) {
    std::vector<std::string> held;
    for (const auto& lock : one.held) held.push_back(fmt::format("{} on {}", sql_name(lock.mode), lock.relation));
    const auto waited = [](const std::optional<rehearsal::Duration>& time) { return time ? to_string(*time) : "0 ms"; };
    rows += fmt::format("| an idle {} of {} | {} | {} | {} | {} | {} |\n", one.holder == rehearsal::Holder::idle_reader ? "reader" : "writer", one.table,
                        attempts_of(one), waited(one.reads_blocked), waited(one.writes_blocked), joined(held, "; "),
                        one.left == rehearsal::Left::as_migrated ? "the new schema" : one.left == rehearsal::Left::unchanged ? "the old schema" : "a part");
  }
  return "| in its way | the migration | a read waited | a write waited | held meanwhile | left |\n|---|---|---|---|---|---|\n" + rows;
}

std::string measured(const rehearsal::TrafficTrace& traffic) {
  std::string rows;
  for (const auto& table : traffic.tables) {
    const auto felt = [](const rehearsal::Blocking& blocking) { return blocking.probe ? to_string(blocking.probe->longest) : "not probed"; };
    const auto through = [&] {
      std::set<std::string> names;
      for (const auto* side : {&table.reads, &table.writes})
        for (const auto& window : side->windows) names.insert(window.through.begin(), window.through.end());
      return joined({names.begin(), names.end()}, ", ");
    };
    rows += fmt::format("| {} | {} | {} | {} | {} | {} |\n", table.table, to_string(table.reads.longest), felt(table.reads), to_string(table.writes.longest), felt(table.writes), through());
  }
  std::string text = rows.empty() ? "Nobody had to wait.\n" : "| table | reads blocked | a read waited | writes blocked | a write waited | through |\n|---|---|---|---|---|---|\n" + rows;
  for (const auto& stale : traffic.stale_plans) text += fmt::format("\n`{}`, prepared before: {} ({})\n", stale.statement, stale.message, stale.sqlstate);
  return text;
}

std::string measured(const Hazard& hazard, const MeasuredScript& script) {
  if (hazard.by == MeasuredBy::traffic) return measured(script.traffic);
  return hazard.by == MeasuredBy::standoffs ? measured(script.standoffs) : measured(script.trace);
}

// "15.18", without the packager's "(Debian …)"
std::string major_and_minor(const std::string& version) { return version.substr(0, version.find(' ')); }

std::string said(Findings findings, const std::string& database) {
  for (auto& finding : findings)
    if (finding.where == database) finding.where = "the sample";
  return fmt::format("```\n{}\n```\n", trimmed(to_string(findings))); }

}  // namespace

std::string hazard_page(const Hazard& hazard, const std::vector<MeasuredExample>& examples) {
  auto page = fmt::format("# {}: {}\n\n", hazard.id, hazard.title);
  page += fmt::format("**When it speaks.** {}\n\n**Who is hurt.** {}\n\n**How it is measured.** {}\n\n**Safer.** {}\n\n", hazard.condition, hazard.effect,
                      hazard.measured, hazard.safer);
  std::vector<std::string> names;
  for (const auto& name : hazard.budgets) names.push_back('`' + name + '`');
  page += names.empty() ? "" : "**Budgets** (`prodclone.json`, [locks.md](../locks.md)): " + joined(names, ", ") + ".\n\n";
  page += fmt::format("The check is `{}`. Below: what PostgreSQL {} and prodclone answered, on the sample of [README.md](README.md).\n", hazard.check,
                      major_and_minor(examples.front().bad.server));
  for (std::size_t i = 0; i < examples.size(); ++i) {
    const auto& example = hazard.examples[i];
    page += fmt::format("\n## {}\n\n{}\n{}\n{}", example.name, sql_block(example.bad), measured(hazard, examples[i].bad), said(examples[i].bad.findings, examples[i].bad.database));
    page += fmt::format("\nInstead:\n\n{}\n{}", sql_block(example.good), measured(hazard, examples[i].good));
    page += "\nNothing to say.\n";
  }
  return page;
}

std::string hazard_index(const std::vector<Hazard>& book) {
  std::string page =
      "# What a migration does to live traffic, by rule\n\n"
      "Each page holds a script that the rule flags and one that it does not, with what a real server answered. Made by prodclone's own\n"
      "tests (`PRODCLONE_RENEW_DOCS=1 ctest -R Hazard`), which run every script on every build; only the figures differ.\n\n"
      "| rule | | judged by |\n|---|---|---|\n";
  for (const auto& hazard : book) page += fmt::format("| [{0}]({0}.md) | {1} | `{2}` |\n", hazard.id, hazard.title, hazard.check);
  page += "\n## The sample\n\n```sql\n" + rule_book_sample() + "```\n\nThere a table of ";
  page += fmt::format("{:.0f} rows counts as large, and statements have {:.0f} ms.\n", rule_book_budgets().at("large_rows"), rule_book_budgets().at("statement_ms"));
  return page;
}

std::string without_figures(const std::string& page) {
  static const std::regex figure(R"([0-9][0-9,.]*( M)?( (µs|ms|s|min|bytes|kB|MB|GB))?\b)");
  std::string kept;
  for (const auto& line : lines_of(page)) {
    const bool looked_at = line.starts_with("| public.") || line.starts_with("| table |") || line.starts_with("Nobody had to wait") || line.starts_with("|---") ||
                           line.starts_with("  seen:");
    if (!looked_at) kept += line + '\n';
  }
  return std::regex_replace(kept, figure, "#");
}

}  // namespace prodclone::checks
