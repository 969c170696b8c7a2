#include <prodclone/data/foreign_key.hpp>

#include <fmt/format.h>

#include <prodclone/base/text.hpp>

namespace prodclone::data {

namespace {

std::string columns_of(const std::vector<std::string>& columns, std::string_view prefix) {
  std::vector<std::string> named;
  for (const auto& column : columns) named.push_back(std::string(prefix) + column);
  return joined(named, ", ");
}

}  // namespace

std::string listing_sql(const ForeignKey& key) {
  return fmt::format("SELECT {} {};", columns_of(key.child_columns, "fk."), key.orphans_from);
}

std::string validate_sql(const ForeignKey& key) {
  return fmt::format("ALTER TABLE {} VALIDATE CONSTRAINT {};", key.child, key.sql_name);
}

std::string repair_sql(const ForeignKey& key) {
  const auto where = key.orphans_from.substr(key.orphans_from.find(" WHERE ") + 1);
  std::vector<std::string> nulls;
  for (const auto& column : key.child_columns) nulls.push_back(column + " = NULL");
  auto sql = fmt::format("-- look at them first:\n{}\n-- then uncomment one:\n", listing_sql(key));
  sql += fmt::format("-- a) the rows are worthless\n--    DELETE FROM {} fk {};\n", key.sql_child, where);
  sql += fmt::format("-- b) the rows matter, the reference does not (the columns must be nullable)\n--    UPDATE {} fk SET {} {};\n",
                     key.sql_child, joined(nulls, ", "), where);
  // A temporal parent needs ranges that only its owner can tell.
  if (!key.temporal)
    sql += fmt::format("-- c) the parent rows are missing (its other columns need values too)\n--    INSERT INTO {} ({}) SELECT DISTINCT {} {};\n",
                       key.parent, columns_of(key.parent_columns, ""), columns_of(key.child_columns, "fk."), key.orphans_from);
  return sql;
}

}  // namespace prodclone::data
