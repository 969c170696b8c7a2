#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <future>

#include <prodclone/base/error.hpp>
#include <prodclone/base/quantities.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/pg/session.hpp>
#include <prodclone/process/child.hpp>
#include <prodclone/schema/comparison.hpp>
#include <prodclone/schema/diff.hpp>
#include <prodclone/schema/snapshot.hpp>

#include "comparisons.hpp"

namespace prodclone::bench {

namespace {

constexpr const char* side_a = "bench_schema_a";
constexpr const char* side_b = "bench_schema_b";

// One table of many: eight columns, a key, three indexes (one partial, one on an expression), a check, a foreign key to
// the table before, a trigger, a comment; and a view over both.
std::string table_sql(int i) {
  auto sql = fmt::format(
      "CREATE TABLE t{0} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tenant_id bigint NOT NULL DEFAULT 1, "
      "name text NOT NULL DEFAULT 'none', code varchar(40), amount numeric(12,2) DEFAULT 0, state state NOT NULL "
      "DEFAULT 'open', "
      "data jsonb NOT NULL DEFAULT '{{}}'::jsonb, created_at timestamptz NOT NULL DEFAULT now(), "
      "CONSTRAINT t{0}_amount_check CHECK (amount >= 0 AND length(name) < 200));\n"
      "CREATE INDEX t{0}_name_idx ON t{0} (tenant_id, name);\n"
      "CREATE INDEX t{0}_code_idx ON t{0} (lower(code));\n"
      "CREATE INDEX t{0}_open_idx ON t{0} (created_at DESC) WHERE state = 'open';\n"
      "COMMENT ON TABLE t{0} IS 'the table number {0}';\n"
      "CREATE TRIGGER t{0}_touch BEFORE UPDATE ON t{0} FOR EACH ROW EXECUTE FUNCTION touch();\n",
      i);
  if (i > 0)
    sql += fmt::format(
        "ALTER TABLE t{0} ADD COLUMN parent_id bigint, ADD CONSTRAINT t{0}_parent_fkey FOREIGN KEY (parent_id) "
        "REFERENCES t{1} (id);\n"
        "CREATE VIEW v{0} AS SELECT a.id, a.name, b.name AS parent, COALESCE(a.amount, 0::numeric) AS amount "
        "FROM t{0} a LEFT JOIN t{1} b ON b.id = a.parent_id WHERE a.state <> 'closed';\n",
        i, i - 1);
  return sql;
}

void make_sides(const pg::ConnInfo& server, int tables) {
  pg::Session(server).execute(fmt::format("CREATE DATABASE {} TEMPLATE template0", side_a));
  {
    pg::Session session(server.with_database(side_a));
    session.execute(
        "CREATE TYPE state AS ENUM ('open', 'closed'); CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN NEW.data = NEW.data || '{\"touched\": true}'; RETURN NEW; END $$");
    constexpr int batch = 50;  // one transaction for each: a thousand tables in one need more locks than there are
    for (int from = 0; from < tables; from += batch) {
      std::string sql;
      for (int i = from; i < std::min(from + batch, tables); ++i) sql += table_sql(i);
      session.execute(sql);
    }
    session.execute("VACUUM ANALYZE");
  }
  pg::Session(server).execute(fmt::format("CREATE DATABASE {} TEMPLATE {}", side_b, side_a));
  pg::Session side(server.with_database(side_b));
  side.execute(fmt::format("ALTER TABLE t{} ALTER COLUMN name SET DEFAULT 'planted'", tables / 2));
  side.execute("VACUUM ANALYZE");
}

// Of one comparison in a process of its own, which begins with what this one has.
Bytes memory_of_comparison(const pg::ConnInfo& server) {
  const auto child = ::fork();
  if (child == 0) {
    try {
      schema::compare_databases(server.with_database(side_a), server.with_database(side_b));
      ::_exit(0);
    } catch (...) {
      ::_exit(1);
    }
  }
  int status = 0;
  struct rusage usage {};
  if (child < 0 || ::wait4(child, &status, 0, &usage) != child || status != 0)
    throw Error(Failure::could_not_check, "A comparison in a process of its own ended badly.");
  return {usage.ru_maxrss * 1024};
}

schema::Snapshot snapshot_of(const pg::ConnInfo& database) {
  pg::Session session(database);
  return schema::take_snapshot(session);
}

void require_planted(bool found, const std::string& who) {
  if (!found) throw Error(Failure::could_not_check, who + " did not find exactly the planted difference.");
}

void check_with_prodclone(const pg::ConnInfo& server, const schema::KeptIn& kept = {}) {
  const auto compared = schema::compare_databases(server.with_database(side_a), server.with_database(side_b), {}, {}, kept);
  const auto& differences = compared.differences;
  require_planted(differences.entries.size() == 1 && differences.entries[0].kind == "column", "prodclone");
  if (compared.remembered_a == kept.a.empty() || compared.remembered_b == kept.b.empty())
    throw Error(Failure::could_not_check, "prodclone did not read what it was to read.");
}

// Side a as an earlier comparison left it in the file; side b is a copy of it, altered since.
void keep_side_a(const pg::ConnInfo& server, const std::filesystem::path& file) {
  const auto a = server.with_database(side_a);
  schema::compare_databases(a, a, {}, {}, {.a = file});
}

void check_with_snapshots(const pg::ConnInfo& server) {
  auto other = std::async(std::launch::async, [&] { return snapshot_of(server.with_database(side_b)); });
  const auto a = snapshot_of(server.with_database(side_a));
  const auto differences = schema::diff(a, other.get());
  require_planted(differences.entries.size() == 1 && differences.entries[0].kind == "column", "prodclone's snapshots");
}

// \restrict and \unrestrict carry a random word in each dump: without the filter every diff fails.
constexpr const char* pg_dump_gate = R"(set -e
"$PG_DUMP" -s --no-owner --no-privileges -d "$SIDE_A" -f a.sql & first=$!
"$PG_DUMP" -s --no-owner --no-privileges -d "$SIDE_B" -f b.sql & second=$!
wait $first; wait $second
grep -v '^\\\(un\)\?restrict ' a.sql > a.txt
grep -v '^\\\(un\)\?restrict ' b.sql > b.txt
diff a.txt b.txt
)";

void check_with_pg_dump(const Arena& arena) {
  const auto outcome = process::run({.arguments = {"sh", "-c", pg_dump_gate},
                                     .environment =
                                         [&] {
                                           auto environment = pg::environment(arena.ours().conninfo());
                                           environment["PG_DUMP"] = arena.tools().pg_dump.string();
                                           environment["SIDE_A"] = side_a;
                                           environment["SIDE_B"] = side_b;
                                           return environment;
                                         }(),
                                     .directory = arena.folder()});
  require_planted(outcome.exit_code == 1 && lines_of(outcome.out).size() == 4, "pg_dump with diff");
}

}  // namespace

