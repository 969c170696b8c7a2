#include <prodclone/pg/sql_scanner.hpp>

#include <algorithm>
#include <utility>

#include "sql_scanner_psql.hpp"
#include "sql_scanner_shape.hpp"
#include "sql_scanner_tokens.hpp"

namespace prodclone::pg {
namespace {

using scanning::Backslash;
using scanning::PsqlCommand;
using scanning::PsqlEffect;
using scanning::StatementShape;
using scanning::Token;
using scanning::TokenKind;

constexpr auto npos = std::string_view::npos;

// Line numbers by offset, cheap when asked in about ascending order.
class LineCounter {
 public:
  explicit LineCounter(std::string_view text) : text_(text) {}

  std::size_t line_of(std::size_t offset) {
    const std::size_t low = std::min(offset, offset_);
    const std::size_t high = std::max(offset, offset_);
    const std::string_view between = text_.substr(low, high - low);
    const auto newlines = static_cast<std::size_t>(std::count(between.begin(), between.end(), '\n'));
    line_ = offset >= offset_ ? line_ + newlines : line_ - newlines;
    offset_ = offset;
    return line_;
  }

 private:
  std::string_view text_;
  std::size_t offset_ = 0;
  std::size_t line_ = 1;
};

// Whether the statement sets standard_conforming_strings, and to what.
std::optional<bool> string_setting(std::string_view statement, bool initially) {
  std::size_t at = 0;
  const auto next = [&] {
    const Token token = scanning::significant_token(statement, at);
    at = token.end;
    return statement.substr(token.begin, token.end - token.begin);
  };
  if (!scanning::is_keyword(next(), "SET")) return std::nullopt;
  std::string_view name = next();
  if (scanning::is_keyword(name, "SESSION") || scanning::is_keyword(name, "LOCAL")) name = next();
  if (!scanning::is_keyword(name, "STANDARD_CONFORMING_STRINGS")) return std::nullopt;
  next();  // = or TO
  std::string_view value = next();
  if (value.size() > 2 && value.front() == '\'') value = value.substr(1, value.size() - 2);
  if (scanning::is_keyword(value, "DEFAULT")) return initially;
  for (const std::string_view on : {"ON", "TRUE", "YES", "1"})
    if (scanning::is_keyword(value, on)) return true;
  return false;
}

Backslash meaning_of_backslash(bool standard_conforming_strings) {
  return standard_conforming_strings ? Backslash::literal : Backslash::escapes;
}

// Walks the script once and hands each part to the visitor. Lives only inside for_each_part, so that
// the views it holds cannot outlive what they see.
class Scanner {
 public:
  Scanner(std::string_view script, const ScanOptions& options, const ScriptPartVisitor& visit)
      : script_(script), options_(options), visit_(visit), lines_(script), data_lines_(script),
        limit_(script.size()), backslash_(meaning_of_backslash(options.standard_conforming_strings)) {}

  std::optional<Unterminated> scan();

 private:
  void significant(const Token& token);
  void semicolon(const Token& token);
  void backslash(const Token& token);
  void run_command(std::size_t at, const PsqlCommand& command);
  void send(std::size_t end);
  void cut(std::size_t from, std::size_t resume);
  void copy_data();
  void resume_after_data();
  void finish();
  void report_cut_off(const Token& token);
  void report(std::string what, std::size_t offset);
  std::size_t line_end();

  std::string_view script_;
  const ScanOptions& options_;
  const ScriptPartVisitor& visit_;
  // Data lies ahead of SQL that is still to be read on its line: one counter would run to and fro.
  LineCounter lines_;
  LineCounter data_lines_;
  std::size_t at_ = 0;
  std::size_t line_end_ = 0;  // of the line last asked for
  std::size_t limit_;  // nothing is read beyond; less than the script's size only while data is ahead
  std::optional<std::size_t> after_data_;  // psql takes data from the next line, then ends this line
  Backslash backslash_;
  bool stopped_ = false;
  std::optional<Unterminated> unterminated_;

