#include <fmt/format.h>

#include <prodclone/base/error.hpp>
#include <prodclone/data/foreign_keys.hpp>
#include <prodclone/pg/session.hpp>

#include "comparisons.hpp"

namespace prodclone::bench {

namespace {

constexpr const char* sound = "bench_foreign_keys";
constexpr const char* orphaned = "bench_foreign_keys_orphaned";
constexpr int tables = 4;

void make_databases(const pg::ConnInfo& server, int rows) {
  pg::Session(server).execute(fmt::format("CREATE DATABASE {} TEMPLATE template0", sound));
  {
    pg::Session session(server.with_database(sound));
    session.execute(fmt::format("CREATE TABLE parent (id bigint PRIMARY KEY, name text); INSERT INTO parent SELECT n, 'parent ' || n FROM generate_series(1, {}) n", rows / 10 + 1));
    for (int i = 0; i < tables; ++i)
      session.execute(fmt::format("CREATE TABLE child{0} (id bigint PRIMARY KEY, parent_id bigint CONSTRAINT child{0}_parent REFERENCES parent, note text);"
                                  "INSERT INTO child{0} SELECT n, 1 + n % {1}, 'note number ' || n FROM generate_series(1, {2}) n",
                                  i, rows / 10, rows));
    session.execute("VACUUM ANALYZE");
  }
  pg::Session(server).execute(fmt::format("CREATE DATABASE {} TEMPLATE {}", orphaned, sound));
  pg::Session side(server.with_database(orphaned));
  side.execute("SET session_replication_role = replica; DELETE FROM parent WHERE id = 47");  // past every trigger, as replication does
  side.execute("VACUUM ANALYZE");
}

std::int64_t counted_by_us(const pg::ConnInfo& database) {
  std::int64_t orphans = 0;
  for (const auto& report : data::count_orphans(database).keys) {
    if (!report.could_not_count.empty()) throw Error(Failure::could_not_check, "A key could not be counted: " + report.could_not_count);
    orphans += report.orphans.value_or(0);
  }
  return orphans;
}

std::int64_t counted_by_joins(const pg::ConnInfo& database) {
  pg::Session session(database);
  std::int64_t orphans = 0;
  for (int i = 0; i < tables; ++i)
    orphans += session.query(fmt::format("SELECT count(*) AS n FROM child{} c LEFT JOIN parent p ON p.id = c.parent_id WHERE c.parent_id IS NOT NULL AND p.id IS NULL", i)).integer(0, "n");
  return orphans;
}

void unvalidate(const pg::ConnInfo& database) {
  pg::Session session(database);
  for (int i = 0; i < tables; ++i)
    session.execute(fmt::format("ALTER TABLE child{0} DROP CONSTRAINT child{0}_parent; ALTER TABLE child{0} ADD CONSTRAINT child{0}_parent FOREIGN KEY (parent_id) REFERENCES parent NOT VALID", i));
}

void validate(const pg::ConnInfo& database) {
  pg::Session session(database);
  for (int i = 0; i < tables; ++i) session.execute(fmt::format("ALTER TABLE child{0} VALIDATE CONSTRAINT child{0}_parent", i));
}

}  // namespace

Comparison compare_foreign_key_check(const Arena& arena, int rows, int rounds) {
  const auto server = arena.ours().conninfo();
  make_databases(server, rows);
  const auto good = server.with_database(sound), bad = server.with_database(orphaned);
  const auto orphans = counted_by_us(bad);
  if (orphans == 0 || orphans != counted_by_joins(bad) || counted_by_us(good) != 0)
    throw Error(Failure::could_not_check, "The orphans were not counted alike.");
  return measure("Foreign keys",
                 fmt::format("{} keys of {} rows each to a table of {} rows, without orphans. The same server.", tables, rows, rows / 10 + 1),
                 {{.name = "prodclone, two connections", .includes = "the catalog, every key counted, samples where there are orphans", .run = [&] { counted_by_us(good); }},
                  {.name = "LEFT JOIN … WHERE parent IS NULL", .includes = "one query for each key, written by hand", .run = [&] { counted_by_joins(good); }},
                  {.name = "VALIDATE CONSTRAINT", .includes = "one statement for each key; ends at the first orphan, and validating a validated key looks at nothing",
                   .prepare = [&] { unvalidate(good); }, .run = [&] { validate(good); }}},
                 rounds, arena.processor_time());
}

}  // namespace prodclone::bench
