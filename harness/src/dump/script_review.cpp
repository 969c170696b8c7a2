#include "script_review.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <regex>
#include <utility>

#include <prodclone/base/error.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/pg/quote.hpp>

#include "statement_object.hpp"
#include "tokens.hpp"

namespace prodclone::dump {

namespace {

[[noreturn]] void refuse(const std::string& where, std::string_view what, std::string remedy) {
  throw Error(Failure::refused, fmt::format("{}: the dump {}.", where, what), std::move(remedy));
}

constexpr auto take_out = "A dump must only fill its own database. Take the line out, or dump the database with pg_dump.";

// Roles that exist everywhere, belong to the server itself, or are words of the grammar.
bool is_foreign(const std::string& role) {
  static constexpr std::array<std::string_view, 5> words = {"public", "current_user", "current_role", "session_user", ""};
  return std::find(words.begin(), words.end(), role) != words.end() || role.starts_with("pg_");
}

template <std::size_t N>
bool one_of(const Token& token, const std::array<std::string_view, N>& words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return token.is(word); });
}

// A list of names separated by commas; the token after it is returned.
std::optional<Token> read_names(Tokens& tokens, std::vector<std::string>& names) {
  while (auto token = tokens.next()) {
    if (token->is("GROUP")) continue;
    if (token->kind != Token::Kind::word && token->kind != Token::Kind::name) return token;
    names.push_back(token->identifier());
    auto comma = tokens.next();
    if (!comma || !comma->symbol(',')) return comma;
  }
  return std::nullopt;
}

// The value as pg_db_role_setting holds it: of a list of names, each quoted where it needs it.
std::string rest_as_value(Tokens& tokens, bool names) {
  std::vector<std::string> elements;
  std::string sign;
  while (const auto token = tokens.next()) {
    if (token->kind == Token::Kind::symbol) sign = token->text == "-" ? "-" : "";
    else elements.push_back(std::exchange(sign, {}) + token->text);
  }
  if (names)
    for (auto& element : elements) element = pg::quote_identifier_if_needed(element);
  return joined(elements, ", ");
}

// "SET name TO value" that follows; false for anything else.
bool read_setting(Tokens& tokens, Setting& setting) {
  if (!tokens.take("SET")) return false;
  auto name = tokens.next();
  if (!name) return false;
  setting.name = name->identifier();
  auto next = tokens.next();
  while (next && next->symbol('.')) {
    name = tokens.next();
    if (!name) return false;
    setting.name += '.' + name->identifier();
    next = tokens.next();
  }
  if (!next || !(next->is("TO") || next->symbol('='))) return false;
  setting.value = rest_as_value(tokens, is_name_list(setting.name));
  return true;
}

Review server_wide(std::string_view what) {
  return {Verdict::leave_out, fmt::format("{} concerns the whole server and was left out.", what)};
}

}  // namespace

// The rows of pg_cron's own tables, in a dump that has the extension.
bool ScriptReview::belongs_to_cron(std::string_view text) const {
  if (!cron_) return false;
  const auto object = object_of(text);
  return (object.kind == "table_data" || object.kind == "sequence_value") && object.name.starts_with("cron.");
}

void ScriptReview::named(const std::string& role) {
  if (!is_foreign(role)) survey_.roles_named.insert(role);
}

void ScriptReview::needed(const std::string& role) {
  if (is_foreign(role)) return;
  survey_.roles_named.insert(role);
  survey_.roles_needed.insert(role);
}

void ScriptReview::roles_of_policy(std::string_view text) {
  Tokens tokens(text, standard_strings_);
  while (const auto token = tokens.next()) {
    if (token->symbol('(')) return;
    if (!token->is("TO")) continue;
    std::vector<std::string> roles;
    read_names(tokens, roles);
    for (const auto& role : roles) needed(role);
    return;
  }
}

void ScriptReview::roles_of_grant(std::string_view text) {
  Tokens tokens(text, standard_strings_);
  while (const auto token = tokens.next()) {
    // FOR ROLE: ALTER DEFAULT PRIVILEGES; FROM: REVOKE.
    if (!token->is("TO") && !token->is("FROM") && !(token->is("FOR") && (tokens.take("ROLE") || tokens.take("USER")))) continue;
    std::vector<std::string> roles;
    read_names(tokens, roles);
    for (const auto& role : roles) named(role);
  }
}

