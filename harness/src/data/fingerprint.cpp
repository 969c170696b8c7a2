#include <prodclone/data/fingerprint.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include <prodclone/base/error.hpp>

#include "failed_query.hpp"
#include "work_queue.hpp"

namespace prodclone::data {

namespace {

// Printing must not depend on the database's or the role's settings; row_security off makes filtering an error instead
// of a silent undercount.
constexpr std::string_view session_settings =
    "SET default_transaction_read_only = on; SET row_security = off; SET constraint_exclusion = off; SET jit = off; "
    "SET search_path = pg_catalog; SET lock_timeout = '30s'; SET TimeZone = 'UTC'; SET DateStyle = 'ISO, MDY'; "
    "SET IntervalStyle = 'postgres'; SET extra_float_digits = 3; SET bytea_output = 'hex'; SET lc_monetary = 'C'; "
    "SET xmloption = 'content'; SET application_name = 'prodclone content'";

// A result may have 1,664 columns; each of the table's takes two.
constexpr std::size_t columns_at_once = 600;
constexpr std::int64_t bytes_of_a_page = 8192;   // as nearly every server is built; for the forecast only

void read(pg::Session& session, TablePrint& print) {
  const auto began = std::chrono::steady_clock::now();
  const auto& columns = print.reading.columns;
  try {
    std::size_t begin = 0;
    do {
      const auto end = std::min(columns.size(), begin + columns_at_once);
      const auto sums = session.query(sums_sql(print.reading, begin, end));
      print.rows = sums.integer(0, "row_count");
      print.keys = sums.text(0, "keys");
      for (; begin < end; ++begin)
        print.columns.push_back({sums.integer(0, fmt::format("n{}", begin)), sums.text(0, fmt::format("h{}", begin))});
    } while (begin < columns.size());
  } catch (const pg::SqlError& error) {
    if (!answers(session)) throw;
    print.could_not_read = reason(error);
    print.columns.clear();
  }
  print.took = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - began);
}

// The largest first, so that no connection is left with the biggest table at the end.
void read_all(const pg::ConnInfo& database, std::vector<TablePrint>& prints, const std::vector<std::int64_t>& weights, const FingerprintOptions& options) {
  std::vector<std::size_t> order(prints.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return weights[a] > weights[b]; });
  Tally tally(options.progress, {.phase = "reading rows", .total = std::accumulate(weights.begin(), weights.end(), std::int64_t{0}) * bytes_of_a_page, .unit = "bytes"},
              "tables", static_cast<std::int64_t>(prints.size()));
  work_through(order.size(), options.connections, [&] { return open_for_reading(database, options); }, [&](pg::Session& session, std::size_t job) {
    read(session, prints[order[job]]);
    tally.add(weights[order[job]] * bytes_of_a_page);
  });
}

bool has_rows_of_its_own(const Relation& relation, const FingerprintOptions& options) {
  return (relation.kind == Kind::table || relation.kind == Kind::partitioned) && relation.root == 0 && relation.extension.empty() &&
         std::find(options.exclude.begin(), options.exclude.end(), relation.name) == options.exclude.end();
}

}  // namespace

pg::Session open_for_reading(const pg::ConnInfo& database, const FingerprintOptions& options) {
  pg::Session session(database);
  session.execute(session_settings);
  session.execute(fmt::format("SET statement_timeout = {}", options.deadline.count()));
  return session;
}

Fingerprint take_fingerprint(const pg::ConnInfo& database, const FingerprintOptions& options) {
  Fingerprint print{.database = database.database};
  {
    auto session = open_for_reading(database, options);
    print.catalog = read_catalog(session);
  }
  std::vector<std::int64_t> weights;
  for (const auto& relation : print.catalog.relations) {
    if (!has_rows_of_its_own(relation, options)) continue;
    print.tables.push_back({.oid = relation.oid, .reading = natural_reading(relation)});
    weights.push_back(relation.pages);
  }
  read_all(database, print.tables, weights, options);
  return print;
}

Fingerprint with_catalog(Fingerprint sibling, const Catalog& catalog) {
  for (auto& table : sibling.tables) {
    const auto name = find_relation(sibling.catalog, table.oid)->name;
    const auto* own = find_relation(catalog, name);
    if (own == nullptr || natural_reading(*own) != table.reading)
      throw Error(Failure::could_not_check, fmt::format("{} is not the same table in {} and in the copy that it is compared with.", name, sibling.database),
                  "Leave the schema as it is before the migration runs.");
    table.oid = own->oid;
  }
  sibling.catalog = catalog;
  return sibling;
}

std::vector<TablePrint> read_tables(const pg::ConnInfo& database, const std::vector<Reading>& readings, const FingerprintOptions& options,
                                    std::vector<std::int64_t> pages) {
  std::vector<TablePrint> prints;
  for (const auto& reading : readings) prints.push_back({.reading = reading});
  pages.resize(prints.size());
  read_all(database, prints, pages, options);
  return prints;
}

}  // namespace prodclone::data
