#include "drill_down.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <map>

#include <prodclone/base/text.hpp>

namespace prodclone::data {

namespace {

constexpr std::int64_t rows_fetched = 100'000;   // of both sides together
constexpr std::size_t most_columns = 60;         // whose part in a difference is told
constexpr std::size_t most_buckets = 65'536;

struct Row {
  std::vector<std::string> hashes;
  RowDifference place;
};
using Rows = std::map<std::string, std::vector<Row>>;   // by the key's hash

struct Bucket {
  std::int64_t rows = 0;
  std::string sums;
  friend bool operator==(const Bucket&, const Bucket&) = default;
};
using Buckets = std::map<std::int64_t, Bucket>;

// Both sides at once: the server reads each on a processor of its own.
template <typename Look>
auto both(const pg::ConnInfo& before, const pg::ConnInfo& after, const DrillDown& wanted, const ContentOptions& options, const Look& look) {
  const auto one = [&](const pg::ConnInfo& database, const Reading& reading) {
    auto session = open_for_reading(database, options.reading);
    return look(session, reading);
  };
  auto other = std::async(std::launch::async, [&] { return one(after, wanted.after); });
  auto first = one(before, wanted.before);
  return std::pair(std::move(first), other.get());
}

std::string column_hash(const Reading& reading, std::size_t place, const std::string& value) {
  return fmt::format("coalesce({}, 0)", hash_of(reading.columns[place], value, reading.keyed ? "s.k" : "0::int8"));
}

// FROM … with k, place and the values of the columns that differ, v0, v1, …; and the key's own, when shown.
std::string rows_of(const Reading& reading, const std::vector<std::size_t>& columns, bool with_keys) {
  std::vector<std::string> parts;
  for (const auto& relation : reading.relations) {
    auto part = fmt::format("SELECT {} AS k, t.ctid, t.tableoid", key_hash(reading, "t"));
    for (const auto place : columns) part += fmt::format(", t.{} AS v{}", reading.columns[place].name, place);
    if (with_keys)
      for (std::size_t i = 0; i < reading.key.size(); ++i) part += fmt::format(", t.{} AS key{}", reading.key[i].name, i);
    parts.push_back(fmt::format("({} FROM {} t OFFSET 0)", part, relation));
  }
  return "FROM (" + joined(parts, " UNION ALL ") + ") s";
}

Buckets buckets_of(pg::Session& session, const Reading& reading, const std::vector<std::size_t>& columns, std::size_t count) {
  auto sql = fmt::format("SELECT s.k & {} AS bucket, count(*) AS row_count, sum(s.k)::text", count - 1);
  for (const auto place : columns) sql += fmt::format(" || ' ' || sum({})::text", column_hash(reading, place, fmt::format("s.v{}", place)));
  const auto rows = session.query(sql + " AS sums " + rows_of(reading, columns, false) + " GROUP BY 1");
  Buckets buckets;
  for (std::size_t row = 0; row < rows.rows(); ++row) buckets[rows.integer(row, "bucket")] = {rows.integer(row, "row_count"), rows.text(row, "sums")};
  return buckets;
}

Rows rows_in(pg::Session& session, const Reading& reading, const std::vector<std::size_t>& columns, std::size_t count, const std::string& wanted, bool with_keys) {
  std::string sql = "SELECT s.k::text AS k, s.tableoid::regclass::text AS place, s.ctid::text AS ctid";
  for (const auto place : columns) sql += fmt::format(", {} AS h{}", column_hash(reading, place, fmt::format("s.v{}", place)), place);
  if (with_keys)
    for (std::size_t i = 0; i < reading.key.size(); ++i) sql += fmt::format(", s.key{0}::text AS key{0}", i);
  sql += ' ' + rows_of(reading, columns, with_keys) + fmt::format(" WHERE (s.k & {}) = ANY ('{{{}}}'::int8[]) ORDER BY s.tableoid, s.ctid", count - 1, wanted);
  const auto found = session.query(sql);
  Rows rows;
  for (std::size_t row = 0; row < found.rows(); ++row) {
    Row one{.hashes = {}, .place = {.table = found.text(row, "place"), .ctid = found.text(row, "ctid")}};
    for (const auto place : columns) one.hashes.push_back(found.text(row, fmt::format("h{}", place)));
    if (with_keys)
      for (std::size_t i = 0; i < reading.key.size(); ++i) one.place.key.push_back(found.optional_text(row, fmt::format("key{}", i)));
    rows[found.text(row, "k")].push_back(std::move(one));
  }
  return rows;
}

struct Found {
  std::vector<RowDifference> lost, added, changed;
};

void note(std::vector<RowDifference>& list, const Row& row, RowFate fate, std::vector<std::string> columns = {}) {
  auto difference = row.place;
  difference.fate = fate;
  difference.columns = std::move(columns);
  list.push_back(std::move(difference));
}

// Rows of one key: usually one on each side. Duplicates are matched by their values as far as that goes.
void compare_rows(std::vector<Row> before, std::vector<Row> after, const std::vector<std::string>& names, Found& found) {
  for (auto row = before.begin(); row != before.end();) {
    const auto equal = std::find_if(after.begin(), after.end(), [&](const Row& other) { return other.hashes == row->hashes; });
    if (equal == after.end()) {
      ++row;
      continue;
    }
    after.erase(equal);
    row = before.erase(row);
  }
  const auto pairs = std::min(before.size(), after.size());
  for (std::size_t i = 0; i < pairs; ++i) {
    std::vector<std::string> columns;
    for (std::size_t c = 0; c < names.size(); ++c)
      if (before[i].hashes[c] != after[i].hashes[c]) columns.push_back(names[c]);
    note(found.changed, after[i], RowFate::changed, std::move(columns));
  }
  for (std::size_t i = pairs; i < before.size(); ++i) note(found.lost, before[i], RowFate::lost);
  for (std::size_t i = pairs; i < after.size(); ++i) note(found.added, after[i], RowFate::added);
}

// Some of each kind, all kinds that there are.
std::vector<RowDifference> sampled(const Found& found, std::size_t count) {
  std::vector<RowDifference> samples;
  for (std::size_t i = 0; samples.size() < count; ++i) {
    const auto size = samples.size();
    for (const auto* list : {&found.lost, &found.changed, &found.added})
      if (i < list->size() && samples.size() < count) samples.push_back((*list)[i]);
    if (samples.size() == size) break;
  }
  std::stable_sort(samples.begin(), samples.end(), [](const auto& a, const auto& b) { return a.fate < b.fate; });
  return samples;
}

}  // namespace

RowDifferences find_differences(const pg::ConnInfo& before, const pg::ConnInfo& after, const DrillDown& wanted, const ContentOptions& options) {
  auto columns = wanted.columns;
  if (columns.size() > most_columns) columns.resize(most_columns);
  std::size_t count = 16;
  while (count < most_buckets && static_cast<std::int64_t>(count) * 16 < wanted.rows) count *= 2;

  const auto [buckets_before, buckets_after] =
      both(before, after, wanted, options, [&](pg::Session& session, const Reading& reading) { return buckets_of(session, reading, columns, count); });
  std::map<std::int64_t, std::int64_t> different;   // with how many rows to fetch
  const auto look = [&](const Buckets& from, const Buckets& to) {
    for (const auto& [number, bucket] : from) {
      const auto other = to.find(number);
      if (other == to.end() || other->second != bucket) different[number] = bucket.rows + (other == to.end() ? 0 : other->second.rows);
    }
  };
  look(buckets_before, buckets_after);
  look(buckets_after, buckets_before);

  RowDifferences result;
  std::vector<std::string> fetched;
  std::int64_t rows = 0;
  for (const auto& [number, size] : different) {
    if (!fetched.empty() && rows + size > rows_fetched) {
      result.complete = false;
      break;
    }
    rows += size;
    fetched.push_back(std::to_string(number));
  }
  if (fetched.empty()) return result;
  const bool with_keys = options.reveal_keys && wanted.before.keyed;
  const auto list = joined(fetched, ",");
  auto [rows_before, rows_after] =
      both(before, after, wanted, options, [&](pg::Session& session, const Reading& reading) { return rows_in(session, reading, columns, count, list, with_keys); });
  std::vector<std::string> names;
  for (const auto place : columns) names.push_back(wanted.after.columns[place].name);
  Found found;
  for (auto& [key, of_before] : rows_before) {
    const auto of_after = rows_after.find(key);
    compare_rows(std::move(of_before), of_after == rows_after.end() ? std::vector<Row>{} : of_after->second, names, found);
  }
  for (auto& [key, of_after] : rows_after)
    if (!rows_before.contains(key)) compare_rows({}, std::move(of_after), names, found);
  result.lost = static_cast<std::int64_t>(found.lost.size());
  result.added = static_cast<std::int64_t>(found.added.size());
  result.changed = static_cast<std::int64_t>(found.changed.size());
  for (const auto& name : names) {
    const auto rows_with = std::count_if(found.changed.begin(), found.changed.end(), [&](const RowDifference& row) {
      return std::find(row.columns.begin(), row.columns.end(), name) != row.columns.end();
    });
    if (rows_with > 0) result.columns.push_back({name, static_cast<std::int64_t>(rows_with)});
  }
  result.samples = sampled(found, options.samples);
  return result;
}

}  // namespace prodclone::data
