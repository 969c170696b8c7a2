#include "catalog_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <unordered_set>
#include <utility>

#include <prodclone/base/files.hpp>
#include <prodclone/base/hash.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/pg/driver.hpp>

#include "catalog_row.hpp"
#include "sql/catalog_columns.hpp"
#include "sql/row_versions.hpp"

namespace prodclone::schema {

namespace {

// Below, OIDs are not the cluster's alone: what has them was made by initdb.
constexpr std::uint32_t first_of_users = 16384;

std::vector<KnownColumn> known_columns(pg::Driver& driver) {
  std::vector<KnownColumn> columns;
  const auto rows = driver.run(sql::catalog_columns);
  for (std::size_t row = 0; row < rows.rows(); ++row)
    columns.push_back({rows.text(row, "catalog"), rows.text(row, "name"),
                       static_cast<std::uint32_t>(rows.integer(row, "catalog_oid")),
                       static_cast<std::uint32_t>(rows.integer(row, "type"))});
  return columns;
}

std::string copy_out_of(const std::string& list, const std::string& rows, const std::string& only = {}) {
  return "COPY (SELECT " + list + rows + (only.empty() ? "" : " AND " + only) + ") TO STDOUT (FORMAT binary)";
}

std::string at_places(const std::string& places) { return "x.ctid = ANY ('" + places + "'::pg_catalog.tid[])"; }

// Before its own fields, the version of each row.
std::string versioned_list(const CatalogReading& reading) {
  return fmt::format("x.xmin, ({})::pg_catalog.int8, {}", reading.version_key, reading.list);
}

std::int64_t number_of(std::string_view bytes) {
  return static_cast<std::int64_t>((std::uint64_t{big_endian(bytes)} << 32U) | big_endian(bytes.substr(4)));
}

// The lowest 64 bits of a whole number of any length.
std::uint64_t low_bits(std::string_view number) {
  std::uint64_t value = 0;
  for (const char c : number)
    if (c != '-') value = value * 10 + static_cast<std::uint64_t>(c - '0');
  return number.starts_with('-') ? 0 - value : value;
}

// xmin and key with their lengths.
constexpr std::size_t version_size = 4 + 4 + 4 + 8;

KeptRow version_of(std::string_view bytes) {
  return {.xmin = big_endian(bytes.substr(4)), .key = number_of(bytes.substr(12)), .bytes = bytes.substr(version_size)};
}

// One row's part of Versions::digest, as the server reckons it: hashint8extended(key, xmin - 3).
std::uint64_t version_digest(const KeptRow& row) {
  const auto rotated = [](std::uint32_t x, unsigned bits) { return (x << bits) | (x >> (32U - bits)); };
  const auto key = static_cast<std::uint64_t>(row.key);
  const auto high = static_cast<std::uint32_t>(key >> 32U);
  const auto folded = static_cast<std::uint32_t>(key) ^ (row.key >= 0 ? high : ~high);
  const std::uint64_t seed = row.xmin - std::uint64_t{3};
  std::uint32_t a = 0x9e3779b9U + 4 + 3923095, b = a, c = a;
  if (seed != 0) {
    a += static_cast<std::uint32_t>(seed >> 32U);
    b += static_cast<std::uint32_t>(seed);
    a -= c; a ^= rotated(c, 4); c += b;
    b -= a; b ^= rotated(a, 6); a += c;
    c -= b; c ^= rotated(b, 8); b += a;
    a -= c; a ^= rotated(c, 16); c += b;
    b -= a; b ^= rotated(a, 19); a += c;
    c -= b; c ^= rotated(b, 4); b += a;
  }
  a += folded;
  c ^= b; c -= rotated(b, 14);
  a ^= c; a -= rotated(c, 11);
  b ^= a; b -= rotated(a, 25);
  c ^= b; c -= rotated(b, 16);
  a ^= c; a -= rotated(c, 4);
  b ^= a; b -= rotated(a, 14);
  c ^= b; c -= rotated(b, 24);
  return (std::uint64_t{b} << 32U) | c;
}

Versions operator-(const Versions& x, const Versions& y) { return {x.rows - y.rows, x.digest - y.digest}; }

// Of one catalog: the versions of its rows, and which are younger than a transaction.
struct Young {
  Versions versions = {};
  std::string places = {};
};

struct ServerFacts {
  std::string origin = {};
  std::int64_t next_xid = 0;
  bool usable = false, wrote = false;
};

}  // namespace

class RememberingReader {
 public:
  RememberingReader(pg::Driver& driver, CatalogMemory& memory, const RowSink& sink)
      : driver_(driver), memory_(memory), sink_(sink) {}

