#include "statement_text.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <prodclone/base/text.hpp>

namespace prodclone::rehearsal {

namespace {

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// Comments become a space; strings and quoted names are kept, so that a dash in them starts nothing.
std::string without_comments(std::string_view text) {
  std::string kept;
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i], next = i + 1 < text.size() ? text[i + 1] : '\0';
    if (c == '-' && next == '-') {
      i = std::min(text.find('\n', i), text.size());
      kept += ' ';
    } else if (c == '/' && next == '*') {
      int depth = 0;
      do {
        if (text.substr(i, 2) == "/*") ++depth, i += 2;
        else if (text.substr(i, 2) == "*/") --depth, i += 2;
        else ++i;
      } while (depth > 0 && i < text.size());
      kept += ' ';
    } else if (c == '\'' || c == '"') {
      const auto end = std::min(text.find(c, i + 1), text.size() - 1);
      kept += text.substr(i, end - i + 1);
      i = end + 1;
    } else {
      kept += c;
      ++i;
    }
  }
  return kept;
}

std::vector<std::string> leading_words(const std::string& text, std::size_t limit) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < text.size() && words.size() < limit;) {
    if (!is_word(text[i])) {
      if (text[i] == '\'' || text[i] == '"') break;
      ++i;
      continue;
    }
    const auto begin = i;
    while (i < text.size() && is_word(text[i])) ++i;
    words.push_back(upper(text.substr(begin, i - begin)));
  }
  return words;
}

constexpr std::array<std::string_view, 53> follows_the_verb = {
    "OR",       "REPLACE",  "UNIQUE",      "TEMP",     "TEMPORARY",  "UNLOGGED",  "MATERIALIZED", "FOREIGN",  "EVENT",
    "TABLE",    "INDEX",    "VIEW",        "SEQUENCE", "TYPE",       "DOMAIN",    "FUNCTION",     "PROCEDURE", "TRIGGER",
    "POLICY",   "RULE",     "SCHEMA",      "EXTENSION", "ROLE",      "USER",      "DATABASE",     "TABLESPACE", "SYSTEM",
    "AGGREGATE", "CAST",    "COLLATION",   "OPERATOR", "CLASS",      "FAMILY",    "STATISTICS",   "PUBLICATION", "SUBSCRIPTION",
    "SERVER",   "DATA",     "WRAPPER",     "DEFAULT",  "PRIVILEGES", "TRANSACTION", "TO",         "SAVEPOINT", "INTO",
    "CONSTRAINT", "CONSTRAINTS", "FROM",   "ON",       "COLUMN",     "SESSION",   "LOCAL",        "TEXT"};

}  // namespace

std::string command_of(std::string_view statement) {
  const auto words = leading_words(without_comments(statement), 200);
  if (words.empty()) return {};
  std::string command = words.front();
  if (command == "SET" || command == "UPDATE" || command == "WITH" || command == "SELECT" || command == "DO") {
    if (words.size() > 1 && command == "SET" && words[1] == "TRANSACTION") command += " TRANSACTION";
    return command;
  }
  for (std::size_t i = 1; i < words.size() && i < 5; ++i) {
    if (std::find(follows_the_verb.begin(), follows_the_verb.end(), words[i]) == follows_the_verb.end()) break;
    if (words[i] == "ON" || words[i] == "TO" || words[i] == "FROM") {
      if (words[0] == "ROLLBACK" && words[i] == "TO") command += " TO";
      break;
    }
    command += ' ' + words[i];
  }
  constexpr std::array<std::string_view, 5> may_be_concurrent = {"CREATE", "DROP", "REINDEX", "REFRESH", "ALTER"};
  if (std::find(may_be_concurrent.begin(), may_be_concurrent.end(), words[0]) != may_be_concurrent.end() &&
      std::find(words.begin(), words.end(), "CONCURRENTLY") != words.end())
    command += " CONCURRENTLY";
  if (words[0] == "VACUUM" && words.size() > 1 && std::find(words.begin(), words.begin() + std::min<std::ptrdiff_t>(5, std::ssize(words)), "FULL") != words.begin() + std::min<std::ptrdiff_t>(5, std::ssize(words)))
    command = "VACUUM FULL";
  return command;
}

bool names_relation(std::string_view statement, std::string_view relation) {
  const auto text = lower(without_comments(statement));
  const auto name = lower(relation);
  if (name.empty()) return false;
  for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
    const bool starts = at == 0 || !is_word(text[at - 1]);
    const auto end = at + name.size();
    if (starts && (end == text.size() || !is_word(text[end]))) return true;
  }
  return false;
}

}  // namespace prodclone::rehearsal
