#include "script.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <prodclone/base/text.hpp>
#include <prodclone/pg/sql_scanner.hpp>

namespace prodclone::migrations {

namespace {

using pg::TransactionControl;

bool ends_transaction(TransactionControl control) {
  return control == TransactionControl::commit || control == TransactionControl::rollback ||
         control == TransactionControl::prepared;
}

class Reading {
 public:
  Reading(const ScriptSource& source, std::vector<Problem>& problems) : source_(source), problems_(problems) {
    script_.file = source.file;
    script_.content = source.content;
    script_.transactional = source.transactional;
  }

  void read(const Message& message, std::size_t number) {
    const auto scan = pg::scan_script(message.text, {.psql_commands = source_.psql});
    std::vector<Statement> statements;
    for (const auto& part : scan.parts) {
      const auto line = message.first_line + part.line - 1;
      switch (part.kind) {
        case pg::ScriptPartKind::statement:
          statements.push_back({.text = part.text, .file = source_.file, .line = line, .message = number});
          break;
        case pg::ScriptPartKind::copy_data:
          if (!statements.empty()) statements.back().copy_data = part.text;
          if (!source_.psql) report_copy(line);
          break;
        case pg::ScriptPartKind::psql_command:
          report(ProblemKind::psql_command, true, line, fmt::format("{} is a command of psql, not SQL.", part.text),
                 "Write it as SQL, or take it out of the script.");
          break;
      }
    }
    if (scan.unterminated)
      report(ProblemKind::unterminated, true, message.first_line + scan.unterminated->line - 1,
             fmt::format("The {} that begins here is never closed.", scan.unterminated->what),
             "Close it; the statements behind it are not what they look like.");
    judge(statements);
    if (source_.layout == Layout::migratus && !source_.uncut) report_batch(statements);
    if (must_stay_whole(statements)) statements = {whole(message, statements.front())};
    std::move(statements.begin(), statements.end(), std::back_inserter(script_.statements));
  }

  Script finish() {
    if (opened_at_ != 0)
      report(ProblemKind::escapes_transaction, false, opened_at_,
             "This BEGIN has no COMMIT: the script leaves its transaction open.",
             "End it with COMMIT, or leave BEGIN out.");
    return std::move(script_);
  }

 private:
  void report(ProblemKind kind, bool stops_tool, std::size_t line, std::string what, std::string remedy) {
    problems_.push_back({kind, stops_tool, source_.migration, source_.file, line, std::move(what), std::move(remedy)});
  }

  void report_copy(std::size_t line) {
    if (source_.layout == Layout::automatic) return;
    report(ProblemKind::copy_data, false, line,
           fmt::format("{} cannot send the data of COPY … FROM STDIN: its driver has no way to feed it.",
                       tool_facts(source_.layout).tool),
           "Write the rows as INSERT … VALUES.");
  }

  // Migratus gives each piece to pgjdbc as a batch of one. The driver cuts it at `;` and then finds more update counts
  // than the batch has entries; results that are rows it does not count (pgjdbc 42.5).
  void report_batch(const std::vector<Statement>& statements) {
    for (std::size_t i = 1; i < statements.size(); ++i) {
      const auto word = pg::statement_words(statements[i].text, 1);
      static const std::vector<std::string> with_rows{"SELECT", "VALUES", "TABLE", "WITH", "SHOW", "EXPLAIN", "FETCH"};
      if (std::find(with_rows.begin(), with_rows.end(), word) != with_rows.end()) continue;
      report(ProblemKind::several_statements, false, statements[i].line,
             "This is a second statement before the next `--;;`: Migratus runs it, then fails with \"Too many update "
             "results were returned\".",
             "Put a line `--;;` before it.");
      return;
    }
  }

