// The rungs of the ladder by which a clone is reset, each on the same server and disk.
#include <fmt/format.h>

#include <optional>

#include <prodclone/base/error.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/databases/cluster.hpp>
#include <prodclone/pg/reflink.hpp>
#include <prodclone/pg/session.hpp>
#include <prodclone/process/child.hpp>

#include "comparisons.hpp"

namespace prodclone::bench {

namespace {

using databases::Use;

constexpr const char* pristine = "bench_pristine";
constexpr const char* clone = "bench_clone";
constexpr const char* by_hand = "bench_by_hand";   // without a mark, so that ours is left alone
constexpr int tables = 8;

// About `megabytes`: rows of 200 bytes, a primary key and one more index each.
void fill(const pg::ConnInfo& database, int megabytes) {
  pg::Session session(database);
  for (int table = 0; table < tables; ++table) {
    session.execute(fmt::format("CREATE TABLE t{} AS SELECT x AS id, pg_catalog.md5(x::text) AS word, pg_catalog.repeat('x', 130) AS filler "
                                "FROM pg_catalog.generate_series(1, {}) x", table, megabytes * 3500 / tables));
    session.execute(fmt::format("ALTER TABLE t{} ADD PRIMARY KEY (id)", table));
    session.execute(fmt::format("CREATE INDEX ON t{} (word)", table));
  }
  session.execute("VACUUM ANALYZE");
}

// What a rehearsal leaves behind: one table in eight written again.
void use(const pg::ConnInfo& database) { pg::Session(database).execute("UPDATE t0 SET filler = 'used'"); }

void run_tool(const std::vector<std::string>& arguments, const pg::ConnInfo& database) {
  const auto outcome = process::run({.arguments = arguments, .environment = pg::environment(database)});
  if (!outcome.succeeded()) throw Error(Failure::could_not_check, fmt::format("{} ended with {}: {}", arguments.front(), process::describe(outcome), trimmed(outcome.err)));
}

}  // namespace

Comparison compare_copies(const Arena& arena, int megabytes, int rounds) {
  const auto server = arena.ours().conninfo();
  const auto reflinks = pg::measure_reflinks(arena.ours().data);
  const auto cluster_of = [&] { return databases::Cluster(server, "bench", "bench", {}, databases::OwnFiles{arena.ours().data, reflinks}); };
  auto cluster = cluster_of();
  cluster.make(pristine, {.use = Use::pristine}, {}, [&](const pg::ConnInfo& database) { fill(database, megabytes); });
  const auto dump = arena.folder() / "copies.dump";
  const bool restores = !arena.tools().pg_dump.empty();
  if (restores) run_tool({arena.tools().pg_dump.string(), "-Fc", "-f", dump.string(), pristine}, server.with_database(pristine));
  cluster.seal(pristine);
  databases::CopyReport copied = cluster.copy(pristine, clone, {.use = Use::clone});
  const auto size = to_string(cluster.size(pristine));
  const auto used = [&](const std::string& name) {
    return [&, name] {
      use(server.with_database(name));
      pg::Session(server).execute("CHECKPOINT");
    };
  };
  pg::Session(server).execute(fmt::format("CREATE DATABASE {} TEMPLATE {}", by_hand, pristine));
  const auto by_server = [&](const std::string& name, const std::string& setting, const std::string& strategy) {
    return Alternative{.name = name, .includes = "DROP, CREATE DATABASE … TEMPLATE", .prepare = used(by_hand), .run = [&, setting, strategy] {
                         pg::Session session(server);
                         if (!setting.empty()) session.execute(setting);
                         session.execute(fmt::format("DROP DATABASE {} WITH (FORCE)", by_hand));
                         session.execute(fmt::format("CREATE DATABASE {} TEMPLATE {}{}", by_hand, pristine, strategy));
                       }};
  };
  std::vector<Alternative> rungs{{.name = "prodclone reset", .includes = "DROP of the used clone, copy of the sealed template, mark, rename", .prepare = used(clone), .run = [&] {
                                    auto own = cluster_of();
                                    copied = own.copy(pristine, clone, {.use = Use::clone});
                                  }}};
  if (arena.ours().major >= 15) {
    rungs.push_back(by_server("STRATEGY file_copy", arena.ours().major >= 18 ? "SET file_copy_method = 'copy'" : "", " STRATEGY file_copy"));
    rungs.push_back(by_server("STRATEGY wal_log", "", " STRATEGY wal_log"));
  } else {
    rungs.push_back(by_server("CREATE DATABASE … TEMPLATE", "", ""));
  }
  if (restores)
    rungs.push_back({.name = "pg_restore -j2", .includes = "DROP, CREATE DATABASE, pg_restore -j2, on the same server", .prepare = used(by_hand), .run = [&] {
                       pg::Session(server).execute(fmt::format("DROP DATABASE {} WITH (FORCE)", by_hand));
                       pg::Session(server).execute(fmt::format("CREATE DATABASE {} TEMPLATE template0", by_hand));
                       run_tool({arena.tools().pg_restore.string(), "-j2", "-d", by_hand, dump.string()}, server.with_database(clone));
                     }});
  auto comparison = measure("Rungs of a reset", fmt::format("{} in {} tables; one of them has just been rewritten in the clone.", size, tables), rungs, rounds, arena.processor_time());
  comparison.subject += fmt::format(" prodclone {}.", databases::to_string(copied));
  pg::Session session(server);
  for (const char* name : {clone, by_hand, pristine}) session.execute(fmt::format("DROP DATABASE IF EXISTS {} WITH (FORCE)", name));
  return comparison;
}

}  // namespace prodclone::bench
