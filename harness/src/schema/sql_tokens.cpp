#include "sql_tokens.hpp"

#include <cctype>

namespace prodclone::schema {

namespace {

bool starts_identifier(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) || c == '_' || (c & 0x80) != 0;
}
bool continues_identifier(char c) {
  return starts_identifier(c) || std::isdigit(static_cast<unsigned char>(c)) || c == '$';
}

// From the opening quote on; leaves `at` behind the closing one.
std::string quoted(std::string_view sql, std::size_t& at, bool backslashes) {
  const char quote = sql[at++];
  std::string text;
  for (; at < sql.size(); ++at) {
    if (backslashes && sql[at] == '\\' && at + 1 < sql.size()) {
      text += sql[at++];
      text += sql[at];
    } else if (sql[at] == quote) {
      if (at + 1 >= sql.size() || sql[at + 1] != quote) break;
      text += sql[at++];
    } else {
      text += sql[at];
    }
  }
  if (at < sql.size()) ++at;
  return text;
}

}  // namespace

std::vector<SqlToken> sql_tokens(std::string_view sql) {
  std::vector<SqlToken> tokens;
  std::size_t at = 0;
  const auto add = [&](TokenKind kind, std::size_t begin, std::string text, bool is_quoted) {
    tokens.push_back({kind, std::move(text), is_quoted, begin, at});
  };
  while (at < sql.size()) {
    const char c = sql[at];
    const auto begin = at;
    if (std::isspace(static_cast<unsigned char>(c))) {
      ++at;
    } else if (c == '"') {
      auto text = quoted(sql, at, false);
      add(TokenKind::identifier, begin, std::move(text), true);
    } else if (c == '\'') {
      auto text = quoted(sql, at, false);
      add(TokenKind::literal, begin, std::move(text), false);
    } else if ((c == 'E' || c == 'e') && at + 1 < sql.size() && sql[at + 1] == '\'') {
      auto text = quoted(sql, ++at, true);
      add(TokenKind::literal, begin, std::move(text), false);
    } else if (starts_identifier(c)) {
      while (at < sql.size() && continues_identifier(sql[at])) ++at;
      add(TokenKind::identifier, begin, std::string(sql.substr(begin, at - begin)), false);
    } else if (std::isdigit(static_cast<unsigned char>(c))) {
      while (at < sql.size() && (continues_identifier(sql[at]) || sql[at] == '.')) ++at;
      add(TokenKind::number, begin, std::string(sql.substr(begin, at - begin)), false);
    } else {
      ++at;
      add(TokenKind::symbol, begin, std::string(1, c), false);
    }
  }
  return tokens;
}

}  // namespace prodclone::schema
