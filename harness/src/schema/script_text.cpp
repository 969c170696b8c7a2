// A script as psql reads it.
#include <prodclone/schema/script.hpp>

#include <fmt/format.h>

#include <algorithm>

#include <prodclone/base/text.hpp>

namespace prodclone::schema {

namespace {

std::string comment(std::string_view text) {
  std::string result;
  for (const auto& line : lines_of(text)) result += "-- " + line + '\n';
  return result;
}

std::string explained(const ScriptStatement& statement) {
  std::string text;
  for (const auto& one : statement.closes) text += comment(one);
  if (!statement.assumes.empty()) text += comment("ASSUMED: " + statement.assumes);
  if (!statement.loses.empty()) text += comment("DESTRUCTIVE: loses " + statement.loses + '.');
  if (!statement.note.empty()) text += comment("lock: " + statement.note + '.');
  return text;
}

}  // namespace

std::string to_sql(const Script& script, const ScriptLabels& labels) {
  const auto parts = parts_of(script);
  auto text = comment(fmt::format("Turns {} into {}: {} in {}.", labels.a, labels.b,
                                  counted(static_cast<long long>(script.statements.size()), "statement"),
                                  counted(static_cast<long long>(parts.size()), "part")));
  for (const auto& one : script.not_expressed) text += fmt::format("-- NOT EXPRESSED: {}. {}\n", one.difference, one.why);
  if (!script.withheld.empty())
    text += comment(fmt::format("WITHHELD: {} at the end, as comments; --allow-destructive writes them out.",
                                counted(static_cast<long long>(script.withheld.size()), "statement")));
  if (!script.statements.empty())
    text += "\nSET search_path = pg_catalog;\nSET check_function_bodies = off;\nSET lock_timeout = '5s';\n";
  std::size_t number = 0;
  for (const auto& part : parts) {
    text += fmt::format("\n-- Part {}: {}\n", ++number,
                        part.transaction                               ? "may run in one transaction."
                        : part.statements.front()->run == Run::outside ? "by itself, the server refuses it in a transaction."
                                                                       : "by itself, or the part before it keeps its locks while this one scans.");
    if (part.transaction) text += "BEGIN;\n";
    for (const auto* statement : part.statements) text += explained(*statement) + statement->sql + '\n';
    if (part.transaction) text += "COMMIT;\n";
  }
  if (!script.withheld.empty()) {
    text += "\n-- Withheld:\n";
    for (const auto& statement : script.withheld) text += explained(statement) + comment(statement.sql);
  }
  return text;
}

}  // namespace prodclone::schema
