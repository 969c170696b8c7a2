#include <prodclone/data/foreign_keys.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <numeric>

#include <sql/foreign_keys.hpp>

#include "failed_query.hpp"
#include "work_queue.hpp"

namespace prodclone::data {

namespace {

// row_security off makes filtering an error instead of a silent undercount; constraint_exclusion off keeps the planner
// from answering without looking.
constexpr std::string_view session_settings =
    "SET default_transaction_read_only = on; SET row_security = off; SET constraint_exclusion = off; SET jit = off; "
    "SET search_path = pg_catalog; SET lock_timeout = '30s'; "
    "SET work_mem = '64MB'; SET application_name = 'prodclone foreign keys'";

// Merging two indexes reads each once and in order: two to eight times as fast as hashing, measured on 1.5 M rows, and
// parallel workers only slow it down. It pays when both sides have an index and the child is not tiny beside its parent;
// else hashing with the server's usual workers does.
bool merging_pays(const ForeignKey& key) { return key.indexed && !key.temporal && key.child_rows * 4 >= key.parent_rows; }

void choose_plan(pg::Session& session, const ForeignKey& key) {
  session.execute(merging_pays(key) ? "SET enable_hashjoin = off; SET enable_nestloop = off; SET max_parallel_workers_per_gather = 0"
                                    : "RESET enable_hashjoin; RESET enable_nestloop; RESET max_parallel_workers_per_gather");
}

std::vector<Orphan> sample(pg::Session& session, const ForeignKey& key, const ForeignKeyOptions& options) {
  std::string columns = "fk.tableoid::pg_catalog.regclass::text AS sampled_table, fk.ctid::text AS sampled_ctid";
  if (options.reveal_keys)
    for (const auto& column : key.child_columns) columns += ", fk." + column + "::text";
  const auto rows = session.query(fmt::format("SELECT {} {} LIMIT {}", columns, key.orphans_from, options.samples));
  std::vector<Orphan> orphans;
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    Orphan orphan{.table = rows.text(row, "sampled_table"), .ctid = rows.text(row, "sampled_ctid")};
    for (std::size_t column = 2; column < rows.columns().size(); ++column) orphan.key.push_back(rows.cell(row, column));
    orphans.push_back(std::move(orphan));
  }
  return orphans;
}

void count(pg::Session& session, ForeignKeyReport& report, const ForeignKeyOptions& options) {
  const auto began = std::chrono::steady_clock::now();
  try {
    choose_plan(session, report.key);
    report.orphans = session.query("SELECT count(*) AS orphans " + report.key.orphans_from).integer(0, "orphans");
    if (*report.orphans > 0 && options.samples > 0) report.samples = sample(session, report.key, options);
  } catch (const pg::SqlError& error) {
    if (!answers(session)) throw;
    report.orphans.reset();
    report.samples.clear();
    report.could_not_count = reason(error);
  }
  report.took = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - began);
}

pg::Session open(const pg::ConnInfo& database, const ForeignKeyOptions& options) {
  pg::Session session(database);
  session.execute(session_settings);
  session.execute(fmt::format("SET statement_timeout = {}", options.deadline.count()));
  return session;
}

}  // namespace

std::vector<ForeignKey> foreign_keys_of(pg::Session& session) {
  const auto rows = session.query(sql::foreign_keys);
  std::vector<ForeignKey> keys;
  for (std::size_t row = 0; row < rows.rows(); ++row)
    keys.push_back({.name = rows.text(row, "name"),
                    .child = rows.text(row, "child"),
                    .parent = rows.text(row, "parent"),
                    .child_columns = rows.texts(row, "fkcols"),
                    .parent_columns = rows.texts(row, "pkcols"),
                    .match_full = rows.boolean(row, "match_full"),
                    .validated = rows.boolean(row, "convalidated"),
                    .enforced = rows.boolean(row, "enforced"),
                    .deferrable = rows.boolean(row, "condeferrable"),
                    .initially_deferred = rows.boolean(row, "condeferred"),
                    .temporal = rows.boolean(row, "period"),
                    .indexed = rows.boolean(row, "indexed"),
                    .lookup_indexed = rows.boolean(row, "lookup_indexed"),
                    .child_rows = rows.integer(row, "child_rows"),
                    .parent_rows = rows.integer(row, "parent_rows"),
                    .orphans_from = rows.text(row, "orphans_from"),
                    .sql_name = rows.text(row, "sql_name"),
                    .sql_child = rows.text(row, "sql_child")});
  return keys;
}

ForeignKeyReports count_orphans(const pg::ConnInfo& database, const ForeignKeyOptions& options) {
  ForeignKeyReports reports{.database = database.database};
  {
    auto session = open(database, options);
    for (auto& key : foreign_keys_of(session)) reports.keys.push_back({.key = std::move(key)});
  }

  // The longest first, so that no connection is left with the biggest table at the end.
  std::vector<std::size_t> order(reports.keys.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto weight = [&](std::size_t i) {
    const auto& key = reports.keys[i].key;
    return (key.child_rows + key.parent_rows) * (key.indexed ? 1 : 5);
  };
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return weight(a) > weight(b); });

  const auto rows = [&](std::size_t i) { return std::max<std::int64_t>(0, reports.keys[i].key.child_rows) + std::max<std::int64_t>(0, reports.keys[i].key.parent_rows); };
  Tally tally(options.progress, {.phase = "counting orphans", .total = std::transform_reduce(order.begin(), order.end(), std::int64_t{0}, std::plus<>(), rows), .unit = "rows"},
              "foreign keys", static_cast<std::int64_t>(order.size()));
  work_through(order.size(), options.connections, [&] { return open(database, options); }, [&](pg::Session& session, std::size_t job) {
    count(session, reports.keys[order[job]], options);
    tally.add(rows(order[job]));
  });
  return reports;
}

}  // namespace prodclone::data