  std::vector<CatalogReading> read() {
    memory_.rows_read_ = 0;
    memory_.to_keep_.reset();
    memory_.picture_.reset();
    memory_.remembered_ = recall() && read_what_is_new();
    if (!memory_.remembered_) read_all();
    return std::move(readings_);
  }

 private:
  // Keeping costs as much as reading the file later; a few rows are read again instead.
  static constexpr std::size_t few = 20;

  std::string asker() const {
    return fmt::format("{} {} {}:{}", driver_.server_version(), driver_.conninfo().user, driver_.conninfo().host, driver_.conninfo().port);
  }

  // What is kept may be asked for on this server; whether it is right is seen by what it answers.
  bool recall() {
    auto text = read_file_if_present(memory_.file_);
    if (!text) return false;
    auto kept = parse_kept(*std::move(text));
    if (!kept || !kept->origin.starts_with(asker() + '\n')) return false;
    kept_ = *std::move(kept);
    readings_ = catalog_readings(kept_.columns, first_of_users);
    if (kept_.readings.size() != readings_.size()) return false;
    look();
    return facts_.usable && facts_.origin == kept_.origin && facts_.next_xid >= kept_.next_xid;
  }

  std::string versions_of(std::size_t reading) const {
    return fmt::format("pg_catalog.hashint8extended({}, (SELECT pg_catalog.age('3'::pg_catalog.xid)) - pg_catalog.age(x.xmin))", readings_[reading].version_key);
  }

  // The facts of the server, and how many rows of which versions each catalog has.
  void look() {
    std::string all;
    for (std::size_t i = 0; i < readings_.size(); ++i)
      if (!readings_[i].version_key.empty())
        all += fmt::format("{}SELECT {} AS reading, pg_catalog.count(*) AS rows, pg_catalog.sum({}) AS digest{}", all.empty() ? "" : " UNION ALL ", i,
                           versions_of(i), readings_[i].version_rows);
    found_.assign(readings_.size(), {});
    driver_.run_each({std::string(sql::row_versions), all}, [&](std::size_t at, const pg::Result& rows) {
      if (at == 0)
        facts_ = {.origin = fmt::format("{}\n{} {}", asker(), rows.text(0, "server"), sha256(all_queries())),
                  .next_xid = rows.integer(0, "next_xid"), .usable = rows.boolean(0, "usable"), .wrote = rows.boolean(0, "wrote")};
      else
        for (std::size_t row = 0; row < rows.rows(); ++row)
          found_[static_cast<std::size_t>(rows.integer(row, "reading"))] = {rows.integer(row, "rows"), low_bits(rows.text(row, "digest"))};
    });
  }

  std::vector<Young> look_for_young(const std::vector<std::size_t>& changed) {
    std::string all;
    for (const auto i : changed)
      all += fmt::format("{}SELECT {} AS reading, pg_catalog.count(*) AS rows, pg_catalog.sum({}) AS digest, pg_catalog.array_agg(x.ctid) AS places{} "
                         "AND pg_catalog.age(x.xmin) <= (SELECT pg_catalog.age('{}'::pg_catalog.xid))",
                         all.empty() ? "" : " UNION ALL ", i, versions_of(i), readings_[i].version_rows, kept_.next_xid);
    std::vector<Young> young(readings_.size());
    if (all.empty()) return young;
    const auto rows = driver_.run(all);
    for (std::size_t row = 0; row < rows.rows(); ++row)
      young[static_cast<std::size_t>(rows.integer(row, "reading"))] = {{rows.integer(row, "rows"), low_bits(rows.text(row, "digest"))}, rows.text(row, "places")};
    return young;
  }

  std::string all_queries() const {
    std::string all;
    for (const auto& reading : readings_) all += reading.list + reading.rows + reading.version_key + reading.version_rows + '\n';
    return all;
  }

