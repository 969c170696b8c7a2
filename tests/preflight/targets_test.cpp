#include <prodclone/preflight/targets.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prodclone::preflight {
namespace {

using rehearsal::HeldLock;
using rehearsal::LockMode;
using rehearsal::LockTrace;
using rehearsal::MigrationTrace;
using rehearsal::StatementTrace;
using testing::ElementsAre;
using testing::IsEmpty;

HeldLock lock(std::string relation, LockMode mode, std::string kind = "table", std::string table = {}) {
  return {.relation = relation, .kind = std::move(kind), .table = table.empty() ? relation : table, .mode = mode, .pre_existing = true, .size = {100}};
}

MigrationTrace migration(std::vector<StatementTrace> statements) { return {.id = "7", .name = "7-x", .succeeded = true, .statements = std::move(statements), .wal = Bytes{10}, .temp = Bytes{5}}; }

TEST(Targets, AreTheTablesLockedForMoreThanReadingWithTheStrongestLock) {
  const auto targets = targets_of({.migrations = {migration({{.command = "ALTER TABLE", .locks = {lock("public.a", LockMode::share_update_exclusive), lock("public.read", LockMode::access_share)}},
                                                             {.command = "ALTER TABLE", .locks = {lock("public.a", LockMode::access_exclusive), lock("public.a_pkey", LockMode::access_exclusive, "index", "public.a")}}})}});
  EXPECT_TRUE(targets.recorded);
  EXPECT_THAT(targets.tables, ElementsAre(Target{.table = "public.a", .lock = LockMode::access_exclusive, .size = {100}}));
  EXPECT_EQ(targets.lock_on("public.a"), LockMode::access_exclusive);
  EXPECT_FALSE(targets.concerns("public.read"));
  EXPECT_THAT(targets.migrations, ElementsAre("7-x"));
}

TEST(Targets, WhatTheMigrationItselfMadeAndBookkeepingDoNotCount) {
  auto made = lock("public.new", LockMode::access_exclusive);
  made.pre_existing = false;
  const auto targets = targets_of({.migrations = {migration({{.locks = {made}}, {.bookkeeping = true, .locks = {lock("public.schema_migrations", LockMode::row_exclusive)}}})}});
  EXPECT_THAT(targets.tables, IsEmpty());
}

TEST(Targets, KnowRewritesIndexBuildsAndConcurrently) {
  StatementTrace rewrite{.command = "ALTER TABLE", .locks = {lock("public.a", LockMode::access_exclusive)}};
  rewrite.rewrites = {{.relation = "public.a", .kind = "table", .reason = "rewritten", .pre_existing = true, .size = {4096}}};
  StatementTrace build{.command = "CREATE INDEX CONCURRENTLY", .locks = {lock("public.b", LockMode::share_update_exclusive)}};
  build.scans = {{.relation = "public.b", .purpose = "index_build", .pre_existing = true}};
  const auto targets = targets_of({.migrations = {migration({rewrite, build}), migration({})}});
  EXPECT_TRUE(targets.concurrently);
  EXPECT_THAT(targets.tables, ElementsAre(Target{.table = "public.a", .lock = LockMode::access_exclusive, .rewritten = true, .size = {4096}},
                                          Target{.table = "public.b", .lock = LockMode::share_update_exclusive, .indexed = true, .size = {100}}));
  EXPECT_EQ(targets.wal.count, 20);
  EXPECT_EQ(targets.temp.count, 5);
}

TEST(Targets, OfAnExternalToolAreNotKnownSoAllTablesCount) {
  const auto targets = targets_of({.migrations = {{.name = "alembic upgrade head", .succeeded = true}}, .not_measured = {"the locks of an external migration tool"}});
  EXPECT_FALSE(targets.recorded);
  EXPECT_TRUE(targets.concerns("public.any"));
  EXPECT_EQ(targets.lock_on("public.any"), LockMode::access_exclusive);
}

}  // namespace
}  // namespace prodclone::preflight