Comparison compare_schema_check(const Arena& arena, int tables, int rounds) {
  const auto server = arena.ours().conninfo();
  make_sides(server, tables);
  const auto memory = memory_of_comparison(server);
  const auto objects = snapshot_of(server.with_database(side_a)).objects.size();
  const auto kept = arena.folder() / "kept-catalogs";
  keep_side_a(server, kept);
  auto comparison = measure(
      "Schema check",
      fmt::format("Two databases of {} tables and {} views, {} objects each; one column default differs. Both ways "
                  "must find it. prodclone takes {} of memory at most.",
                  tables, tables - 1, objects, to_string(memory)),
      {{.name = "prodclone, both read",
        .includes = "two new connections, the catalogs of both as digests, the definitions of what is apart, diff",
        .run = [&] { check_with_prodclone(server); }},
       {.name = "prodclone, a kept, of b what is younger",
        .includes = "two new connections, the row versions of both, the rows that are not kept, the definitions of what is "
                    "apart, diff; b was copied from a before one of them was altered",
        .run = [&] { check_with_prodclone(server, {.a = kept, .b = kept}); }},
       {.name = "two pg_dump -s at once, grep, diff",
        .includes = "two pg_dump in parallel on the same server, \\restrict lines filtered out, diff of the texts",
        .run = [&] { check_with_pg_dump(arena); }},
       {.name = "two whole snapshots at once, diff",
        .includes = "every definition printed by the server, with identities and dependencies",
        .run = [&] { check_with_snapshots(server); }}},
      rounds, arena.processor_time());
  for (const char* name : {side_a, side_b})
    pg::Session(server).execute(fmt::format("DROP DATABASE {} WITH (FORCE)", name));
  return comparison;
}

}  // namespace prodclone::bench