  // False where nearly everything is new: then it is better read as a whole.
  bool read_what_is_new() {
    std::vector<std::size_t> changed, unversioned, lost;
    std::int64_t all = 0, new_ones = 0;
    for (std::size_t i = 0; i < readings_.size(); ++i) {
      all += found_[i].rows;
      if (readings_[i].version_key.empty()) unversioned.push_back(i);
      else if (found_[i] != kept_.readings[i].versions) changed.push_back(i);
    }
    const auto young = look_for_young(changed);
    std::vector<std::string> places(readings_.size());
    for (const auto i : changed) {
      new_ones += young[i].versions.rows;
      places[i] = young[i].places;
    }
    if (new_ones * 2 > all) return false;
    auto fetched = fetch(places, unversioned);
    const auto others = digest_of(fetched, unversioned);
    if (changed.empty() && others == kept_.unversioned) memory_.picture_ = parse_picture(kept_.picture);
    if (memory_.picture_) return true;
    kept_.unversioned = others;
    for (const auto i : changed)
      if (!replace_by_key(i, fetched[i], found_[i] - young[i].versions)) lost.push_back(i);
    if (!lost.empty()) {
      // Something was dropped, or there are old rows that nobody knows.
      for (auto& place : places) place.clear();
      const auto there = list(lost);
      for (std::size_t k = 0; k < lost.size(); ++k) places[lost[k]] = forget_what_is_gone(kept_.readings[lost[k]].rows, there[k]);
      auto rest = fetch(places, {});
      for (const auto i : lost) fetched[i] = std::move(rest[i]);
    }
    finish(std::move(fetched));
    return true;
  }

  static Digest digest_of(const std::vector<std::vector<KeptRow>>& rows, const std::vector<std::size_t>& readings) {
    Digesting all;
    for (const auto i : readings)
      for (const auto& row : rows[i]) all.add_number(i).add(row.bytes);
    return all.digest();
  }

  // Leaves out the rows of which there are new versions, if that explains what is gone.
  bool replace_by_key(std::size_t reading, const std::vector<KeptRow>& fetched, const Versions& old) {
    auto& kept = kept_.readings[reading];
    std::unordered_set<std::int64_t> keys;
    for (const auto& row : fetched) keys.insert(row.key);
    Versions gone;
    for (const auto& row : kept.rows)
      if (keys.contains(row.key)) gone = {gone.rows + 1, gone.digest + version_digest(row)};
    if (kept.versions - gone == old) {
      if (gone.rows > 0) std::erase_if(kept.rows, [&](const KeptRow& row) { return keys.contains(row.key); });
      return true;
    }
    return kept.versions == old;
  }

  // All rows of some catalogs with their versions, and for their bytes their places.
  std::vector<std::vector<KeptRow>> list(const std::vector<std::size_t>& readings) {
    std::vector<std::string> statements;
    for (const auto i : readings)
      statements.push_back(copy_out_of(fmt::format("x.xmin, ({})::pg_catalog.int8, x.ctid", readings_[i].version_key), readings_[i].rows));
    std::vector<std::vector<KeptRow>> there(readings.size());
    driver_.copy_out(statements, [&](std::size_t at, std::string_view row) {
      auto version = version_of(row);
      version.bytes = kept_.texts.emplace_back(version.bytes.substr(4));
      there[at].push_back(version);
    });
    return there;
  }

  // Leaves the rows that are still there, and returns the places of those that are not known.
  static std::string forget_what_is_gone(std::vector<KeptRow>& kept, std::vector<KeptRow> there) {
    const auto order = [](const KeptRow& x, const KeptRow& y) { return std::tie(x.key, x.xmin) < std::tie(y.key, y.xmin); };
    std::sort(kept.begin(), kept.end(), order);
    std::sort(there.begin(), there.end(), order);
    std::vector<KeptRow> still;
    std::string unknown;
    auto k = kept.begin();
    for (auto t = there.begin(); t != there.end();) {
      const auto t_end = std::upper_bound(t, there.end(), *t, order);
      while (k != kept.end() && order(*k, *t)) ++k;
      auto k_end = k;
      while (k_end != kept.end() && !order(*t, *k_end)) ++k_end;
      // Rows that nothing tells apart are the same only when none of them is gone.
      const bool same = k_end - k == t_end - t;
      if (same) still.insert(still.end(), k, k_end);
      for (; t != t_end; ++t)
        if (!same)
          unknown += fmt::format("{}\"({},{})\"", unknown.empty() ? "{" : ",", big_endian(t->bytes),
                                 big_endian(std::string(2, '\0') + std::string(t->bytes.substr(4, 2))));
      k = k_end;
    }
    kept = std::move(still);
    return unknown.empty() ? unknown : unknown + '}';
  }

