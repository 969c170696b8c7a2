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
  // The largest first, so that no connection is left with the biggest table at the end.
  std::stable_sort(pairing.pairs.begin(), pairing.pairs.end(), [](const Pair& a, const Pair& b) { return a.after.front().pages > b.after.front().pages; });
  std::vector<Reading> readings;
  for (const auto& pair : pairing.pairs) readings.push_back(pair.read_after);
  const auto sums_after = read_tables(after, readings, options.reading);
  Reopened reopened(open_before);
  const auto sums_before = prints_before(before, pairing, reopened, options.reading);

  Reconciliation result{.before = before.database, .after = after.database, .tables = compare_sums(pairing, before, sums_before, sums_after),
                        .sequences = sequences_that_went_back(before.catalog, catalog),
                        .large_objects_before = before.catalog.large_objects, .large_objects_after = catalog.large_objects,
                        .not_compared = std::move(pairing.not_compared)};
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
