#include "sql_scanner_psql.hpp"

#include <algorithm>
#include <array>

#include "sql_scanner_tokens.hpp"

namespace prodclone::pg::scanning {
namespace {

template <std::size_t count>
bool contains(const std::array<std::string_view, count>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

constexpr std::array<std::string_view, 9> senders = {"g",     "gx",           "gset",  "gexec",       "gdesc",
                                                     "watch", "crosstabview", "parse", "sendpipeline"};
// Their argument is the rest of the line, backslashes and quotes included.
constexpr std::array<std::string_view, 8> line_takers = {"!", "copy", "h", "help", "ef", "ev", "sf", "sv"};
constexpr std::array<std::string_view, 6> pipe_takers = {"g", "gx", "o", "out", "w", "write"};

bool copies_from_stdin(std::string_view arguments) {
  int depth = 0;
  bool after_from = false;
  for (Token token = significant_token(arguments, 0); token.kind != TokenKind::space;
       token = significant_token(arguments, token.end)) {
    if (token.kind == TokenKind::open) ++depth;
    if (token.kind == TokenKind::close) --depth;
    const std::string_view text = arguments.substr(token.begin, token.end - token.begin);
    const bool is_word = token.kind == TokenKind::word && depth == 0;
    if (after_from) return is_word && (is_keyword(text, "STDIN") || is_keyword(text, "STDOUT"));
    after_from = is_word && is_keyword(text, "FROM");
  }
  return false;
}

// psql throws the rest of the line away after a command that it does not know. Its names change with
// its version, so only what can be no name is taken for unknown.
bool may_be_known(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '+' || c == '!' || c == '?';
  });
}

PsqlEffect effect_of(std::string_view name, std::string_view arguments) {
  if (contains(senders, name)) return PsqlEffect::sends;
  if (name == "r" || name == "reset") return PsqlEffect::discards;
  if (name == "q" || name == "quit") return PsqlEffect::ends_script;
  if (name == "copy" && copies_from_stdin(arguments)) return PsqlEffect::reads_data;
  return PsqlEffect::none;
}

std::size_t after_quoted(std::string_view line, std::size_t at) {
  const char quote = line[at++];
  for (; at < line.size(); ++at) {
    if (line[at] == quote) return at + 1;
    if (line[at] == '\\' && quote == '\'') ++at;
  }
  return line.size();
}

// The first backslash outside the arguments' quotes, or the line's end.
std::size_t arguments_end(std::string_view line, std::size_t at, bool takes_pipe) {
  bool argument_starts = true;
  while (at < line.size()) {
    const char c = line[at];
    if (c == '\\') return at;
    if (c == '|' && argument_starts && takes_pipe) return line.size();
    argument_starts = is_blank(c);
    at = c == '\'' || c == '"' || c == '`' ? after_quoted(line, at) : at + 1;
  }
  return line.size();
}

}  // namespace

PsqlCommand psql_command_at(std::string_view script, std::size_t at, std::size_t line_end) {
  const std::string_view line = script.substr(0, line_end);
  std::size_t name_end = at + 1;
  while (name_end < line_end && !is_blank(line[name_end]) && line[name_end] != '\\') ++name_end;
  const std::string_view name = line.substr(at + 1, name_end - at - 1);
  PsqlCommand command;
  const bool whole_line = !may_be_known(name) || contains(line_takers, name);
  command.end = whole_line ? line_end : arguments_end(line, name_end, contains(pipe_takers, name));
  command.effect = effect_of(name, line.substr(name_end, command.end - name_end));
  const bool separator = line.substr(command.end, 2) == "\\\\";
  command.resume = separator ? command.end + 2 : command.end;
  return command;
}

}  // namespace prodclone::pg::scanning
