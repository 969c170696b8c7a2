// Reading only rows of other versions than the kept ones must show exactly what reading everything shows.
#include <gmock/gmock.h>

#include <filesystem>

#include <prodclone/base/files.hpp>
#include <prodclone/base/hash.hpp>
#include <prodclone/pg/driver.hpp>
#include <prodclone/schema/comparison.hpp>
#include <prodclone/schema/render.hpp>

#include "catalog_reader.hpp"
#include "kitchen_sink.hpp"
#include "mutations.hpp"
#include "picture.hpp"
#include "snapshot_part.hpp"

namespace prodclone::schema {
namespace {

namespace fs = std::filesystem;
constexpr std::uint32_t users = 16384;

// All that a picture says, in an order of its own.
std::vector<std::string> facts_of(const Picture& picture) {
  std::vector<std::string> facts = {std::to_string(picture.context.high) + ' ' + std::to_string(picture.context.low)};
  for (const auto& unit : picture.units) {
    std::vector<std::string> members;
    for (const auto& member : unit.members) members.push_back(std::string(member.catalog) + ' ' + std::to_string(member.oid));
    std::sort(members.begin(), members.end());
    std::string text = std::to_string(unit.catalog) + ' ' + unit.name + (unit.comparable ? "" : " not comparable");
    for (const auto number : {unit.structure.high, unit.structure.low, unit.access.high, unit.access.low}) text += ' ' + std::to_string(number);
    for (const auto& member : members) text += ' ' + member;
    facts.push_back(text);
  }
  std::sort(facts.begin(), facts.end());
  return facts;
}

class KeptCatalogsTest : public testing::Test {
 protected:
  void TearDown() override { fs::remove_all(folder_); }

  fs::path file(const std::string& name = "kept") const { return folder_ / name; }
  static void begin(pg::Driver& driver, const std::string& ddl = {}) {
    driver.run("BEGIN ISOLATION LEVEL REPEATABLE READ");
    if (!ddl.empty()) driver.run(ddl);
    driver.run(reading_settings({}));
  }
  // Reads and keeps; true where only what is new was read.
  bool remember(const pg::ConnInfo& database, const std::string& name = "kept") const {
    pg::Driver driver(database);
    CatalogMemory memory(file(name));
    begin(driver);
    take_picture(driver, users, &memory);
    memory.keep(driver);
    return memory.remembered();
  }
  struct Both {
    std::vector<std::string> remembered = {}, whole = {};
    std::size_t rows_read = 0;
    bool by_memory = false;
  };
  Both both_of(const pg::ConnInfo& database, const std::string& ddl = {}) const {
    pg::Driver driver(database);
    return both_of(driver, ddl);
  }
  Both both_of(pg::Driver& driver, const std::string& ddl = {}) const {
    CatalogMemory memory(file());
    begin(driver, ddl);
    Both both;
    both.remembered = facts_of(take_picture(driver, users, &memory));
    both.rows_read = memory.rows_read();
    both.by_memory = memory.remembered();
    both.whole = facts_of(take_picture(driver, users));
    driver.run("ROLLBACK");
    return both;
  }

