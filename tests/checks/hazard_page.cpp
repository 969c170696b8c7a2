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
                      major_and_minor(examples.front().bad.trace.server.version));
  for (std::size_t i = 0; i < examples.size(); ++i) {
    const auto& example = hazard.examples[i];
    page += fmt::format("\n## {}\n\n{}\n{}\n{}", example.name, sql_block(example.bad), measured(examples[i].bad.trace), said(examples[i].bad.findings, examples[i].bad.trace.database));
    page += fmt::format("\nInstead:\n\n{}\n{}", sql_block(example.good), measured(examples[i].good.trace));
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
  return std::regex_replace(page, figure, "#");
}

}  // namespace prodclone::checks