  void judge(const std::vector<Statement>& statements) {
    for (std::size_t i = 0; i < statements.size(); ++i) {
      const auto& statement = statements[i];
      const auto control = pg::transaction_control(statement.text);
      const auto words = pg::statement_words(statement.text, 2);
      const bool last = i + 1 == statements.size();
      if (source_.transactional) {
        if (control == TransactionControl::begin || ends_transaction(control))
          report(ProblemKind::escapes_transaction, false, statement.line,
                 control == TransactionControl::begin
                     ? fmt::format("{} inside the transaction that {} has already opened does nothing but warn.", words,
                                   tool_name())
                     : fmt::format(
                           "{} ends the transaction of {}: what follows is not undone when a later statement fails, "
                           "and the record of the migration is written on its own.",
                           words, tool_name()),
                 "Leave it out; " + std::string(own_transaction()));
      } else if (control == TransactionControl::begin) {
        if (i > 0)
          report(
              ProblemKind::escapes_transaction, false, statement.line,
              fmt::format("{} in the middle of what is sent at one go: the statements before it join its transaction.",
                          words),
              "Put BEGIN first, or leave it out.");
        opened_at_ = statement.line;
      } else if (ends_transaction(control)) {
        if (!last)
          report(ProblemKind::escapes_transaction, false, statement.line,
                 fmt::format("{} comes before the end: what is above it stays when a statement below it fails.", words),
                 "Put what follows into a migration of its own.");
        opened_at_ = 0;
      }
      if (pg::refuses_transaction_block(statement.text) && (source_.transactional || statements.size() > 1))
        report(
            ProblemKind::refuses_transaction, false, statement.line,
            source_.transactional
                ? fmt::format("PostgreSQL refuses {} inside a transaction, and {} has opened one.",
                              pg::statement_words(statement.text, 3), tool_name())
                : fmt::format("PostgreSQL refuses {} beside other statements of one message, which form a transaction.",
                              pg::statement_words(statement.text, 3)),
            std::string(own_transaction()));
    }
  }

  // Several statements of one message form a transaction, in which SAVEPOINT is refused and PREPARE TRANSACTION means
  // something else than in the block that would be opened to send them one by one.
  bool must_stay_whole(const std::vector<Statement>& statements) const {
    if (source_.transactional || statements.size() < 2) return false;
    return std::any_of(statements.begin(), statements.end(), [](const Statement& statement) {
      const auto control = pg::transaction_control(statement.text);
      return control == TransactionControl::savepoint || control == TransactionControl::prepared;
    });
  }

  static Statement whole(const Message& message, const Statement& first) {
    Statement statement = first;
    // The line of a position counts from the text's first character, so it must be that of the first statement.
    const auto at = message.text.find(first.text);
    statement.text = message.text.substr(at == std::string::npos ? 0 : at);
    if (at == std::string::npos) statement.line = message.first_line;
    return statement;
  }

  std::string_view tool_name() const {
    return source_.layout == Layout::automatic ? "prodclone" : tool_facts(source_.layout).tool;
  }
  std::string_view own_transaction() const {
    return source_.layout == Layout::automatic ? "put it into a script of its own."
                                               : tool_facts(source_.layout).own_transaction;
  }

  const ScriptSource& source_;
  std::vector<Problem>& problems_;
  Script script_;
  std::size_t opened_at_ = 0;
};

}  // namespace

Script make_script(const ScriptSource& source, const std::vector<Message>& messages, std::vector<Problem>& problems) {
  Reading reading(source, problems);
  for (std::size_t i = 0; i < messages.size(); ++i) reading.read(messages[i], i);
  return reading.finish();
}

std::size_t line_of_position(const std::string& text, std::size_t first_line, int position) {
  std::size_t line = first_line;
  int character = 1;
  for (std::size_t i = 0; i < text.size() && character < position; ++i) {
    const bool next_starts = i + 1 >= text.size() || (static_cast<unsigned char>(text[i + 1]) & 0xC0) != 0x80;
    if (text[i] == '\n') ++line;
    if (next_starts) ++character;
  }
  return line;
}

}  // namespace prodclone::migrations
