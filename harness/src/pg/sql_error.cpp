#include <prodclone/pg/sql_error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace prodclone::pg {

namespace {

std::string first_lines(const std::string& statement) {
  constexpr std::size_t limit = 300;
  return statement.size() <= limit ? statement : statement.substr(0, limit) + " …";
}

std::string sentence(const SqlFacts& facts) {
  std::string text = facts.message.empty() ? "PostgreSQL gave no reason" : facts.message;
  while (!text.empty() && (text.back() == '\n' || text.back() == '.')) text.pop_back();
  if (!facts.sqlstate.empty()) text += fmt::format(" (SQLSTATE {})", facts.sqlstate);
  text += '.';
  if (!facts.detail.empty()) text += "\n  detail: " + facts.detail;
  if (!facts.context.empty()) text += "\n  context: " + facts.context;
  if (!facts.statement.empty()) text += "\n  statement: " + first_lines(facts.statement);
  return text;
}

std::string remedy(const SqlFacts& facts) { return facts.hint.empty() ? "" : "Hint: " + facts.hint; }

}  // namespace

SqlError::SqlError(SqlFacts facts, Failure failure)
    : Error(failure, sentence(facts), pg::remedy(facts)), facts_(std::move(facts)) {}

bool SqlError::is(std::string_view code) const {
  return code.size() == 2 ? facts_.sqlstate.substr(0, 2) == code : facts_.sqlstate == code;
}

bool SqlError::connection_lost() const { return facts_.sqlstate.empty() || is("08") || is("57P01") || is("57P02"); }

bool SqlError::retryable() const { return is("55P03") || is("40P01") || is("40001") || is("57P03"); }

}  // namespace prodclone::pg
