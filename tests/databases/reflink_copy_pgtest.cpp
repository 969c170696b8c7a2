// Copies on file systems that share blocks between files, on a server whose data folder is ours.
#include <gmock/gmock.h>
#include <signal.h>

#include <atomic>
#include <thread>

#include <prodclone/base/text.hpp>
#include <prodclone/pg/embedded_server.hpp>

#include "cluster_fixture.hpp"
#include "support/reflink_folder.hpp"

namespace prodclone::databases {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::StartsWith;

class ReflinkCopyTest : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    start();
    pg::Session(record_.conninfo()).execute("CREATE ROLE keeper NOLOGIN");
    auto cluster = this->cluster();
    cluster.make("source", {.use = Use::pristine}, {.encoding = "UTF8", .collate = "C", .ctype = "C"}, [](const pg::ConnInfo& database) {
      pg::Session(database).execute(
          "CREATE TABLE big AS SELECT x, pg_catalog.repeat('x', 400) AS filler FROM pg_catalog.generate_series(1, 80000) x;"
          "ALTER TABLE big ADD PRIMARY KEY (x);"
          "CREATE UNLOGGED TABLE unlogged AS SELECT x FROM pg_catalog.generate_series(1, 30000) x;"
          "CREATE TABLE long (t text); ALTER TABLE long ALTER t SET STORAGE EXTERNAL;"
          "INSERT INTO long SELECT pg_catalog.repeat(pg_catalog.md5(x::text), 300) FROM pg_catalog.generate_series(1, 50) x;"
          "CREATE SEQUENCE counter; SELECT pg_catalog.nextval('counter');"
          "CREATE TABLE kept (a int); ALTER TABLE kept OWNER TO keeper; GRANT SELECT ON big TO keeper;"
          // A mapped catalog in a file that is not its first one.
          "REINDEX TABLE pg_catalog.pg_class");
    });
    cluster.seal("source");
  }
  void TearDown() override { pg::EmbeddedServer::destroy(home_); }

  void start() {
    const char* major = std::getenv("PRODCLONE_TEST_MAJOR");
    const auto wanted = major == nullptr ? pg::WantedMajor{} : pg::WantedMajor{.exactly = std::atoi(major)};
    record_ = pg::EmbeddedServer::start_or_attach({.home = home_, .installation = pg::choose(pg::find_installations(), wanted)});
  }
  Cluster cluster() const {
    return Cluster(record_.conninfo(), "w", "p", {}, OwnFiles{record_.data, pg::reflinks_of(home_, record_.data)});
  }

  static std::string content_of(const pg::ConnInfo& database) {
    return pg::Session(database).query(
        "SELECT pg_catalog.concat_ws(' ', (SELECT pg_catalog.sum(pg_catalog.hashtext(b::text)) FROM big b), (SELECT pg_catalog.count(*) FROM unlogged), "
        "(SELECT pg_catalog.md5(pg_catalog.string_agg(t, '')) FROM long), (SELECT last_value FROM counter)) AS all").text(0, "all");
  }
  static std::string identities_of(const pg::ConnInfo& database) {
    return pg::Session(database).query("SELECT pg_catalog.md5(pg_catalog.string_agg(pg_catalog.concat_ws(' ', oid, relname, relfilenode, relowner), ',' ORDER BY oid)) AS all "
                                       "FROM pg_catalog.pg_class").text(0, "all");
  }
  // Without opening the source, which is sealed.
  fs::path file_of_big(const std::string& database, const std::string& like) const {
    const auto path = pg::Session(record_.conninfo().with_database(like)).query("SELECT pg_catalog.pg_relation_filepath('big') AS path").text(0, "path");
    const auto oid = pg::Session(record_.conninfo()).query("SELECT oid FROM pg_catalog.pg_database WHERE datname = $1", {database}).text(0, "oid");
    return record_.data / "base" / oid / fs::path(path).filename();
  }
  void crash() {
    process::send_signal(record_.postmaster, SIGKILL);
    ASSERT_TRUE(process::wait_until_gone(record_.postmaster, std::chrono::seconds(10)));
    start();
  }
  void unseal(const std::string& name) const { pg::Session(record_.conninfo()).execute("ALTER DATABASE " + name + " ALLOW_CONNECTIONS true"); }
  CopyStrategy best() const {
    if (record_.major >= 18) return CopyStrategy::clone_files;
    return shares_blocks_ ? CopyStrategy::reflink : CopyStrategy::file_copy;
  }
  pg::ConnInfo of(const std::string& name) const { return record_.conninfo().with_database(name); }

  selftest::ReflinkFolder disk_{GetParam()};
  bool shares_blocks_ = disk_.shares_blocks();
  fs::path home_ = disk_.path() / "home";
  pg::ServerRecord record_;
};

TEST_P(ReflinkCopyTest, SharesTheBlocksOfItsSourceWhereTheDiskCan) {
  if (disk_.mounted()) {
    EXPECT_TRUE(shares_blocks_) << "a new " << GetParam();
    EXPECT_EQ(pg::reflinks_of(home_, record_.data).file_system, GetParam());
  }
  auto cluster = this->cluster();
  const auto report = cluster.copy("source", "copy", {.use = Use::clone});
  EXPECT_EQ(report.strategy, best());
  EXPECT_EQ(report.shares_blocks, shares_blocks_);
  EXPECT_EQ(selftest::begin_with_the_same_blocks(file_of_big("source", "copy"), file_of_big("copy", "copy")), shares_blocks_);
  if (shares_blocks_) EXPECT_THAT(to_string(report), AllOf(StartsWith("copied "), HasSubstr(" by reflink")));
  else EXPECT_THAT(to_string(report), HasSubstr("(no reflink: ")) << "and says why";
  if (shares_blocks_) EXPECT_LT(cluster.room_of_copy({std::int64_t{1} << 40}), Bytes{1 << 30});
  else EXPECT_EQ(cluster.room_of_copy({std::int64_t{1} << 40}), Bytes{std::int64_t{1} << 40});
}