Review ScriptReview::alter(std::string_view text, const std::string& where) {
  Tokens tokens(text, standard_strings_);
  tokens.next();
  const auto kind = tokens.next();
  if (!kind) return {};
  if (kind->is("SYSTEM")) refuse(where, "changes the server's configuration (ALTER SYSTEM)", take_out);
  if (kind->is("TABLESPACE")) return server_wide("ALTER TABLESPACE");
  if (kind->is("SUBSCRIPTION")) return {Verdict::leave_out, "A subscription was left out: a clone must not receive another server's changes."};
  if (kind->is("DEFAULT")) {
    roles_of_grant(text);
    return {Verdict::ignore};
  }
  if (kind->is("DATABASE")) {
    tokens.next();
    Setting setting;
    if (read_setting(tokens, setting)) {
      survey_.settings.push_back(std::move(setting));
      return {Verdict::ignore};
    }
    return {Verdict::ignore};
  }
  if (kind->is("USER") && tokens.take("MAPPING")) {
    if (tokens.take("FOR"))
      if (const auto role = tokens.next()) needed(role->identifier());
    return {};
  }
  if (kind->is("ROLE") || kind->is("USER") || kind->is("GROUP")) {
    Setting setting;
    if (const auto role = tokens.next()) setting.role = role->identifier();
    if (tokens.take("IN")) tokens.next(), tokens.next();
    named(setting.role);
    if (read_setting(tokens, setting)) survey_.settings.push_back(std::move(setting));
    return {Verdict::ignore};
  }
  if (kind->is("POLICY")) {
    roles_of_policy(text);
    return {};
  }
  // … OWNER TO role, at the end of almost any kind.
  while (const auto token = tokens.next()) {
    if (!token->is("OWNER") || !tokens.take("TO")) continue;
    const auto role = tokens.next();
    if (!role || (role->kind != Token::Kind::word && role->kind != Token::Kind::name) || tokens.next()) continue;
    named(role->identifier());
    return {Verdict::ignore};
  }
  return {};
}

Review ScriptReview::create_database(std::string_view text) {
  Tokens tokens(text, standard_strings_);
  tokens.next(), tokens.next();
  const auto name = tokens.next();
  while (const auto token = tokens.next()) {
    std::string* fact = token->is("ENCODING") ? &survey_.encoding
                        : token->is("LC_COLLATE") ? &survey_.lc_collate
                        : token->is("LC_CTYPE") ? &survey_.lc_ctype : nullptr;
    const bool locale = token->is("LOCALE");
    if (fact == nullptr && !locale) continue;
    auto value = tokens.next();
    if (value && value->symbol('=')) value = tokens.next();
    if (!value) break;
    if (locale) survey_.lc_collate = survey_.lc_ctype = value->text;
    else *fact = value->text;
  }
  return {Verdict::leave_out,
          fmt::format("CREATE DATABASE {} was left out: everything goes into the target database.", name ? name->identifier() : "")};
}

Review ScriptReview::create(std::string_view text) {
  Tokens tokens(text, standard_strings_);
  tokens.next();
  const auto kind = tokens.next();
  if (!kind) return {};
  if (kind->is("DATABASE")) return create_database(text);
  if (kind->is("TABLESPACE")) return server_wide("CREATE TABLESPACE");
  if (kind->is("SUBSCRIPTION")) {
    // Nothing of the statement but its name: it holds a password.
    const auto name = tokens.next();
    return {Verdict::leave_out, "A subscription was left out: a clone must not receive another server's changes.",
            Unloaded{.shortfall = Shortfall::left_out, .kind = "subscription", .name = name ? name->identifier() : "",
                     .reason = "A clone must not connect to production and receive its changes."}};
  }
  if (kind->is("USER") && tokens.take("MAPPING")) {
    while (const auto token = tokens.next())
      if (token->is("FOR")) {
        if (const auto role = tokens.next()) needed(role->identifier());
        break;
      }
    return {};
  }
  if (kind->is("ROLE") || kind->is("USER") || kind->is("GROUP")) {
    if (const auto role = tokens.next()) named(role->identifier());
    return {Verdict::ignore};
  }
  if (kind->is("POLICY")) roles_of_policy(text);
  if (kind->is("SCHEMA"))
    while (const auto token = tokens.next())
      if (token->is("AUTHORIZATION")) {
        if (const auto role = tokens.next()) needed(role->identifier());
        break;
      }
  if (kind->is("EXTENSION")) {
    if (tokens.take("IF")) tokens.next(), tokens.next();
    const auto name = tokens.next();
    if (!name) return {};
    Extension extension{.name = name->identifier()};
    if (extension.name == "pg_cron") {
      cron_ = true;
      return {Verdict::leave_out, "pg_cron and its jobs were left out: a clone must not run production's jobs.",
              Unloaded{.shortfall = Shortfall::left_out, .kind = "extension", .name = "pg_cron",
                       .reason = "A clone must not run production's jobs; the jobs themselves (cron.*) are left out with it."}};
    }
    while (const auto token = tokens.next())
      if (token->is("VERSION"))
        if (const auto version = tokens.next()) extension.version = version->text;
    const auto& known = survey_.extensions;
    if (extension.name != "plpgsql" &&
        std::none_of(known.begin(), known.end(), [&](const Extension& one) { return one.name == extension.name; }))
      survey_.extensions.push_back(std::move(extension));
  }
  return {};
}

