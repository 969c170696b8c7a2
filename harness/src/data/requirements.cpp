#include <prodclone/data/requirements.hpp>

#include <sql/required_columns.hpp>
#include <sql/requirements.hpp>

namespace prodclone::data {

namespace {

RequirementKind kind_of(const std::string& word) {
  if (word == "foreign_key") return RequirementKind::foreign_key;
  if (word == "unique") return RequirementKind::unique;
  if (word == "exclusion") return RequirementKind::exclusion;
  return RequirementKind::check;
}

std::vector<int> numbers(const std::vector<std::string>& texts) {
  std::vector<int> result;
  for (const auto& text : texts) result.push_back(std::stoi(text));
  return result;
}

void read_columns(pg::Session& session, Requirements& result) {
  const auto rows = session.query(sql::required_columns);
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    const auto table = static_cast<Oid>(rows.integer(row, "relation"));
    result.tables[table] = {rows.text(row, "relation_name"), rows.boolean(row, "partitioned")};
    if (rows.is_null(row, "number")) continue;
    const auto number = static_cast<int>(rows.integer(row, "number"));
    result.columns[{table, number}] = {rows.text(row, "name"), rows.text(row, "type"), static_cast<Oid>(rows.integer(row, "type_oid")),
                                       static_cast<int>(rows.integer(row, "type_modifier"))};
    if (rows.boolean(row, "required"))
      result.all.push_back({.kind = RequirementKind::not_null, .oid = table, .name = rows.text(row, "name"), .definition = rows.text(row, "name") + " NOT NULL",
                            .table = table, .columns = {number}});
  }
}

}  // namespace

Requirements read_requirements(pg::Session& session) {
  Requirements result;
  session.in_snapshot([&] {
    // So that every name in an expression is written with its schema.
    session.execute("SET LOCAL search_path = pg_catalog");
    read_columns(session, result);
    const auto rows = session.query(sql::requirements);
    for (std::size_t row = 0; row < rows.rows(); ++row)
      result.all.push_back({.kind = kind_of(rows.text(row, "kind")),
                            .oid = static_cast<Oid>(rows.integer(row, "oid")),
                            .name = rows.text(row, "name"),
                            .definition = rows.text(row, "definition"),
                            .table = static_cast<Oid>(rows.integer(row, "relation")),
                            .parent = static_cast<Oid>(rows.integer(row, "parent")),
                            .columns = numbers(rows.texts(row, "columns")),
                            .parent_columns = numbers(rows.texts(row, "parent_columns")),
                            .operators = rows.texts(row, "operators"),
                            .expressions = rows.texts(row, "expressions"),
                            .predicate = rows.text(row, "predicate"),
                            .validated = rows.boolean(row, "validated"),
                            .match_full = rows.boolean(row, "match_full"),
                            .nulls_equal = rows.boolean(row, "nulls_equal"),
                            .beyond_us = rows.text(row, "beyond_us")});
  });
  return result;
}

}  // namespace prodclone::data