  // The statement being read.
  bool open_ = false;
  std::size_t begin_ = 0;
  std::size_t piece_ = 0;   // where the piece that is not yet in assembled_ begins
  std::size_t last_ = 0;    // one past its last significant character
  std::size_t parentheses_ = 0;
  std::size_t first_parenthesis_ = 0;
  StatementShape shape_;
  std::string assembled_;   // empty while the statement is one plain piece of the script
};

std::optional<Unterminated> Scanner::scan() {
  if (script_.substr(0, 3) == "\xef\xbb\xbf") at_ = 3;
  while (!stopped_) {
    if (at_ >= limit_) {
      if (!after_data_) break;
      resume_after_data();
      continue;
    }
    const Token token = scanning::token_at(script_.substr(0, limit_), at_, backslash_);
    at_ = token.end;
    switch (token.kind) {
      case TokenKind::space: break;
      case TokenKind::comment: break;
      case TokenKind::semicolon: semicolon(token); break;
      case TokenKind::backslash: backslash(token); break;
      default: significant(token);
    }
    if (!token.closed) {
      report_cut_off(token);
      break;
    }
  }
  finish();
  return std::move(unterminated_);
}

void Scanner::significant(const Token& token) {
  if (!open_) {
    open_ = true;
    begin_ = piece_ = token.begin;
    parentheses_ = 0;
    shape_ = {};
  }
  last_ = token.end;
  shape_.see(token.kind, script_.substr(token.begin, token.end - token.begin), parentheses_);
  if (token.kind == TokenKind::open && parentheses_++ == 0) first_parenthesis_ = token.begin;
  if (token.kind == TokenKind::close && parentheses_ > 0) --parentheses_;
}

void Scanner::semicolon(const Token& token) {
  if (!open_) return;
  if (parentheses_ > 0 || shape_.in_body()) return significant(token);
  send(token.begin);
  for (std::size_t copies = shape_.copies_from_stdin(); copies > 0; --copies) copy_data();
}

void Scanner::backslash(const Token& token) {
  if (!options_.psql_commands) return significant(token);
  const char next = at_ < limit_ ? script_[at_] : '\0';
  if (next == ';' || next == ':') {
    ++at_;
    if (!open_) return;
    cut(token.begin, token.begin + 1);
    last_ = at_;
    if (next == ';') shape_.next_statement();
    return;
  }
  run_command(token.begin, scanning::psql_command_at(script_, token.begin, line_end()));
}

void Scanner::run_command(std::size_t at, const PsqlCommand& command) {
  at_ = command.resume;
  std::size_t copies = 0;
  if (open_) {
    if (command.effect == PsqlEffect::sends) {
      copies = shape_.copies_from_stdin();
      send(std::max(last_, piece_));
    } else if (command.effect == PsqlEffect::discards) {
      open_ = false;
      assembled_.clear();
    } else {
      cut(at, command.resume);
    }
  }
  for (; copies > 0; --copies) copy_data();
  std::size_t end = command.end;
  while (scanning::is_blank(script_[end - 1])) --end;
  const std::size_t line = lines_.line_of(at);
  visit_({ScriptPartKind::psql_command, script_.substr(at, end - at), at, line, line});
  if (command.effect == PsqlEffect::reads_data) copy_data();
  stopped_ = command.effect == PsqlEffect::ends_script;
}

// Leaves script[from, resume) out of the statement.
void Scanner::cut(std::size_t from, std::size_t resume) {
  assembled_ += script_.substr(piece_, from - piece_);
  // A command on lines of its own leaves no empty line behind.
  if (resume >= limit_ || script_[resume] == '\n')
    while (scanning::is_blank(assembled_.back())) assembled_.pop_back();
  piece_ = resume;
}

void Scanner::send(std::size_t end) {
  std::string_view text = script_.substr(piece_, end - piece_);
  if (!assembled_.empty()) {
    assembled_ += text;
    text = assembled_;
  }
  const std::size_t line = lines_.line_of(begin_);
  visit_({ScriptPartKind::statement, text, begin_, line, lines_.line_of(last_ - 1)});
  if (const auto conforming = string_setting(text, options_.standard_conforming_strings))
    backslash_ = meaning_of_backslash(*conforming);
  open_ = false;
  assembled_.clear();
}

// Visits the data that begins on the next line and remembers where SQL goes on after it. What stands
// behind the semicolon on this line is read next, as psql does, since it has the whole line already.
void Scanner::copy_data() {
  if (!after_data_) {
    limit_ = line_end();
    after_data_ = std::min(limit_ + 1, script_.size());
  }
  const std::size_t begin = *after_data_;
  std::size_t end = begin;
  while (true) {
    const std::string_view rest = script_.substr(end, 4);
    if (rest.starts_with("\\.\n") || rest == "\\.\r\n" || rest == "\\." || rest == "\\.\r") {
      after_data_ = std::min(script_.find('\n', end), script_.size() - 1) + 1;
      break;
    }
    const std::size_t newline = script_.find("\n\\.", end);
    if (newline == npos) {
      end = script_.size();
      after_data_ = end;
      if (!unterminated_) unterminated_ = Unterminated{"COPY data", data_lines_.line_of(begin)};
      break;
    }
    end = newline + 1;
  }
  const std::size_t line = data_lines_.line_of(begin);
  visit_({ScriptPartKind::copy_data, script_.substr(begin, end - begin), begin, line,
          end > begin ? data_lines_.line_of(end - 1) : line});
}

void Scanner::resume_after_data() {
  if (open_) {
    assembled_ += script_.substr(piece_, limit_ - piece_);
    assembled_ += '\n';
    piece_ = *after_data_;
  }
  at_ = *after_data_;
  after_data_.reset();
  limit_ = script_.size();
}

void Scanner::finish() {
  if (!open_) return;
  if (parentheses_ > 0) report("parenthesis", first_parenthesis_);
  if (shape_.in_body()) report("BEGIN ATOMIC body", begin_);
  const std::size_t copies = shape_.copies_from_stdin();
  send(std::max(last_, piece_));
  for (std::size_t i = 0; i < copies; ++i) copy_data();
}

void Scanner::report_cut_off(const Token& token) {
  switch (token.kind) {
    case TokenKind::comment: return report("comment", token.begin);
    case TokenKind::quoted_name: return report("quoted identifier", token.begin);
    case TokenKind::dollar_string:
      return report("dollar quote " + std::string(scanning::dollar_tag(script_.substr(token.begin))), token.begin);
    default: return report("quoted string", token.begin);
  }
}

std::size_t Scanner::line_end() {
  if (line_end_ < at_) line_end_ = std::min(script_.find('\n', at_), limit_);
  return line_end_;
}

// Keeps the first: the innermost, of which the others are consequences.
void Scanner::report(std::string what, std::size_t offset) {
  if (!unterminated_) unterminated_ = Unterminated{std::move(what), lines_.line_of(offset)};
}

}  // namespace

std::optional<Unterminated> for_each_part(std::string_view script, const ScanOptions& options,
                                          const ScriptPartVisitor& visit) {
  return Scanner(script, options, visit).scan();
}

ScanResult scan_script(std::string_view script, const ScanOptions& options) {
  ScanResult result;
  result.unterminated = for_each_part(script, options, [&result](const ScriptPartView& part) {
    result.parts.push_back({part.kind, std::string(part.text), part.offset, part.line, part.end_line});
  });
  return result;
}

}  // namespace prodclone::pg
