#include <prodclone/data/content.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "drill_down.hpp"
#include "pairing.hpp"

namespace prodclone::data {

namespace {

// Opened when it is first needed.
class Reopened {
 public:
  explicit Reopened(const std::function<pg::ConnInfo()>& open) : open_(open) {}
  const pg::ConnInfo& database() {
    if (!database_) database_ = open_();
    return *database_;
  }

 private:
  const std::function<pg::ConnInfo()>& open_;
  std::optional<pg::ConnInfo> database_;
};

std::vector<TablePrint> prints_before(const Fingerprint& fingerprint, const Pairing& pairing, Reopened& before, const FingerprintOptions& options) {
  std::vector<TablePrint> prints(pairing.pairs.size());
  std::vector<Reading> missing;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < prints.size(); ++i) {
    if (auto part = part_of(fingerprint, pairing.pairs[i].read_before)) {
      prints[i] = std::move(*part);
    } else {
      missing.push_back(pairing.pairs[i].read_before);
      places.push_back(i);
    }
  }
  if (missing.empty()) return prints;
  auto read = read_tables(before.database(), missing, options);
  for (std::size_t i = 0; i < places.size(); ++i) prints[places[i]] = std::move(read[i]);
  return prints;
}

void find_rows(TableComparison& table, const Pair& pair, Reopened& before, const pg::ConnInfo& after, const ContentOptions& options) {
  DrillDown wanted{.before = pair.read_before, .after = pair.read_after, .rows = std::max(table.rows_before, table.rows_after)};
  for (std::size_t i = 0; i < pair.columns.size(); ++i)
    if (table.columns[i].fate == ColumnFate::changed) wanted.columns.push_back(i);
  if (wanted.columns.empty() && table.same_keys && table.rows_before == table.rows_after) return;
  // A keyless table's columns may all be in order while its rows are not; then each row is known by all its values.
  if (!pair.read_before.keyed) wanted.columns.clear();
  try {
    table.rows = find_differences(before.database(), after, wanted, options);
  } catch (const pg::SqlError& error) {
    table.rows = RowDifferences{.complete = false, .could_not_look = error.facts().message};
  }
}

bool called(const std::string& name, const std::string& wanted) { return name == wanted || name == "public." + wanted; }

const Relation* relation_called(const Catalog& catalog, const std::string& name) {
  const auto found = std::find_if(catalog.relations.begin(), catalog.relations.end(), [&](const Relation& relation) { return called(relation.name, name); });
  return found == catalog.relations.end() ? nullptr : &*found;
}

// How the moved values are read where they are said to be, so that they give the sum they gave before; none: they
// cannot, for a column is not there, or a type is of another kind.
std::optional<Reading> reading_of(const Move& move, const TablePrint& source, const ReadColumn& column, const Catalog& after) {
  const auto* target = relation_called(after, move.to_table);
  if (target == nullptr || move.by.size() != source.reading.key.size() || !source.reading.keyed) return std::nullopt;
  const auto as = [&](const std::string& name, const ReadColumn& original) -> std::optional<ReadColumn> {
    const auto* found = find_column(*target, name);
    if (found == nullptr || common_form(original.type_class, found->type_class) != original.form) return std::nullopt;
    return ReadColumn{.name = found->name, .type_class = found->type_class, .form = original.form};
  };
  Reading reading{.relations = {from_relation(*target)}, .keyed = true};
  for (std::size_t i = 0; i < move.by.size(); ++i) {
    const auto key = as(move.by[i], source.reading.key[i]);
    if (!key) return std::nullopt;
    reading.key.push_back(*key);
  }
  const auto value = as(move.to_column, column);
  if (!value) return std::nullopt;
  reading.columns = {*value};
  return reading;
}

void follow(const Move& move, Reconciliation& result, const Fingerprint& before, const Catalog& catalog, const pg::ConnInfo& after, const FingerprintOptions& options) {
  for (auto& table : result.tables) {
    if (!called(table.before, move.table) || table.by_name) continue;
    for (auto& column : table.columns) {
      if (column.before != move.column || column.fate != ColumnFate::gone) continue;
      column.moved_to = move.to_table + '.' + move.to_column;
      const auto* relation = find_relation(before.catalog, table.before);
      for (const auto& source : before.tables) {
        if (relation == nullptr || source.oid != relation->oid || !source.could_not_read.empty()) continue;
        for (std::size_t i = 0; i < source.columns.size(); ++i) {
          if (source.reading.columns[i].name != move.column) continue;
          const auto reading = reading_of(move, source, source.reading.columns[i], catalog);
          if (!reading) continue;
          const auto there = read_tables(after, {*reading}, options).front();
          if (!there.could_not_read.empty()) continue;
          column.values_after = there.columns.front().values;
          if (there.columns.front() == source.columns[i]) column.fate = ColumnFate::moved;
        }
      }
    }
    // A column that moved is no loss to its table.
    if (table.fate == TableFate::changed && nothing_changed(table)) table.fate = TableFate::kept;
  }
}

std::vector<SequenceComparison> sequences_that_went_back(const Catalog& before, const Catalog& after) {
  std::vector<SequenceComparison> found;
  for (const auto& sequence : before.sequences) {
    const auto same = std::find_if(after.sequences.begin(), after.sequences.end(), [&](const Sequence& other) { return other.oid == sequence.oid; });
    if (same == after.sequences.end() || !sequence.used) continue;
    const bool back = !same->used || (sequence.descending ? same->last_value > sequence.last_value : same->last_value < sequence.last_value);
    if (back) found.push_back({sequence.name, same->name, sequence.last_value, same->used ? same->last_value : 0});
  }
  return found;
}

}  // namespace

