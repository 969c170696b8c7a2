#include "catalog_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

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

// What one catalog says of its versions now.
struct Found {
  Versions all = {}, young = {};
  std::string young_places = {};
  Versions old() const { return {all.rows - young.rows, all.digest - young.digest}; }
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
    return kept_.readings.size() == readings_.size() && look(kept_.next_xid) && facts_.usable && facts_.origin == kept_.origin &&
           facts_.next_xid >= kept_.next_xid;
  }

  // The versions of all catalogs, those from `young` on apart.
  bool look(std::int64_t young) {
    std::string all;
    for (std::size_t i = 0; i < readings_.size(); ++i) {
      if (readings_[i].version_key.empty()) continue;
      all += fmt::format(
          "{}SELECT {} AS reading, pg_catalog.count(*) AS rows, COALESCE(pg_catalog.sum(v.version), 0) AS digest, "
          "pg_catalog.count(*) FILTER (WHERE v.young) AS young_rows, COALESCE(pg_catalog.sum(v.version) FILTER (WHERE v.young), 0) AS young_digest, "
          "pg_catalog.array_agg(v.place) FILTER (WHERE v.young) AS young_places FROM (SELECT x.ctid AS place, "
          "pg_catalog.hashint8extended({}, CASE pg_catalog.age(x.xmin) WHEN 2147483647 THEN 0 ELSE (SELECT pg_catalog.age('3'::pg_catalog.xid)) - pg_catalog.age(x.xmin) END) AS version, "
          "{} AS young{}) v",
          all.empty() ? "" : " UNION ALL ", i, readings_[i].version_key,
          young > 0 ? fmt::format("pg_catalog.age(x.xmin) <= (SELECT pg_catalog.age('{}'::pg_catalog.xid))", young) : "false", readings_[i].version_rows);
    }
    found_.assign(readings_.size(), {});
    driver_.run_each({std::string(sql::row_versions), all}, [&](std::size_t at, const pg::Result& rows) {
      if (at == 0) {
        facts_ = {.origin = fmt::format("{}\n{} {}", asker(), rows.text(0, "server"), sha256(all_queries())),
                  .next_xid = rows.integer(0, "next_xid"), .usable = rows.boolean(0, "usable"), .wrote = rows.boolean(0, "wrote")};
        return;
      }
      for (std::size_t row = 0; row < rows.rows(); ++row) {
        auto& found = found_[static_cast<std::size_t>(rows.integer(row, "reading"))];
        found.all = {rows.integer(row, "rows"), low_bits(rows.text(row, "digest"))};
        found.young = {rows.integer(row, "young_rows"), low_bits(rows.text(row, "young_digest"))};
        found.young_places = rows.text(row, "young_places");
      }
    });
    return true;
  }

  std::string all_queries() const {
    std::string all;
    for (const auto& reading : readings_) all += reading.list + reading.rows + reading.version_key + reading.version_rows + '\n';
    return all;
  }

  // False where nearly everything is new: then it is better read as a whole.
  bool read_what_is_new() {
    std::vector<std::string> statements;
    std::vector<std::size_t> of;
    std::vector<std::string> places(readings_.size());
    std::int64_t young = 0, all = 0;
    for (std::size_t i = 0; i < readings_.size(); ++i) {
      young += found_[i].young.rows;
      all += found_[i].all.rows;
      if (readings_[i].version_key.empty() || found_[i].all == kept_.readings[i].versions) continue;
      if (found_[i].old() == kept_.readings[i].versions) {
        places[i] = found_[i].young_places;
        continue;
      }
      statements.push_back(copy_out_of(fmt::format("x.xmin, ({})::pg_catalog.int8, x.ctid", readings_[i].version_key), readings_[i].rows));
      of.push_back(i);
    }
    if (young * 2 > all) return false;
    std::vector<std::vector<KeptRow>> there(statements.size());
    std::deque<std::string> places_there;
    driver_.copy_out(statements, [&](std::size_t at, std::string_view row) {
      auto version = version_of(row);
      version.bytes = places_there.emplace_back(version.bytes.substr(4));
      there[at].push_back(version);
    });
    for (std::size_t at = 0; at < of.size(); ++at) places[of[at]] = forget_what_is_gone(kept_.readings[of[at]].rows, std::move(there[at]));
    fetch(places);
    return true;
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

  void fetch(const std::vector<std::string>& places) {
    std::vector<std::string> statements;
    std::vector<std::size_t> of;
    for (std::size_t i = 0; i < readings_.size(); ++i) {
      const bool whole = readings_[i].version_key.empty();
      if (!whole && places[i].empty()) continue;
      statements.push_back(whole ? copy_out_of(readings_[i].list, readings_[i].rows)
                                 : copy_out_of(versioned_list(readings_[i]), readings_[i].rows, at_places(places[i])));
      of.push_back(i);
    }
    for (std::size_t i = 0; i < readings_.size(); ++i)
      if (readings_[i].version_key.empty()) kept_.readings[i].rows.clear();
    std::size_t fetched = 0;
    driver_.copy_out(statements, [&](std::size_t at, std::string_view row) {
      const bool whole = readings_[of[at]].version_key.empty();
      add(kept_, of[at], whole ? KeptRow{.bytes = row} : version_of(row));
      fetched += whole ? 0 : 1;
    });
    std::size_t all = 0;
    for (std::size_t i = 0; i < readings_.size(); ++i)
      for (const auto& row : kept_.readings[i].rows) {
        sink_(readings_[i], row.bytes);
        ++all;
      }
    memory_.rows_read_ = fetched;
    if (fetched * few > all) keep(std::move(kept_));
  }

  void add(KeptCatalogs& kept, std::size_t reading, KeptRow row) {
    row.bytes = kept.texts.emplace_back(outliner_.outlined(readings_[reading], row.bytes));
    kept.readings[reading].rows.push_back(row);
  }

  void read_all() {
    KeptCatalogs kept;
    kept.columns = known_columns(driver_);
    readings_ = catalog_readings(kept.columns, first_of_users);
    look(0);
    kept.readings.resize(readings_.size());
    std::vector<std::string> statements;
    for (const auto& reading : readings_) statements.push_back(copy_out_of(reading.version_key.empty() ? reading.list : versioned_list(reading), reading.rows));
    driver_.copy_out(statements, [&](std::size_t at, std::string_view row) {
      add(kept, at, readings_[at].version_key.empty() ? KeptRow{.bytes = row} : version_of(row));
      sink_(readings_[at], kept.readings[at].rows.back().bytes);
      ++memory_.rows_read_;
    });
    keep(std::move(kept));
  }

  void keep(KeptCatalogs kept) {
    if (!facts_.usable || facts_.wrote) return;
    kept.origin = facts_.origin;
    kept.next_xid = facts_.next_xid;
    for (std::size_t i = 0; i < readings_.size(); ++i) {
      kept.readings[i].versions = found_[i].all;
      if (readings_[i].version_key.empty()) kept.readings[i].rows.clear();
    }
    memory_.to_keep_ = std::move(kept);
  }

  pg::Driver& driver_;
  CatalogMemory& memory_;
  const RowSink& sink_;
  KeptCatalogs kept_;
  std::vector<CatalogReading> readings_;
  std::vector<Found> found_;
  ServerFacts facts_;
  RowOutliner outliner_{first_of_users};
};

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