Review ScriptReview::set(std::string_view text) {
  Tokens tokens(text, standard_strings_);
  tokens.next();
  if (!tokens.take("SESSION")) tokens.take("LOCAL");
  const auto name = tokens.next();
  if (!name) return {};
  // What remains is SET ROLE, SET SESSION AUTHORIZATION: the clone belongs to whoever loads it.
  if (name->is("ROLE") || name->is("AUTHORIZATION")) return {Verdict::ignore};
  const auto next = tokens.next();
  const auto value = next && (next->is("TO") || next->symbol('=')) ? tokens.next() : std::nullopt;
  if (name->is("STANDARD_CONFORMING_STRINGS") && value) {
    const auto word = lower(value->text);
    standard_strings_ = !(word == "off" || word == "false" || word == "no" || word == "0");
  }
  if (name->is("DEFAULT_TABLESPACE") && value && !value->text.empty())
    return {Verdict::leave_out, "Tablespaces were left out: everything goes into the database's own."};
  return {};
}

Review ScriptReview::copy(std::string_view text, const std::string& where) {
  Tokens tokens(text, standard_strings_);
  tokens.next();
  int depth = 0;
  while (const auto token = tokens.next()) {
    if (token->symbol('(')) ++depth;
    if (token->symbol(')')) --depth;
    if (depth > 0 || !(token->is("FROM") || token->is("TO"))) continue;
    const bool out = token->is("TO");
    const auto end = tokens.next();
    if (end && end->is("PROGRAM"))
      refuse(where, "runs a program on the database server (COPY … PROGRAM)", take_out);
    if (end && end->kind == Token::Kind::string)
      refuse(where, fmt::format("{} a file on the database server (COPY … {} '{}')", out ? "writes" : "reads", out ? "TO" : "FROM", end->text),
             "Dump with pg_dump, which carries the rows in the dump itself.");
    if (out || (end && end->is("STDOUT"))) return {Verdict::ignore};
    return {};
  }
  return {};
}

