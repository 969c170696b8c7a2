#include <fmt/format.h>

#include <prodclone/base/error.hpp>
#include <prodclone/data/fingerprint.hpp>
#include <prodclone/pg/session.hpp>

#include "comparisons.hpp"

namespace prodclone::bench {

namespace {

constexpr const char* original = "bench_content";
constexpr const char* altered = "bench_content_altered";
constexpr int tables = 4;

void make_databases(const pg::ConnInfo& server, int rows) {
  pg::Session(server).execute(fmt::format("CREATE DATABASE {} TEMPLATE template0", original));
  {
    pg::Session session(server.with_database(original));
    for (int i = 0; i < tables; ++i)
      session.execute(fmt::format(
          "CREATE TABLE item{0} (id bigint PRIMARY KEY, order_id bigint, product int, quantity int, price numeric(12,2), "
          "note text, state varchar(20), at timestamptz);"
          "INSERT INTO item{0} SELECT n, n / 4, n % 5000, n % 17, (n % 99991) / 100.0, 'note number ' || n || ' of the order', "
          "CASE WHEN n % 3 = 0 THEN 'open' ELSE 'closed' END, '2026-01-01Z'::timestamptz + n * interval '7 s' "
          "FROM generate_series(1, {1}) n",
          i, rows));
    session.execute("VACUUM ANALYZE");
  }
  pg::Session(server).execute(fmt::format("CREATE DATABASE {} TEMPLATE {}", altered, original));
  pg::Session side(server.with_database(altered));
  side.execute("UPDATE item2 SET price = price + 0.01 WHERE id = 4711");
  side.execute("VACUUM ANALYZE");
}

// What one query per table says of a database.
std::string told_by(const pg::ConnInfo& database, const char* query) {
  pg::Session session(database);
  std::string all;
  for (int i = 0; i < tables; ++i) all += session.query(fmt::format(fmt::runtime(query), i)).text(0, "told") + '\n';
  return all;
}

std::vector<data::TablePrint> printed(const pg::ConnInfo& database, std::size_t connections) {
  auto tables_read = data::take_fingerprint(database, {.connections = connections}).tables;
  for (auto& table : tables_read) table.took = {};
  return tables_read;
}

}  // namespace

Comparison compare_content_check(const Arena& arena, int rows, int rounds) {
  const auto server = arena.ours().conninfo();
  make_databases(server, rows);
  const auto one = server.with_database(original), other = server.with_database(altered);
  constexpr const char* count = "SELECT count(*)::text AS told FROM item{0}";
  constexpr const char* sum = "SELECT sum(hashtextextended(t::text, 0))::text AS told FROM item{0} t";
  constexpr const char* md5 = "SELECT md5(string_agg(md5(t::text), '' ORDER BY t.id)) AS told FROM item{0} t";
  const bool all_see_it = printed(one, 2) != printed(other, 2) && told_by(one, sum) != told_by(other, sum) && told_by(one, md5) != told_by(other, md5);
  if (!all_see_it) throw Error(Failure::could_not_check, "A fingerprint did not see the changed value.");
  return measure("Content",
                 fmt::format("{} tables of {} rows and 8 columns; all but count(*) see the one value that another copy has changed. The same server.", tables, rows),
                 {{.name = "prodclone, every column chained with the key, two connections", .includes = "the catalog, one scan for each table; rows, values and a sum for every column", .run = [&] { printed(one, 2); }},
                  {.name = "the same on one connection", .includes = "the same", .run = [&] { printed(one, 1); }},
                  {.name = "count(*): no content", .includes = "one query for each table", .run = [&] { told_by(one, count); }},
                  {.name = "sum of hashtextextended(t::text): the row as a whole", .includes = "one query for each table; does not survive a new, dropped or moved column", .run = [&] { told_by(one, sum); }},
                  {.name = "md5(string_agg(md5(t::text) ORDER BY key))", .includes = "one query for each table; the same, and no table may give a text of over 1 GB", .run = [&] { told_by(one, md5); }}},
                 rounds, arena.processor_time());
}

}  // namespace prodclone::bench
