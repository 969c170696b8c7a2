#include <prodclone/migrations/migration_failed.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace prodclone::migrations {

namespace {

std::string first_lines(const std::string& text) {
  constexpr std::size_t limit = 300;
  return text.size() <= limit ? text : text.substr(0, limit) + " …";
}

// Ended from outside: the connection was cut, the server stopped, its disk was full. Nothing is known of the migration.
bool interrupted(const pg::SqlFacts& sql) {
  constexpr std::string_view states[] = {"", "57P01", "57P02", "57P03", "53100", "58030"};
  return sql.sqlstate.starts_with("08") || std::find(std::begin(states), std::end(states), sql.sqlstate) != std::end(states);
}

std::string sentence(const FailureFacts& facts) {
  auto text = fmt::format("Migration {} {}{}: {}", facts.name, interrupted(facts.sql) ? "could not be finished" : "failed",
                          facts.down ? " on the way down" : "", facts.sql.message);
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

std::string cure(const pg::SqlFacts& sql) {
  if (sql.sqlstate == "53100") return "The server's disk is full: free some room; what a migration rewrites needs its size once more.";
  return "This says nothing about the migration: the server was stopped or restarted, or it ended the session. See why in its log, then try again.";
}

}  // namespace

MigrationFailed::MigrationFailed(FailureFacts facts, std::string remedy)
    : Error(interrupted(facts.sql) ? Failure::could_not_check : Failure::migration_failed, sentence(facts),
            interrupted(facts.sql) ? cure(facts.sql) : std::move(remedy)),
      facts_(std::move(facts)) {}

}  // namespace prodclone::migrations