TEST_P(ReflinkCopyTest, HoldsWhatTheServersOwnCopyHolds) {
  Cluster plain(record_.conninfo(), "w", "p");
  plain.copy("source", "by_server", {.use = Use::clone});
  cluster().copy("source", "copy", {.use = Use::clone});
  EXPECT_EQ(content_of(of("copy")), content_of(of("by_server")));
  EXPECT_EQ(identities_of(of("copy")), identities_of(of("by_server")));
  pg::Session session(record_.conninfo());
  const auto rows = session.query(
      "SELECT d.datname, pg_catalog.concat_ws(' ', d.datdba, d.encoding, d.datcollate, d.datctype, d.datistemplate, d.datallowconn, d.datconnlimit, d.dattablespace, d.datacl, "
      "(SELECT pg_catalog.string_agg(pg_catalog.concat_ws(' ', s.classid, s.objid, s.objsubid, s.refclassid, s.refobjid, s.deptype), ',' ORDER BY s.classid, s.objid, s.deptype, s.refobjid) "
      "FROM pg_catalog.pg_shdepend s WHERE s.dbid = d.oid)) AS facts FROM pg_catalog.pg_database d WHERE d.datname IN ('copy', 'by_server')");
  ASSERT_EQ(rows.rows(), 2U);
  EXPECT_EQ(rows.text(0, "facts"), rows.text(1, "facts"));
  EXPECT_THAT(rows.text(0, "facts"), HasSubstr(" o")) << "the owner of kept";
  EXPECT_THROW(session.execute("DROP ROLE keeper"), pg::SqlError);
}

TEST_P(ReflinkCopyTest, IsNobodyElsesToChange) {
  cluster().copy("source", "copy", {.use = Use::clone});
  const auto before = content_of(of("copy"));
  for (const char* change : {"UPDATE big SET filler = 'new'", "DELETE FROM unlogged", "VACUUM big", "CHECKPOINT"}) pg::Session(of("copy")).execute(change);
  cluster().copy("source", "second", {.use = Use::clone});
  EXPECT_EQ(content_of(of("second")), before) << "the source is as it was";
  EXPECT_NE(content_of(of("copy")), before);
  cluster().drop("source");
  EXPECT_EQ(content_of(of("second")), before) << "and is not needed any more";
}

TEST_P(ReflinkCopyTest, OutlivesAServerThatIsKilledAtOnce) {
  cluster().copy("source", "copy", {.use = Use::clone});
  crash();
  const auto sum = [](const pg::ConnInfo& database) {
    return pg::Session(database).query("SELECT pg_catalog.sum(pg_catalog.hashtext(b::text)) AS n FROM big b").text(0, "n");
  };
  unseal("source");
  EXPECT_EQ(sum(of("copy")), sum(of("source")));
  pg::Session(of("copy")).execute("SET synchronous_commit = on; UPDATE big SET filler = 'new' WHERE x % 7 = 0");
  const auto changed = sum(of("copy"));
  crash();
  EXPECT_EQ(sum(of("copy")), changed) << "its own changes are replayed over blocks that it shared";
  EXPECT_NE(sum(of("source")), changed);
  EXPECT_EQ(pg::Session(of("copy")).query("SET enable_seqscan = off; SELECT count(*) AS n FROM big WHERE x BETWEEN 1 AND 80000").integer(0, "n"), 80000);
}

TEST_P(ReflinkCopyTest, ManyAreMadeAtOnce) {
  std::atomic<int> failures = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i)
    threads.emplace_back([&, i] {
      try {
        auto mine = cluster();
        for (int round = 0; round < 2; ++round) EXPECT_EQ(mine.copy("source", fmt::format("copy_{}_{}", i, round), {.use = Use::private_copy}).strategy, best());
      } catch (const std::exception& error) {
        ++failures;
        ADD_FAILURE() << error.what();
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  const auto one = content_of(of("copy_0_0"));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(content_of(of(fmt::format("copy_{}_1", i))), one);
}

TEST_P(ReflinkCopyTest, FallsToTheServersOwnCopyWhenItsPromiseFails) {
  // As on a disk that was exchanged after it was measured.
  Cluster mistaken(record_.conninfo(), "w", "p", {}, OwnFiles{disk_.path() / "nowhere", {.work = true, .file_system = "xfs"}});
  const auto report = mistaken.copy("source", "copy", {.use = Use::clone});
  cluster().copy("source", "right", {.use = Use::clone});
  EXPECT_EQ(content_of(of("copy")), content_of(of("right")));
  if (record_.major >= 18) return;  // the server clones by itself, and was promised nothing
  EXPECT_EQ(report.strategy, CopyStrategy::file_copy);
  EXPECT_THAT(to_string(report), HasSubstr("by FILE_COPY"));
  EXPECT_THAT(report.not_better, StartsWith("reflink failed: "));
  EXPECT_EQ(mistaken.owned().size(), 3U) << "and nothing half-made stays";
}

INSTANTIATE_TEST_SUITE_P(Disk, ReflinkCopyTest, testing::Values("xfs", "btrfs"), [](const auto& disk) { return std::string(disk.param); });

}  // namespace
}  // namespace prodclone::databases
