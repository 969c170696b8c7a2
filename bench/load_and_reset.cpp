#include <fmt/format.h>

#include <prodclone/base/error.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/databases/cluster.hpp>
#include <prodclone/dump/load.hpp>
#include <prodclone/dump/settings.hpp>
#include <prodclone/dump/store.hpp>
#include <prodclone/pg/quote.hpp>
#include <prodclone/pg/reflink.hpp>
#include <prodclone/pg/session.hpp>
#include <prodclone/process/child.hpp>
#include <prodclone/schema/snapshot.hpp>

#include "comparisons.hpp"

namespace prodclone::bench {

namespace {

using databases::Cluster;
using databases::Use;

constexpr const char* pristine = "bench_pristine";
constexpr const char* clone = "bench_clone";
constexpr const char* loaded = "bench_loaded";

// A connection of its own for each step, as each of our processes has one.
Cluster cluster_of(const Arena& arena) {
  return Cluster(arena.ours().conninfo(), "bench", "bench", {},
                 databases::OwnFiles{arena.ours().data, pg::reflinks_of(arena.folder() / "ours", arena.ours().data)});
}

// The way of `prodclone load`, from the open dump to the sealed template.
dump::LoadReport load_ours(const Arena& arena, const dump::StoredDump& dump, const std::string& name) {
  dump::LoadReport report;
  auto cluster = cluster_of(arena);
  cluster.make(name, {.use = Use::pristine}, {dump.manifest.encoding, dump.manifest.lc_collate, dump.manifest.lc_ctype},
               [&](const pg::ConnInfo& target) {
                 report = dump::load_dump(dump.file, target, {.tools = arena.tools()});
                 dump::load_settings(dump::settings_of(dump.manifest), target);
               });
  cluster.seal(name);
  return report;
}

void drop(const pg::ConnInfo& server, const std::string& name) {
  pg::Session(server).execute("DROP DATABASE IF EXISTS " + pg::quote_identifier(name) + " WITH (FORCE)");
}

// The last step's unwritten pages are not the next one's to write.
void settle(const Arena& arena) {
  for (const auto* server : {&arena.ours(), &arena.by_default()}) pg::Session(server->conninfo()).execute("CHECKPOINT");
}

void restore(const Arena& arena, const pg::ServerRecord& server, const dump::DumpFile& dump, const std::string& name) {
  const auto target = server.conninfo().with_database(name);
  pg::Session(server.conninfo()).execute("CREATE DATABASE " + pg::quote_identifier(name) + " TEMPLATE template0");
  const auto outcome =
      process::run({.arguments = {arena.tools().pg_restore.string(), "-j2", "--no-owner", "--no-privileges",
                                  "--exit-on-error", "-d", name, dump.path.string()},
                    .environment = pg::environment(target)});
  if (!outcome.succeeded())
    throw Error(Failure::could_not_check,
                fmt::format("pg_restore ended with {}: {}", process::describe(outcome), trimmed(outcome.err)));
  pg::Session(target).execute("ANALYZE");
}

// The schema and the number of rows of every table.
std::string content_of(const pg::ConnInfo& database) {
  pg::Session session(database);
  auto content = schema::fingerprint(schema::take_snapshot(session));
  const auto tables = session.query(
      "SELECT pg_catalog.format('%I.%I', schemaname, tablename) AS name FROM pg_catalog.pg_tables "
      "WHERE schemaname !~ '^pg_' AND schemaname <> 'information_schema' ORDER BY 1");
  for (std::size_t row = 0; row < tables.rows(); ++row)
    content += '\n' + tables.text(row, "name") + ' ' +
               session.query("SELECT count(*) AS n FROM " + tables.text(row, "name")).text(0, "n");
  return content;
}

void require_same(const pg::ConnInfo& ours, const pg::ConnInfo& theirs) {
  if (content_of(ours) != content_of(theirs))
    throw Error(Failure::could_not_check,
                fmt::format("{} and {} do not hold the same: nothing was compared.", ours.database, theirs.database));
}

// What a rehearsal leaves behind: every row of the largest table written again.
void use(const pg::ConnInfo& database) {
  pg::Session session(database);
  const auto largest = session.query(
      "SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS name, pg_catalog.quote_ident(a.attname) AS attribute "
      "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
      "JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = 1 "
      "WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' "
      "ORDER BY pg_catalog.pg_relation_size(c.oid) DESC LIMIT 1");
  session.execute("SET session_replication_role = replica");  // triggers are not what is measured
  session.execute(fmt::format("UPDATE {} SET {} = {}", largest.text(0, "name"), largest.text(0, "attribute"),
                              largest.text(0, "attribute")));
}

}  // namespace

void compare_load_and_reset(const Arena& arena, const dump::DumpFile& file, int rounds,
                            std::vector<Comparison>& comparisons) {
  const dump::StoredDump dump{
      file, dump::DumpStore(file.path.parent_path(), arena.tools()).find(file.path.string()).manifest};
  const auto ours = arena.ours().conninfo();
  const auto theirs = arena.by_default().conninfo();

  const auto report = load_ours(arena, dump, pristine);
  // --no-owner keeps policies, and those name roles.
  for (const auto& role : report.created_roles)
    pg::Session(theirs).execute("CREATE ROLE " + pg::quote_identifier(role) + " NOLOGIN");
  restore(arena, arena.by_default(), file, pristine);
  auto cluster = cluster_of(arena);
  cluster.copy(pristine, clone, {.use = Use::clone});
  require_same(cluster.conninfo(clone), theirs.with_database(pristine));
  const auto size = to_string(cluster.size(pristine));
  const auto subject = fmt::format("The orcha sample: {} as a database, {} as a dump (custom format, gzip), {}.", size,
                                   to_string(file.size), counted(static_cast<long long>(report.objects), "object"));

  comparisons.push_back(
      measure("Load", subject,
              {{.name = "prodclone load",
                .includes = "CREATE DATABASE, review of the dump's whole schema script, missing roles, pg_restore in "
                            "two passes, VACUUM ANALYZE "
                            "between them, settings, mark, seal; on the embedded server as it is tuned",
                .prepare = [&] { drop(ours, loaded), settle(arena); },
                .run = [&] { load_ours(arena, dump, loaded); }},
               {.name = "pg_restore -j2, default server",
                .includes = "CREATE DATABASE, pg_restore -j2 --no-owner --no-privileges, ANALYZE (no VACUUM)",
                .prepare = [&] { drop(theirs, loaded), settle(arena); },
                .run = [&] { restore(arena, arena.by_default(), file, loaded); }},
               {.name = "pg_restore -j2, prodclone's server",
                .includes = "the same on the embedded server: what its tuning alone brings",
                .prepare = [&] { drop(ours, loaded), settle(arena); },
                .run = [&] { restore(arena, arena.ours(), file, loaded); }}},
              rounds, arena.processor_time()));
  drop(ours, loaded);
  drop(theirs, loaded);

  restore(arena, arena.by_default(), file, clone);
  databases::CopyReport copied;
  const auto their_clone = theirs.with_database(clone);
  comparisons.push_back(
      measure("Reset", subject + " The clone's largest table has just been rewritten by an UPDATE.",
              {{.name = "prodclone reset",
                .includes = "DROP of the used clone, copy of the sealed template, mark, settings, rename",
                .prepare = [&] { settle(arena), use(cluster.conninfo(clone)); },
                .run =
                    [&] {
                      auto own = cluster_of(arena);
                      copied = own.copy(pristine, clone, {.use = Use::clone}, [&](const pg::ConnInfo& copy) {
                        dump::load_settings(dump::settings_of(dump.manifest), copy);
                      });
                    }},
               {.name = "pg_restore -j2, default server",
                .includes = "DROP, CREATE DATABASE, pg_restore -j2 --no-owner --no-privileges, ANALYZE",
                .prepare = [&] { settle(arena), use(their_clone); },
                .run = [&] { drop(theirs, clone), restore(arena, arena.by_default(), file, clone); }},
               {.name = "CREATE DATABASE … TEMPLATE, default server",
                .includes = "DROP, CREATE DATABASE with the default strategy, for who has kept a template by hand",
                .prepare = [&] { settle(arena), use(their_clone); },
                .run =
                    [&] {
                      drop(theirs, clone);
                      pg::Session(theirs).execute(fmt::format("CREATE DATABASE {} TEMPLATE {}", clone, pristine));
                    }}},
              rounds, arena.processor_time()));
  comparisons.back().subject += fmt::format(" prodclone {}.", databases::to_string(copied));
  for (const char* name : {clone, pristine}) drop(ours, name), drop(theirs, name);
}

}  // namespace prodclone::bench
