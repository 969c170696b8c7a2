#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <thread>

#include <prodclone/base/hash.hpp>

#include "cluster_fixture.hpp"

namespace prodclone::databases {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class ClusterCopyTest : public ClusterFixture {
 protected:
  std::string sealed(const std::string& end) {
    const auto name = made(end);
    cluster_.seal(name);
    return name;
  }
  std::string rows_of(const std::string& name) {
    return pg::Session(cluster_.conninfo(name)).query("SELECT pg_catalog.string_agg(x::text, ',') AS all FROM t").text(0, "all");
  }
};

TEST_F(ClusterCopyTest, ASealedTemplateAdmitsNobody) {
  const auto name = made("a");
  pg::Session guest(cluster_.conninfo(name));
  cluster_.seal(name);
  EXPECT_THROW(guest.query("SELECT 1"), pg::SqlError) << "who was in it is sent away";
  EXPECT_THAT(error_of([&] { pg::Session late(cluster_.conninfo(name)); }).what_failed(), HasSubstr("not currently accepting connections"));
  EXPECT_TRUE(cluster_.find(name)->sealed);
}

TEST_F(ClusterCopyTest, ACopyHasTheDataAndAMarkOfItsOwn) {
  const auto report = cluster_.copy(sealed("a"), named("b"), as(Use::private_copy));
  EXPECT_EQ(rows_of(named("b")), "42");
  const auto copy = cluster_.find(named("b"));
  ASSERT_TRUE(copy);
  EXPECT_EQ(copy->mark.use, Use::private_copy);
  EXPECT_FALSE(copy->sealed);
  EXPECT_FALSE(copy->unfinished);
  EXPECT_EQ(report.size, cluster_.size(named("a")));
  EXPECT_EQ(report.strategy, selftest::server_major() < 15 ? CopyStrategy::file_copy : CopyStrategy::wal_log)
      << "a small one needs no checkpoint";
}

void expect_to_rise_to_the_total(std::vector<ProgressReport> seen) {
  ASSERT_GE(seen.size(), 3U);
  EXPECT_EQ(seen.back().phase, "") << "it is over";
  seen.pop_back();
  for (std::size_t i = 1; i < seen.size(); ++i) {
    EXPECT_EQ(seen[i].phase, seen[0].phase);
    EXPECT_EQ(seen[i].total, seen[0].total);
    EXPECT_GE(seen[i].done, seen[i - 1].done);
  }
  EXPECT_EQ(seen.back().done, seen.back().total);
}

TEST_F(ClusterCopyTest, TellsHowFarItIsByItsFilesWhereTheyAreOurs) {
  const auto server = selftest::server();
  const std::filesystem::path data = pg::Session(server).query("SHOW data_directory").text(0, "data_directory");
  if (!std::filesystem::exists(data / "base")) return;   // PRODCLONE_TEST_SERVER is on another machine
  Cluster cluster(server, "w" + random_hex(8), "p", {}, OwnFiles{.data = data});
  const auto source = "selftest_" + random_hex(12), copy = "selftest_" + random_hex(12);
  cluster.make(source, {.use = Use::pristine}, {}, [](const pg::ConnInfo& database) {
    pg::Session(database).execute("CREATE TABLE t AS SELECT pg_catalog.repeat('x', 700) AS x FROM pg_catalog.generate_series(1, 80000)");
  });
  cluster.seal(source);
  std::vector<ProgressReport> seen;
  std::optional<double> learnt;
  cluster.watch({.progress = [&](const ProgressReport& report) { seen.push_back(report); },
                 .rate = [](CopyStrategy) { return std::optional(1024.0); },
                 .learn = [&](CopyStrategy, double rate) { learnt = rate; }, .every = std::chrono::milliseconds(2)});
  const auto report = cluster.copy(source, copy, {.use = Use::migrated});
  cluster.drop(copy);
  cluster.drop(source);
  expect_to_rise_to_the_total(seen);
  EXPECT_EQ(seen[0].phase, "copying production");
  EXPECT_EQ(seen[0].total, report.size.count);
  EXPECT_TRUE(std::any_of(seen.begin(), seen.end(), [](const auto& one) { return one.done > 0 && one.done < one.total; })) << "on the way";
  EXPECT_TRUE(std::any_of(seen.begin(), seen.end(), [](const auto& one) { return one.left.has_value(); })) << "foretold by the last time";
  EXPECT_GT(learnt.value_or(0), 0);
}

TEST_F(ClusterCopyTest, TellsHowLongTheLastOneTookWhereTheFilesAreNot) {
  const auto source = sealed("a");
  std::vector<ProgressReport> seen;
  cluster_.watch({.progress = [&](const ProgressReport& report) { seen.push_back(report); }, .rate = [](CopyStrategy) { return std::optional(1024.0); }, .every = std::chrono::milliseconds(1)});
  cluster_.copy(source, named("b"), as(Use::clone));
  expect_to_rise_to_the_total(seen);
  EXPECT_TRUE(std::any_of(seen.begin(), seen.end(), [](const auto& one) { return one.left.has_value() && one.done == 0; }));
}

TEST_F(ClusterCopyTest, IsAlteredBeforeItGetsItsName) {
  cluster_.copy(sealed("a"), named("b"), as(Use::clone), [&](const pg::ConnInfo& copy) {
    EXPECT_FALSE(cluster_.exists(named("b")));
    pg::Session(copy).execute("INSERT INTO t VALUES (43)");
  });
  EXPECT_EQ(rows_of(named("b")), "42,43");
}

TEST_F(ClusterCopyTest, LeavesNothingWhenAlteringFails) {
  const auto source = sealed("a");
  const auto error = error_of([&] {
    cluster_.copy(source, named("b"), as(Use::clone), [](const pg::ConnInfo&) { throw Error(Failure::migration_failed, "No."); });
  });
  EXPECT_EQ(error.failure(), Failure::migration_failed);
  EXPECT_EQ(error.what_failed(), "No.");
  EXPECT_THAT(cluster_.owned(), SizeIs(1));
}

TEST_F(ClusterCopyTest, ManyCopiesOfOneTemplateAreMadeAtOnce) {
  const auto source = sealed("a");
  std::atomic<int> failures = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&, i] {
      try {
        Cluster mine(maintenance_, "workspace " + id_, "shop");
        for (int round = 0; round < 2; ++round) mine.copy(source, named(fmt::format("copy_{}_{}", i, round)), as(Use::private_copy));
      } catch (const std::exception& error) {
        ++failures;
        ADD_FAILURE() << error.what();
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  for (int i = 0; i < 4; ++i)
    for (int round = 0; round < 2; ++round) EXPECT_EQ(rows_of(named(fmt::format("copy_{}_{}", i, round))), "42");
}

TEST_F(ClusterCopyTest, NeedsRoomForAllOfIt) {
  const auto source = sealed("a");
  Cluster full(maintenance_, "workspace " + id_, "shop", [] { return Bytes{1 << 20}; });
  const auto error = error_of([&] { full.copy(source, named("b"), as(Use::clone)); });
  EXPECT_EQ(error.failure(), Failure::could_not_check);
  EXPECT_EQ(error.what_failed(), fmt::format("Copying {} to {} needs about {} and the server's disk has 1024 kB left.", source,
                                             named("b"), to_string(cluster_.size(source))));
  EXPECT_THAT(error.remedy(), HasSubstr("PRODCLONE_SINGLE_COPY=1"));
  EXPECT_FALSE(cluster_.exists(named("b")));
}

TEST_F(ClusterCopyTest, TurnsADatabaseIntoAnother) {
  const auto source = sealed("a");
  made("b");
  const auto oid = [&](const std::string& name) { return cluster_.session().query("SELECT oid FROM pg_catalog.pg_database WHERE datname = $1", {name}).text(0, "oid"); };
  const auto before = oid(source);
  cluster_.turn_into(source, named("b"), as(Use::clone), [&](const pg::ConnInfo& database) {
    EXPECT_FALSE(cluster_.exists(source));
    EXPECT_FALSE(cluster_.exists(named("b"))) << "it is half altered, and neither";
    pg::Session(database).execute("INSERT INTO t VALUES (43)");
  });
  EXPECT_EQ(oid(named("b")), before);
  EXPECT_EQ(rows_of(named("b")), "42,43");
  EXPECT_EQ(cluster_.find(named("b"))->mark.use, Use::clone);
  EXPECT_THAT(cluster_.owned(), SizeIs(1));
}

TEST_F(ClusterCopyTest, WhatFailedToTurnIntoAnotherIsGone) {
  const auto source = sealed("a");
  EXPECT_EQ(error_of([&] { cluster_.turn_into(source, named("b"), as(Use::clone), [](const pg::ConnInfo&) { throw Error(Failure::migration_failed, "No."); }); }).what_failed(), "No.");
  EXPECT_THAT(cluster_.owned(), IsEmpty());
  EXPECT_THAT(error_of([&] { cluster_.turn_into(source, named("b"), as(Use::clone), nothing); }).what_failed(), HasSubstr("There is no database"));
}

TEST_F(ClusterCopyTest, WhatIsNotThereCannotBeCopied) {
  EXPECT_THAT(error_of([&] { cluster_.copy(named("none"), named("b"), as(Use::clone)); }).what_failed(), HasSubstr("does not exist"));
  EXPECT_THAT(cluster_.owned(), IsEmpty());
}

TEST(CopyStrategyNames, AreWhatTheServerCallsThem) {
  EXPECT_EQ(to_string(CopyStrategy::clone_files), "file_copy_method=clone");
  EXPECT_EQ(to_string(CopyStrategy::file_copy), "FILE_COPY");
  EXPECT_EQ(to_string(CopyStrategy::wal_log), "WAL_LOG");
}

}  // namespace
}  // namespace prodclone::databases
