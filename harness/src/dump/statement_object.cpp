#include "statement_object.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <prodclone/base/text.hpp>
#include <prodclone/pg/quote.hpp>
#include <prodclone/pg/sql_scanner.hpp>

#include "tokens.hpp"

namespace prodclone::dump {

namespace {

using Names = std::vector<std::string>;

bool peek(const Tokens& tokens, std::string_view word) {
  auto ahead = tokens;
  return ahead.take(word);
}
bool peek(const Tokens& tokens, char symbol) {
  auto ahead = tokens;
  const auto token = ahead.next();
  return token && token->symbol(symbol);
}

// schema.name, each part unquoted.
Names read_name(Tokens& tokens) {
  Names parts;
  while (true) {
    const auto token = tokens.next();
    if (!token || (token->kind != Token::Kind::word && token->kind != Token::Kind::name)) return parts;
    parts.push_back(token->identifier());
    if (!peek(tokens, '.')) return parts;
    tokens.next();
  }
}

std::string dotted(const Names& name) { return joined(name, "."); }

std::string quoted(const Names& name) {
  Names parts;
  for (const auto& part : name) parts.push_back(pg::quote_identifier(part));
  return joined(parts, ".");
}

void skip_existence(Tokens& tokens) {
  tokens.take("CONCURRENTLY");
  if (tokens.take("IF")) tokens.take("NOT"), tokens.take("EXISTS");
}

// MATERIALIZED VIEW, TEXT SEARCH CONFIGURATION, …: in lower case with underscores.
std::string read_kind(Tokens& tokens) {
  static constexpr std::array<std::string_view, 17> adjectives = {"OR", "REPLACE", "TEMP", "TEMPORARY", "UNLOGGED", "GLOBAL", "LOCAL", "RECURSIVE", "UNIQUE",
                                                                  "CONSTRAINT", "TRUSTED", "PROCEDURAL", "DEFAULT", "LARGE", "ONLY", "FORCE", "NO"};
  while (std::any_of(adjectives.begin(), adjectives.end(), [&](std::string_view word) { return tokens.take(word); })) {}
  static constexpr std::array<std::array<std::string_view, 3>, 13> phrases = {{{"MATERIALIZED", "VIEW", ""}, {"FOREIGN", "TABLE", ""}, {"FOREIGN", "DATA", "WRAPPER"},
      {"EVENT", "TRIGGER", ""}, {"TEXT", "SEARCH", "CONFIGURATION"}, {"TEXT", "SEARCH", "DICTIONARY"}, {"TEXT", "SEARCH", "PARSER"}, {"TEXT", "SEARCH", "TEMPLATE"},
      {"OPERATOR", "CLASS", ""}, {"OPERATOR", "FAMILY", ""}, {"ACCESS", "METHOD", ""}, {"USER", "MAPPING", ""}, {"OBJECT", "", ""}}};
  for (const auto& phrase : phrases) {
    auto ahead = tokens;
    bool all = true;
    std::string kind;
    for (const auto word : phrase)
      if (!word.empty()) {
        all = all && ahead.take(word);
        kind += (kind.empty() ? "" : "_") + lower(word);
      }
    if (!all) continue;
    tokens = ahead;
    return kind;
  }
  const auto word = tokens.next();
  return word ? lower(word->text) : "";
}

StatementObject created(Tokens tokens) {
  const auto kind = read_kind(tokens);
  skip_existence(tokens);
  if (kind == "user_mapping") {
    tokens.take("FOR");
    const auto user = dotted(read_name(tokens));
    tokens.take("SERVER");
    return {kind, user + '@' + dotted(read_name(tokens))};
  }
  auto name = kind == "index" && peek(tokens, "ON") ? Names{} : read_name(tokens);
  if (kind == "index" || kind == "trigger" || kind == "policy" || kind == "rule") {
    while (const auto token = tokens.next()) {
      const bool before_table = token->is("ON") || (kind == "rule" && token->is("TO"));
      if (!before_table) continue;
      if (kind == "rule" && token->is("ON")) continue;  // ON INSERT TO table
      tokens.take("ONLY");
      auto table = read_name(tokens);
      if (kind == "index" && !table.empty()) table.pop_back();  // an index lives in its table's schema
      table.insert(table.end(), name.begin(), name.end());
      return {kind, dotted(table)};
    }
  }
  return {kind, dotted(name)};
}

StatementObject altered_table(Tokens tokens) {
  skip_existence(tokens);
  tokens.take("ONLY");
  const auto table = read_name(tokens);
  const auto of = [&](std::string kind, const std::string& part) {
    return StatementObject{std::move(kind), dotted(table) + '.' + part, quoted(table), part};
  };
  if (tokens.take("ATTACH") && tokens.take("PARTITION")) return {"partition", dotted(read_name(tokens))};
  if (tokens.take("ADD") && tokens.take("CONSTRAINT")) {
    const auto name = dotted(read_name(tokens));
    const auto first = tokens.next();
    if (first && first->is("FOREIGN")) return of("foreign_key", name);
    if (first && first->is("PRIMARY")) return of("primary_key", name);
    if (first && first->is("UNIQUE")) return of("unique_constraint", name);
    if (first && first->is("EXCLUDE")) return of("exclusion_constraint", name);
    return of("check_constraint", name);
  }
  if (tokens.take("ALTER") && tokens.take("COLUMN")) return of("column", dotted(read_name(tokens)));
  return {"table_property", dotted(table)};
}

StatementObject altered(Tokens tokens) {
  const auto kind = read_kind(tokens);
  if (kind == "table" || kind == "foreign_table") return altered_table(tokens);
  skip_existence(tokens);
  const auto name = read_name(tokens);
  if (kind == "index" && tokens.take("ATTACH") && tokens.take("PARTITION")) return {"index", dotted(read_name(tokens))};
  return {kind, dotted(name)};
}

// SELECT pg_catalog.setval('public.s', 41, true)
StatementObject selected(Tokens tokens, std::string_view statement) {
  const auto function = read_name(tokens);
  if (!function.empty() && function.back() == "setval")
    while (const auto token = tokens.next())
      if (token->kind == Token::Kind::string) return {"sequence_value", replaced(token->text, "\"", "")};
  return {"statement", pg::statement_words(statement, 5)};
}

}  // namespace

StatementObject object_of(std::string_view statement) {
  Tokens tokens(statement);
  const auto first = tokens.next();
  if (!first) return {"statement", ""};
  if (first->is("CREATE")) return created(tokens);
  if (first->is("ALTER")) return altered(tokens);
  if (first->is("COPY")) return {"table_data", dotted(read_name(tokens))};
  if (first->is("INSERT")) {
    tokens.take("INTO");
    return {"table_data", dotted(read_name(tokens))};
  }
  if (first->is("REFRESH")) {
    read_kind(tokens);
    tokens.take("CONCURRENTLY");
    return {"materialized_view_data", dotted(read_name(tokens))};
  }
  if (first->is("SELECT")) return selected(tokens, statement);
  if (first->is("COMMENT") || first->is("SECURITY")) {
    while (const auto token = tokens.next())
      if (token->is("ON")) break;
    const auto kind = read_kind(tokens);
    return {first->is("COMMENT") ? "comment" : "security_label", kind + ' ' + dotted(read_name(tokens))};
  }
  return {"statement", pg::statement_words(statement, 5)};
}

}  // namespace prodclone::dump
