#include <prodclone/data/query_script.hpp>

#include <fmt/format.h>

#include <algorithm>

#include <prodclone/pg/driver.hpp>
#include <prodclone/pg/sql_scanner.hpp>

namespace prodclone::data {

namespace {

// A cursor brings the first rows and the number of all, however many there are.
constexpr std::string_view declare_cursor = "DECLARE prodclone_rows NO SCROLL CURSOR FOR ";

bool fits_cursor(const std::string& statement) {
  if (statement.starts_with('(')) return true;
  const auto word = pg::statement_words(statement, 1);
  return word == "SELECT" || word == "WITH" || word == "VALUES" || word == "TABLE";
}

void take_rows(QueryReport& report, const pg::Result& result, std::size_t limit) {
  report.columns = result.columns();
  report.query = !report.columns.empty();
  for (std::size_t row = 0; row < std::min(result.rows(), limit); ++row) {
    auto& cells = report.rows.emplace_back();
    for (std::size_t column = 0; column < report.columns.size(); ++column) cells.push_back(result.cell(row, column));
  }
  report.count = static_cast<std::int64_t>(result.rows());
}

void run_statement(pg::Driver& driver, QueryReport& report, std::size_t limit) {
  if (!fits_cursor(report.text)) {
    take_rows(report, driver.run(report.text), limit);
    return;
  }
  driver.run(std::string(declare_cursor) + report.text);
  const auto first = driver.run(fmt::format("FETCH {} FROM prodclone_rows", limit));
  take_rows(report, first, limit);
  report.query = true;
  // By its tag: "SELECT FROM t" has rows and no column.
  report.count = first.affected_rows() + driver.run("MOVE FORWARD ALL FROM prodclone_rows").affected_rows();
  driver.run("CLOSE prodclone_rows");
}

// The line of the statement's n-th character.
std::size_t line_of(const QueryReport& report, int position) {
  std::size_t line = report.line;
  int characters = 0;
  for (const char c : report.text) {
    if ((static_cast<unsigned char>(c) & 0xC0) != 0x80 && ++characters >= position) break;
    if (c == '\n') ++line;
  }
  return line;
}

std::string said(const pg::SqlFacts& facts) {
  auto text = facts.sqlstate.empty() ? facts.message : fmt::format("{} (SQLSTATE {})", facts.message, facts.sqlstate);
  if (!facts.detail.empty()) text += "; " + facts.detail;
  if (!facts.hint.empty()) text += "; " + facts.hint;
  return text;
}

void run_guarded(pg::Driver& driver, QueryReport& report, std::size_t limit) {
  driver.run("SAVEPOINT prodclone_statement");
  try {
    run_statement(driver, report, limit);
    driver.run("RELEASE SAVEPOINT prodclone_statement");
  } catch (const pg::SqlError& error) {
    if (error.connection_lost()) throw;
    driver.run("ROLLBACK TO SAVEPOINT prodclone_statement");
    report.rows.clear();
    report.error = said(error.facts());
    const auto prefix = fits_cursor(report.text) ? static_cast<int>(declare_cursor.size()) : 0;
    if (error.facts().position > prefix) report.line = line_of(report, error.facts().position - prefix);
  }
}

std::string refusal(const pg::ScriptPart& part) {
  if (part.kind == pg::ScriptPartKind::psql_command) return "A command of psql is not run here: write SQL.";
  if (part.kind == pg::ScriptPartKind::copy_data) return "COPY data is not read here.";
  if (pg::transaction_control(part.text) != pg::TransactionControl::none)
    return "The file runs in one read-only transaction, which it can neither begin nor end.";
  return {};
}

}  // namespace

bool QueryScriptReport::asks() const {
  return std::any_of(statements.begin(), statements.end(), [](const QueryReport& one) { return one.query; });
}

QueryScriptReport run_query_script(const pg::ConnInfo& database, std::string_view script, const QueryScriptOptions& options) {
  QueryScriptReport report{.database = database.database};
  const auto scanned = pg::scan_script(script);
  if (scanned.unterminated) {
    report.statements.push_back({.line = scanned.unterminated->line, .error = fmt::format("The {} that begins here does not end.", scanned.unterminated->what)});
    return report;
  }
  pg::Driver driver(database);
  driver.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  driver.run(fmt::format("SET LOCAL row_security = off; SET LOCAL cursor_tuple_fraction = 1; SET LOCAL statement_timeout = {}", options.deadline.count()));
  // After the first query the transaction can no longer be made writable.
  driver.run("SELECT 1");
  for (const auto& part : scanned.parts) {
    QueryReport statement{.line = part.line, .text = part.text, .error = refusal(part)};
    if (statement.error.empty()) run_guarded(driver, statement, options.rows);
    report.statements.push_back(std::move(statement));
  }
  driver.run("ROLLBACK");
  return report;
}

}  // namespace prodclone::data
