// What became of each table's rows and columns between two states of one database, as plain values. Row values are
// never among them; keys only when asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace prodclone::data {

enum class ColumnFate { kept, changed, gone, moved };  // moved: to another table, every value of it

struct ColumnComparison {
  std::string before = {}, after = {};             // names; after is empty when it is gone
  std::string type_before = {}, type_after = {};
  ColumnFate fate = ColumnFate::kept;
  std::int64_t values_before = 0, values_after = 0;  // that are not null
  std::string moved_to = {};                       // where it was said to be; it is gone when the values there are others
  friend bool operator==(const ColumnComparison&, const ColumnComparison&) = default;
};

enum class RowFate { lost, added, changed };

struct RowDifference {
  RowFate fate = RowFate::changed;
  std::string table = {}, ctid = {};               // where it is: of a lost row before, of others after
  std::vector<std::string> columns = {};           // that changed, by their names after
  std::vector<std::optional<std::string>> key = {};  // only when asked for
  friend bool operator==(const RowDifference&, const RowDifference&) = default;
};

struct ChangedColumn {
  std::string name = {};                           // after
  std::int64_t rows = 0;                           // in which its value is another
  friend bool operator==(const ChangedColumn&, const ChangedColumn&) = default;
};

// The rows that differ, found by bisection.
struct RowDifferences {
  std::int64_t lost = 0, added = 0, changed = 0;
  std::vector<ChangedColumn> columns = {};         // of the changed rows
  bool complete = true;                            // false: so many differ that only some were looked at
  std::vector<RowDifference> samples = {};
  std::string could_not_look = {};                 // the reason
  friend bool operator==(const RowDifferences&, const RowDifferences&) = default;
};

enum class TableFate { kept, changed, gone, unknown };

struct TableComparison {
  std::string before = {}, after = {};             // qualified names; after is empty when it is gone
  TableFate fate = TableFate::kept;
  bool by_name = false;                            // `after` is a new table that took the name (copy and swap)
  std::int64_t rows_before = 0, rows_after = 0;
  bool same_keys = true;                           // keyless: the same rows as a whole
  bool keyed = false;
  std::vector<std::string> key = {};               // its columns, by their names before
  std::vector<ColumnComparison> columns = {};
  std::string could_not_compare = {};              // the reason, when its fate is unknown
  std::optional<RowDifferences> rows = {};
  friend bool operator==(const TableComparison&, const TableComparison&) = default;
};

struct SequenceComparison {
  std::string before = {}, after = {};
  std::int64_t last_before = 0, last_after = 0;    // it went back
  friend bool operator==(const SequenceComparison&, const SequenceComparison&) = default;
};

struct NotCompared {
  std::string object = {}, reason = {};
  friend bool operator==(const NotCompared&, const NotCompared&) = default;
};

inline std::vector<std::string> objects_of(const std::vector<NotCompared>& all) {
  std::vector<std::string> objects;
  for (const auto& one : all) objects.push_back(one.object);
  return objects;
}

struct Reconciliation {
  std::string before = {}, after = {};             // databases
  std::vector<TableComparison> tables = {};        // by name before
  std::vector<SequenceComparison> sequences = {};  // those that went back
  std::int64_t large_objects_before = 0, large_objects_after = 0;
  std::vector<NotCompared> not_compared = {};
  friend bool operator==(const Reconciliation&, const Reconciliation&) = default;
};

// Rows that are there no more. At least so many, where only some of the differences were looked at.
std::int64_t rows_lost(const TableComparison& table);
// Rows that were not there before.
std::int64_t rows_added(const TableComparison& table);
// A value of it is another in a row that is there before and after. A sum alone does not tell: it is also another when
// rows came or went.
bool content_changed(const TableComparison& table, const ColumnComparison& column);
// Every row and every value, under whatever names.
bool nothing_changed(const TableComparison& table);

// The comparison of a table, by its name before or after, qualified or in public.
const TableComparison* find_table(const Reconciliation& reconciliation, const std::string& name);
const ColumnComparison* find_column(const TableComparison& table, const std::string& name);

}  // namespace prodclone::data
