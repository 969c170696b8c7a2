#include <prodclone/migrations/migration_failed.hpp>

#include <fmt/format.h>

namespace prodclone::migrations {

namespace {

std::string first_lines(const std::string& text) {
  constexpr std::size_t limit = 300;
  return text.size() <= limit ? text : text.substr(0, limit) + " …";
}

std::string sentence(const FailureFacts& facts) {
  auto text =
      fmt::format("Migration {} failed{}: {}", facts.name, facts.down ? " on the way down" : "", facts.sql.message);
  while (!text.empty() && (text.back() == '\n' || text.back() == '.')) text.pop_back();
  if (!facts.sql.sqlstate.empty()) text += fmt::format(" (SQLSTATE {})", facts.sql.sqlstate);
  text += ".\n  at: " + facts.file.string();
  if (facts.line != 0) text += fmt::format(":{}", facts.line);
  if (!facts.bookkeeping)
    text += fmt::format(", statement {} of {}", facts.index + 1, facts.statements);
  else
    text += ", in what is written around the script";
  if (!facts.sql.detail.empty()) text += "\n  detail: " + facts.sql.detail;
  if (!facts.sql.context.empty()) text += "\n  context: " + facts.sql.context;
  text += "\n  statement: " + first_lines(facts.statement.text);
  text += "\n  left behind: " + facts.state_left;
  return text;
}

}  // namespace

MigrationFailed::MigrationFailed(FailureFacts facts, std::string remedy)
    : Error(Failure::migration_failed, sentence(facts), std::move(remedy)), facts_(std::move(facts)) {}

}  // namespace prodclone::migrations
