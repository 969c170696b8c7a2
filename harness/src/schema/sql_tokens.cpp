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
  while (at < sql.size()) {
    const char c = sql[at];
    if (std::isspace(static_cast<unsigned char>(c))) {
      ++at;
    } else if (c == '"') {
      tokens.push_back({TokenKind::identifier, quoted(sql, at, false), true});
    } else if (c == '\'') {
      tokens.push_back({TokenKind::literal, quoted(sql, at, false)});
    } else if ((c == 'E' || c == 'e') && at + 1 < sql.size() && sql[at + 1] == '\'') {
      tokens.push_back({TokenKind::literal, quoted(sql, ++at, true)});
    } else if (starts_identifier(c)) {
      const auto begin = at;
      while (at < sql.size() && continues_identifier(sql[at])) ++at;
      tokens.push_back({TokenKind::identifier, std::string(sql.substr(begin, at - begin))});
    } else if (std::isdigit(static_cast<unsigned char>(c))) {
      const auto begin = at;
      while (at < sql.size() && (continues_identifier(sql[at]) || sql[at] == '.')) ++at;
      tokens.push_back({TokenKind::number, std::string(sql.substr(begin, at - begin))});
    } else {
      tokens.push_back({TokenKind::symbol, std::string(1, c)});
      ++at;
    }
  }
  return tokens;
}

}  // namespace prodclone::schema