 private:
  fs::path folder_ = fs::temp_directory_path() / ("kept-" + random_hex(8));
};

TEST_F(KeptCatalogsTest, ShowEveryMutation) {
  KitchenSink sink;
  sink.run("INSERT INTO pg_seclabel VALUES ('spare'::regclass, 'pg_class'::regclass, 0, 'sample', 'secret')");
  ASSERT_FALSE(remember(sink.session().conninfo()));
  pg::Driver driver(sink.session().conninfo());
  std::size_t most = 0;
  for (const auto& mutation : mutations()) {
    if (mutation.from_major > driver.server_version() / 10000) continue;
    const auto both = both_of(driver, sink.script(mutation.ddl));
    ASSERT_TRUE(both.by_memory) << mutation.ddl;
    ASSERT_EQ(both.remembered, both.whole) << mutation.ddl;
    most = std::max(most, both.rows_read);
  }
  EXPECT_LT(most, 300u) << "rows read again for one mutation";
}

TEST_F(KeptCatalogsTest, HoldForCopiesWhateverVacuumDid) {
  KitchenSink sink;
  ASSERT_FALSE(remember(sink.session().conninfo()));
  const KitchenSinkCopy copy(sink);
  pg::Session session(copy.conninfo());
  const auto untouched = both_of(copy.conninfo());
  EXPECT_TRUE(untouched.by_memory);
  EXPECT_EQ(untouched.rows_read, 0u);
  EXPECT_EQ(untouched.remembered, untouched.whole);
  session.execute("VACUUM FREEZE");
  session.execute("VACUUM FULL pg_attribute");
  session.execute("VACUUM FULL pg_depend");
  const auto vacuumed = both_of(copy.conninfo());
  EXPECT_TRUE(vacuumed.by_memory);
  EXPECT_EQ(vacuumed.rows_read, 0u);
  EXPECT_EQ(vacuumed.remembered, vacuumed.whole);
}

TEST_F(KeptCatalogsTest, ShowWhatTransactionsWroteOneAfterTheOther) {
  KitchenSink sink;
  ASSERT_FALSE(remember(sink.session().conninfo()));
  const KitchenSinkCopy copy(sink);
  pg::Session session(copy.conninfo());
  for (const auto* ddl : {"CREATE TABLE public.one (id int PRIMARY KEY, at timestamptz DEFAULT now(), two text CHECK (two <> ''))",
                          "DROP TABLE public.one", "CREATE TABLE public.one (id int PRIMARY KEY, at timestamptz DEFAULT now())",
                          "CREATE VIEW public.of_one AS SELECT id, at FROM public.one", "ALTER TABLE public.one RENAME at TO since",
                          "CREATE INDEX CONCURRENTLY one_since ON public.one (since)", "REINDEX INDEX CONCURRENTLY one_since",
                          "COMMENT ON SCHEMA public IS 'another'", "COMMENT ON SCHEMA public IS NULL",
                          "DO $$ BEGIN BEGIN ALTER TABLE public.one ADD three int DEFAULT 3; EXCEPTION WHEN others THEN NULL; END; END $$"}) {
    session.execute(ddl);
    const auto both = both_of(copy.conninfo());
    EXPECT_TRUE(both.by_memory);
    EXPECT_EQ(both.remembered, both.whole) << ddl;
  }
}

TEST_F(KeptCatalogsTest, DoNotHideWhatIsNotInTheDatabaseItself) {
  const selftest::ScratchDatabase database;
  pg::Session session(database.conninfo());
  const auto role = "selftest_" + random_hex(8);
  session.execute("CREATE TABLE t (a int); CREATE ROLE " + role + "; ALTER TABLE t OWNER TO " + role);
  ASSERT_FALSE(remember(database.conninfo()));
  const auto before = both_of(database.conninfo());
  session.execute("ALTER ROLE " + role + " RENAME TO " + role + "_renamed");
  const auto after = both_of(database.conninfo());
  session.execute("DROP OWNED BY " + role + "_renamed; DROP ROLE " + role + "_renamed");
  EXPECT_TRUE(after.by_memory);
  EXPECT_EQ(before.remembered, before.whole);
  EXPECT_EQ(after.remembered, after.whole);
  EXPECT_NE(after.remembered, before.remembered);
}

TEST_F(KeptCatalogsTest, AreKeptAnewWhenMuchHasChanged) {
  const selftest::ScratchDatabase database;
  ASSERT_FALSE(remember(database.conninfo()));
  pg::Session(database.conninfo()).execute("CREATE TABLE t (a int PRIMARY KEY, b text DEFAULT 'b', c int CHECK (c > 0))");
  EXPECT_FALSE(remember(database.conninfo())) << "all is new: read as a whole";
  const auto both = both_of(database.conninfo());
  EXPECT_EQ(both.rows_read, 0u);
  EXPECT_EQ(both.remembered, both.whole);
}

TEST_F(KeptCatalogsTest, OfAnotherDescentAreNotTakenForThisOne) {
  const selftest::ScratchDatabase one, other;
  const std::string ddl = "CREATE TABLE t (a int PRIMARY KEY, b text DEFAULT 'b', c int CHECK (c > 0)); CREATE VIEW v AS SELECT a, b FROM t";
  pg::Session(other.conninfo()).execute(ddl);  // before, so that none of its rows is young
  pg::Session(one.conninfo()).execute(ddl);
  ASSERT_FALSE(remember(one.conninfo()));
  const auto both = both_of(other.conninfo());
  EXPECT_GT(both.rows_read, 5u);
  EXPECT_EQ(both.remembered, both.whole);
}

TEST_F(KeptCatalogsTest, ThatAreDamagedAreReadAnew) {
  const selftest::ScratchDatabase database;
  pg::Session(database.conninfo()).execute("CREATE TABLE t (a int PRIMARY KEY, b text DEFAULT 'b', c int CHECK (c > 0))");
  ASSERT_FALSE(remember(database.conninfo()));
  ASSERT_TRUE(remember(database.conninfo()));
  auto text = read_file(file());
  for (const auto at : {std::size_t{3}, std::size_t{30}, text.size() / 2, text.size() - 1}) {
    auto damaged = text;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    write_file_atomically(file(), damaged);
    EXPECT_FALSE(both_of(database.conninfo()).by_memory) << at;
  }
  write_file_atomically(file(), text.substr(0, text.size() / 2));
  EXPECT_FALSE(remember(database.conninfo()));
  EXPECT_TRUE(remember(database.conninfo())) << "not mended";
}

TEST_F(KeptCatalogsTest, OfATransactionThatHasWrittenAreNotKept) {
  const selftest::ScratchDatabase database;
  pg::Driver driver(database.conninfo());
  CatalogMemory memory(file());
  begin(driver, "CREATE TABLE t (a int)");
  take_picture(driver, users, &memory);
  memory.keep(driver);
  EXPECT_FALSE(fs::exists(file()));
}

TEST_F(KeptCatalogsTest, AreKeptForWhoeverReadsThem) {
  const selftest::ScratchDatabase database;
  ASSERT_FALSE(remember(database.conninfo()));
  EXPECT_FALSE(both_of(selftest::ordinary_role().with_database(database.conninfo().database)).by_memory) << "other rights";
}

TEST_F(KeptCatalogsTest, GiveTheDifferencesOfAWholeComparison) {
  KitchenSink sink;
  const KitchenSinkCopy copy(sink);
  const auto a = sink.session().conninfo(), b = copy.conninfo();
  const KeptIn kept{.a = file("a"), .b = file("a")};
  const auto first = compare_databases(a, b, {}, {}, kept);
  EXPECT_FALSE(first.remembered_a);
  pg::Session(b).execute("DROP VIEW IF EXISTS public.none; CREATE TABLE public.added (a int); COMMENT ON TABLE public.added IS 'it'");
  const auto second = compare_databases(a, b, {}, {}, kept);
  EXPECT_TRUE(second.remembered_a);
  EXPECT_TRUE(second.remembered_b);
  EXPECT_EQ(second.differences, compare_databases(a, b).differences);
  EXPECT_FALSE(second.differences.empty());
}

}  // namespace
}  // namespace prodclone::schema
