#include <prodclone/data/reconciliation.hpp>

#include <algorithm>

namespace prodclone::data {

namespace {

bool called(const std::string& name, const std::string& wanted) { return name == wanted || name == "public." + wanted; }

bool nothing_lost(const ColumnComparison& column) {
  return column.fate == ColumnFate::kept || column.fate == ColumnFate::moved || (column.fate == ColumnFate::gone && column.values_before == 0);
}

}  // namespace

std::int64_t rows_lost(const TableComparison& table) {
  if (table.fate == TableFate::gone) return table.rows_before;
  const auto missing = std::max<std::int64_t>(table.rows_before - table.rows_after, 0);
  return table.rows ? std::max(table.rows->lost, missing) : missing;
}

std::int64_t rows_added(const TableComparison& table) {
  const auto more = std::max<std::int64_t>(table.rows_after - table.rows_before, 0);
  return table.rows ? std::max(table.rows->added, more) : more;
}

bool content_changed(const TableComparison& table, const ColumnComparison& column) {
  if (column.fate != ColumnFate::changed) return false;
  if (!table.rows || !table.rows->could_not_look.empty()) return true;
  // Without a key a changed row is one lost and one added: as many of both means changed.
  if (!table.keyed) return table.rows->lost > 0 && table.rows->lost == table.rows->added;
  if (rows_lost(table) == 0 && rows_added(table) == 0) return true;
  return std::any_of(table.rows->columns.begin(), table.rows->columns.end(), [&](const ChangedColumn& changed) { return changed.name == column.after; });
}

bool nothing_changed(const TableComparison& table) {
  return table.fate != TableFate::gone && table.fate != TableFate::unknown && table.rows_before == table.rows_after && table.same_keys &&
         std::all_of(table.columns.begin(), table.columns.end(), nothing_lost);
}

const TableComparison* find_table(const Reconciliation& reconciliation, const std::string& name) {
  // The old name first: after a swap of two names it is the one that means this table.
  for (const auto& table : reconciliation.tables)
    if (called(table.before, name)) return &table;
  for (const auto& table : reconciliation.tables)
    if (called(table.after, name)) return &table;
  return nullptr;
}

const ColumnComparison* find_column(const TableComparison& table, const std::string& name) {
  for (const auto& column : table.columns)
    if (column.before == name) return &column;
  for (const auto& column : table.columns)
    if (column.after == name) return &column;
  return nullptr;
}

}  // namespace prodclone::data