Review ScriptReview::statement(std::string_view text, const std::string& where) {
  Tokens tokens(text, standard_strings_);
  const auto first = tokens.next();
  if (!first) return {Verdict::ignore};
  if (belongs_to_cron(text)) return {Verdict::leave_out, {}, {}};
  if (first->is("INSERT") || first->is("SELECT")) return {};
  if (first->is("COPY")) return copy(text, where);
  if (first->is("SET")) return set(text);
  if (first->is("CREATE")) return create(text);
  if (first->is("ALTER")) return alter(text, where);
  if (first->is("GRANT") || first->is("REVOKE")) {
    roles_of_grant(text);
    return {Verdict::ignore};
  }
  const auto second = tokens.next();
  if (first->is("RESET")) {
    if (second && (second->is("ROLE") || second->is("SESSION"))) return {Verdict::ignore};
    return {};
  }
  if (first->is("DROP") && second) {
    if (second->is("USER") && tokens.take("MAPPING")) return {};
    if (second->is("DATABASE")) {
      if (tokens.take("IF")) tokens.next();
      const auto name = tokens.next();
      return {Verdict::leave_out, fmt::format("DROP DATABASE {} was left out: a load drops no database.", name ? name->identifier() : "")};
    }
    static constexpr std::array<std::string_view, 5> server_things = {"ROLE", "USER", "GROUP", "TABLESPACE", "SUBSCRIPTION"};
    if (one_of(*second, server_things)) return server_wide("DROP " + upper(second->text));
    if (second->is("OWNED")) refuse(where, "drops everything that a role owns (DROP OWNED)", take_out);
    return {};
  }
  if ((first->is("COMMENT") || first->is("SECURITY")) && second) {
    if (first->is("SECURITY"))
      while (const auto token = tokens.next())
        if (token->is("ON")) break;
    const auto object = tokens.next();
    static constexpr std::array<std::string_view, 4> server_things = {"DATABASE", "ROLE", "TABLESPACE", "SUBSCRIPTION"};
    if (object && one_of(*object, server_things)) return {Verdict::ignore};
    if (cron_ && object && object->is("EXTENSION") && tokens.take("PG_CRON")) return {Verdict::ignore};
    return {};
  }
  if (first->is("LOAD")) refuse(where, "loads a library into the server (LOAD)", take_out);
  if (first->is("REASSIGN")) refuse(where, "changes owners across the server (REASSIGN OWNED)", take_out);
  if (first->is("PREPARE") && second && second->is("TRANSACTION"))
    refuse(where, "leaves a prepared transaction behind, which nothing could drop the database with", take_out);
  if (first->is("DO")) {
    static const std::regex runs_program("\\bcopy\\b[^;]*\\bprogram\\b|\\balter\\s+system\\b|\\bdrop\\s+database\\b", std::regex::icase);
    for (auto token = second; token; token = tokens.next())
      if (token->kind == Token::Kind::string && std::regex_search(token->text, runs_program))
        refuse(where, "holds a DO block that runs a program, changes the server or drops a database", take_out);
  }
  return {};
}

Review ScriptReview::psql_command(std::string_view text, const std::string& where) {
  const auto blank = text.find_first_of(" \t\r\n");
  const auto command = text.substr(0, blank);
  const auto argument = trimmed(blank == std::string_view::npos ? std::string_view() : text.substr(blank));
  static constexpr std::array<std::string_view, 16> cosmetics = {
      "\\restrict", "\\unrestrict", "\\echo", "\\qecho", "\\warn", "\\set", "\\unset", "\\pset",
      "\\timing", "\\x", "\\t", "\\a", "\\q", "\\.", "\\errverbose", "\\conninfo"};
  if (std::find(cosmetics.begin(), cosmetics.end(), command) != cosmetics.end() || (command == "\\g" && argument.empty()))
    return {Verdict::ignore};
  if (command == "\\connect" || command == "\\c") {
    // `\connect db`, `\connect "d b"`, `\connect -reuse-previous=on "dbname='d b'"`
    Tokens tokens(argument);
    std::vector<std::string> words;
    bool elsewhere = false;
    if (argument.starts_with("-reuse-previous=")) {
      const auto name = argument.find("dbname=");
      if (name != std::string_view::npos) {
        auto value = std::string(argument.substr(name + 7));
        if (value.ends_with('"')) value.pop_back();
        Tokens quoted(value, false);
        if (const auto token = quoted.next()) words.push_back(token->text);
      }
    } else {
      while (const auto token = tokens.next()) {
        if (token->symbol('-') || token->symbol(':') || token->symbol('/')) words.emplace_back("");
        words.push_back(token->text);
      }
      elsewhere = words.size() == 1 && words.front().find_first_of("=:") != std::string::npos;  // a connection string
    }
    if (words.size() != 1 || elsewhere)
      refuse(where, fmt::format("connects elsewhere ({})", trimmed(text)), "Take the host, the port and the user out: only \\connect <database> is understood.");
    current_database_ = words.front();
    auto& seen = survey_.databases;
    if (std::find(seen.begin(), seen.end(), current_database_) == seen.end()) seen.push_back(current_database_);
    return {Verdict::ignore};
  }
  // pg_dump writes it before \connect to a database of an odd name; the dump sets its own encoding afterwards.
  if (command == "\\encoding" && trimmed(text).ends_with("SQL_ASCII")) return {Verdict::ignore};
  if (command == "\\!") refuse(where, "runs a program on this machine (\\!)", take_out);
  if (command == "\\i" || command == "\\ir" || command == "\\include" || command == "\\include_relative")
    refuse(where, fmt::format("includes another file ({})", trimmed(text)), "Put the files together into one dump first.");
  refuse(where, fmt::format("uses psql's command {}, which a load does not follow", command), take_out);
}

}  // namespace prodclone::dump
