// What a database holds, in a few numbers for each table: the rows, and for each column an order-independent sum of a
// hash of its values, each chained with the key of its row. Sums of one server version only can be compared.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <prodclone/base/progress.hpp>
#include <prodclone/data/catalog.hpp>
#include <prodclone/data/reading.hpp>
#include <prodclone/pg/conninfo.hpp>
#include <prodclone/pg/session.hpp>

namespace prodclone::data {

struct ColumnSum {
  std::int64_t values = 0;      // that are not null
  std::string sum = {};
  friend bool operator==(const ColumnSum&, const ColumnSum&) = default;
};

struct TablePrint {
  std::uint32_t oid = 0;
  Reading reading = {};
  std::int64_t rows = 0;
  std::string keys = {};                 // the sum of the keys' hashes
  std::vector<ColumnSum> columns = {};   // as reading.columns
  std::string could_not_read = {};       // the reason; nothing else counts then
  std::chrono::microseconds took = {};
  friend bool operator==(const TablePrint&, const TablePrint&) = default;
};

struct Fingerprint {
  std::string database = {};
  Catalog catalog = {};
  std::vector<TablePrint> tables = {};   // natural readings
  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
};

struct FingerprintOptions {
  std::size_t connections = 2;
  std::vector<std::string> exclude = {};         // qualified names: state tables
  std::chrono::milliseconds deadline{0};         // of one table; zero: none
  ProgressSink progress = {};
};

// Every table of users, one scan each, the largest first over a few read-only connections. Throws SqlError when the
// catalog cannot be read or the server is lost; a table that cannot be read (row security, a missing privilege, the
// deadline) is a value.
Fingerprint take_fingerprint(const pg::ConnInfo& database, const FingerprintOptions& options = {});

// These readings. Of how many pages each, where that is known: the largest are read first then.
std::vector<TablePrint> read_tables(const pg::ConnInfo& database, const std::vector<Reading>& readings, const FingerprintOptions& options = {},
                                    std::vector<std::int64_t> pages = {});

// The fingerprint of a sibling, which has the same tables by name, under the OIDs of `catalog`: siblings give what was
// made since their common ancestor OIDs of their own. Throws Error(could_not_check) naming a table that is another one.
Fingerprint with_catalog(Fingerprint sibling, const Catalog& catalog);

// A read-only session in which equal values print alike whatever the settings of the database.
pg::Session open_for_reading(const pg::ConnInfo& database, const FingerprintOptions& options = {});

}  // namespace prodclone::data