Reconciliation compare_content(const Fingerprint& before, const std::function<pg::ConnInfo()>& open_before, const pg::ConnInfo& after,
                               const ContentOptions& options) {
  Catalog catalog;
  {
    auto session = open_for_reading(after, options.reading);
    catalog = read_catalog(session);
  }
  auto pairing = pair_up(before.catalog, catalog, options.reading.exclude);
  std::stable_sort(pairing.pairs.begin(), pairing.pairs.end(), [](const Pair& a, const Pair& b) { return a.after.front().pages > b.after.front().pages; });
  std::vector<Reading> readings;
  std::vector<std::int64_t> pages;
  for (const auto& pair : pairing.pairs) {
    readings.push_back(pair.read_after);
    pages.push_back(pair.after.front().pages);
  }
  const auto sums_after = read_tables(after, readings, options.reading, std::move(pages));
  Reopened reopened(open_before);
  const auto sums_before = prints_before(before, pairing, reopened, options.reading);

  Reconciliation result{.before = before.database, .after = after.database, .tables = compare_sums(pairing, before, sums_before, sums_after),
                        .sequences = sequences_that_went_back(before.catalog, catalog),
                        .large_objects_before = before.catalog.large_objects, .large_objects_after = catalog.large_objects,
                        .not_compared = std::move(pairing.not_compared)};
  for (const auto& move : options.moves) follow(move, result, before, catalog, after, options.reading);
  for (auto& table : result.tables) {
    if (table.fate != TableFate::changed) continue;
    const auto pair = std::find_if(pairing.pairs.begin(), pairing.pairs.end(), [&](const Pair& one) {
      return one.before.front().name == table.before && one.after.front().name == table.after && one.by_name == table.by_name;
    });
    if (pair != pairing.pairs.end()) find_rows(table, *pair, reopened, after, options);
  }
  if (result.large_objects_before > 0) result.not_compared.push_back({"large objects", "their number is compared, their content is not"});
  std::stable_sort(result.not_compared.begin(), result.not_compared.end(), [](const auto& a, const auto& b) { return a.object < b.object; });
  return result;
}

Reconciliation compare_content(const pg::ConnInfo& before, const pg::ConnInfo& after, const ContentOptions& options) {
  return compare_content(take_fingerprint(before, options.reading), [&] { return before; }, after, options);
}

}  // namespace prodclone::data
