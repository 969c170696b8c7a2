#include <prodclone/schema/statements.hpp>

#include <fmt/format.h>

#include <prodclone/base/text.hpp>
#include <prodclone/pg/quote.hpp>
#include <prodclone/schema/kinds.hpp>
#include <prodclone/schema/object.hpp>

namespace prodclone::schema {

namespace {

std::string keyword(std::string_view kind) {
  return upper(kind_facts(kind).noun);
}

bool on_table(std::string_view kind) {
  return kind == "trigger" || kind == "rule" || kind == "policy";
}

bool cannot_be_renamed(std::string_view kind) {
  for (const auto one : {"extension", "operator", "user_mapping", "large_object"})
    if (kind == one) return true;
  const auto naming = kind_facts(kind).naming;
  return naming == Naming::by_parent || naming == Naming::in_words || is_published(kind);
}

}  // namespace

std::string rename_statement(std::string_view kind, const std::string& name, std::string_view new_name) {
  const auto to = pg::quote_identifier_if_needed(new_name);
  const auto [owner, last] = split_name(name);
  if (kind == "column") return fmt::format("ALTER TABLE {} RENAME COLUMN {} TO {};", owner, last, to);
  if (is_constraint(kind)) return fmt::format("ALTER TABLE {} RENAME CONSTRAINT {} TO {};", owner, last, to);
  if (on_table(kind)) return fmt::format("ALTER {} {} ON {} RENAME TO {};", keyword(kind), last, owner, to);
  if (cannot_be_renamed(kind)) return {};
  return fmt::format("ALTER {} {} RENAME TO {};", keyword(kind), name, to);
}

std::string drop_statement(std::string_view kind, const std::string& name) {
  const auto [owner, last] = split_name(name);
  if (kind == "column") return fmt::format("ALTER TABLE {} DROP COLUMN {};", owner, last);
  if (is_constraint(kind)) return fmt::format("ALTER TABLE {} DROP CONSTRAINT {};", owner, last);
  if (on_table(kind)) return fmt::format("DROP {} {} ON {};", keyword(kind), last, owner);
  if (kind == "row_security") return fmt::format("ALTER TABLE {} DISABLE ROW LEVEL SECURITY;", name);
  if (kind == "publication_table") return fmt::format("ALTER PUBLICATION {} DROP TABLE {};", last, owner);
  if (kind == "publication_tables_in_schema")
    return fmt::format("ALTER PUBLICATION {} DROP TABLES IN SCHEMA {};", last, owner);
  if (kind == "user_mapping") return fmt::format("DROP USER MAPPING FOR {} SERVER {};", last, owner);
  if (kind == "large_object") return fmt::format("SELECT pg_catalog.lo_unlink({});", name);
  if (kind == "comment" || kind == "security_label" || kind == "default_privileges") return {};
  return fmt::format("DROP {} {};", keyword(kind), name);
}

std::string create_statement(std::string_view kind, const std::string& name, const std::string& definition) {
  const auto owner = split_name(name).owner;
  std::string text = definition;
  if (kind == "column")
    text = fmt::format("ALTER TABLE {} ADD COLUMN {}", owner, definition);
  else if (is_constraint(kind))
    text = fmt::format("ALTER TABLE {} ADD {}", owner, definition);
  else if (kind == "comment")
    return {};
  while (text.ends_with('\n') || text.ends_with(';')) text.pop_back();
  return text + ';';
}

std::string alter_column_statement(const Difference& difference) {
  const auto [table, column] = split_name(difference.name);
  std::string text;
  for (const auto& t : difference.touched) {
    std::string action;
    if (t.attribute == "default")
      action = t.b.empty() ? "DROP DEFAULT" : "SET DEFAULT " + t.b;
    else if (t.attribute == "not_null")
      action = t.b.empty() ? "DROP NOT NULL" : "SET NOT NULL";
    else if (t.attribute == "type")
      action = fmt::format("TYPE {0} USING {1}::{0}", t.b, column);
    else if (t.attribute == "statistics")
      action = "SET STATISTICS " + (t.b.empty() ? "-1" : t.b);
    else if (t.attribute == "storage" && !t.b.empty())
      action = "SET STORAGE " + upper(t.b);
    else
      continue;
    text += fmt::format("{}ALTER TABLE {} ALTER COLUMN {} {};", text.empty() ? "" : "\n", table, column, action);
  }
  return text;
}

std::string rename_label_statement(const std::string& type, std::string_view label, std::string_view new_label) {
  return fmt::format("ALTER TYPE {} RENAME VALUE {} TO {};", type, literal(label), literal(new_label));
}

std::string identifier(std::string_view name) {
  return pg::quote_identifier_if_needed(name);
}
std::string literal(std::string_view text) {
  return pg::quote_literal(text);
}

}  // namespace prodclone::schema