  // The rows at these places, and all of some catalogs.
  std::vector<std::vector<KeptRow>> fetch(const std::vector<std::string>& places, const std::vector<std::size_t>& whole) {
    std::vector<std::string> statements;
    std::vector<std::size_t> of = whole;
    for (const auto i : whole) statements.push_back(copy_out_of(readings_[i].list, readings_[i].rows));
    for (std::size_t i = 0; i < readings_.size(); ++i) {
      if (places[i].empty()) continue;
      statements.push_back(copy_out_of(versioned_list(readings_[i]), readings_[i].rows, at_places(places[i])));
      of.push_back(i);
    }
    std::vector<std::vector<KeptRow>> fetched(readings_.size());
    driver_.copy_out(statements, [&](std::size_t at, std::string_view row) {
      fetched[of[at]].push_back(stored(kept_, of[at], at < whole.size() ? KeptRow{.bytes = row} : version_of(row)));
    });
    return fetched;
  }

  void finish(std::vector<std::vector<KeptRow>> fetched) {
    std::size_t all = 0;
    for (std::size_t i = 0; i < readings_.size(); ++i) {
      auto& rows = kept_.readings[i].rows;
      if (!readings_[i].version_key.empty()) memory_.rows_read_ += fetched[i].size();
      rows.insert(rows.end(), fetched[i].begin(), fetched[i].end());
      for (const auto& row : rows) sink_(readings_[i], row.bytes);
      all += rows.size();
    }
    if (memory_.rows_read_ * few > all) keep(std::move(kept_));
  }

  KeptRow stored(KeptCatalogs& kept, std::size_t reading, KeptRow row) {
    row.bytes = kept.texts.emplace_back(outliner_.outlined(readings_[reading], row.bytes));
    return row;
  }

  void read_all() {
    KeptCatalogs kept;
    kept.columns = known_columns(driver_);
    readings_ = catalog_readings(kept.columns, first_of_users);
    look();
    kept.readings.resize(readings_.size());
    std::vector<std::string> statements;
    for (const auto& reading : readings_) statements.push_back(copy_out_of(reading.version_key.empty() ? reading.list : versioned_list(reading), reading.rows));
    driver_.copy_out(statements, [&](std::size_t at, std::string_view row) {
      const auto& one = kept.readings[at].rows.emplace_back(stored(kept, at, readings_[at].version_key.empty() ? KeptRow{.bytes = row} : version_of(row)));
      sink_(readings_[at], one.bytes);
      ++memory_.rows_read_;
    });
    Digesting others;
    for (std::size_t i = 0; i < readings_.size(); ++i)
      if (readings_[i].version_key.empty())
        for (const auto& row : kept.readings[i].rows) others.add_number(i).add(row.bytes);
    kept.unversioned = others.digest();
    keep(std::move(kept));
  }

  void keep(KeptCatalogs kept) {
    if (!facts_.usable || facts_.wrote) return;
    kept.origin = facts_.origin;
    kept.next_xid = facts_.next_xid;
    for (std::size_t i = 0; i < readings_.size(); ++i) {
      kept.readings[i].versions = found_[i];
      if (readings_[i].version_key.empty()) kept.readings[i].rows.clear();
    }
    memory_.to_keep_ = std::move(kept);
  }

  pg::Driver& driver_;
  CatalogMemory& memory_;
  const RowSink& sink_;
  KeptCatalogs kept_;
  std::vector<CatalogReading> readings_;
  std::vector<Versions> found_;
  ServerFacts facts_;
  RowOutliner outliner_{first_of_users};
};

void CatalogMemory::add(const Picture& picture) {
  if (to_keep_) to_keep_->picture = picture_text(picture);
}

void CatalogMemory::keep(pg::Driver& driver) {
  if (!to_keep_) return;
  const auto kept = std::exchange(to_keep_, std::nullopt);
  // Flushed to the disk with all that came before it.
  driver.run("COMMIT; BEGIN; SET LOCAL synchronous_commit = local; SELECT pg_catalog.pg_logical_emit_message(true, 'prodclone', ''); COMMIT");
  make_private_directory(file_.parent_path());
  write_file_atomically(file_, kept_text(*kept));
}

std::vector<CatalogReading> read_catalogs(pg::Driver& driver, std::uint32_t first_oid, CatalogMemory* memory, const RowSink& sink) {
  if (memory != nullptr && first_oid == first_of_users) return RememberingReader(driver, *memory, sink).read();
  auto readings = catalog_readings(known_columns(driver), first_oid);
  std::vector<std::string> statements;
  for (const auto& reading : readings) statements.push_back(copy_out_of(reading.list, reading.rows));
  RowOutliner outliner(first_oid);
  driver.copy_out(statements, [&](std::size_t at, std::string_view row) { sink(readings[at], outliner.outlined(readings[at], row)); });
  return readings;
}

}  // namespace prodclone::schema
