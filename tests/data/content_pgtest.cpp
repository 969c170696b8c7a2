#include <prodclone/data/content.hpp>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <prodclone/data/fingerprint_json.hpp>

#include "two_states.hpp"

namespace prodclone::data {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* base =
    "CREATE TYPE state AS ENUM ('open', 'done');"
    "CREATE TABLE document (id int PRIMARY KEY, title varchar(40), amount numeric(10, 2), ratio real, at timestamp, seen timestamptz, "
    "  day date, state state, tags text[], meta jsonb, raw bytea, ok boolean, note text);"
    "INSERT INTO document SELECT n, 'title ' || n, n * 1.25, n / 7.0, '2026-01-01'::timestamp + n * interval '1 min', "
    "  '2026-01-01Z'::timestamptz + n * interval '1 min', '2026-01-01'::date + n, CASE WHEN n % 2 = 0 THEN 'open' ELSE 'done' END::state, "
    "  ARRAY['a', n::text], jsonb_build_object('n', n), decode(lpad(to_hex(n), 4, '0'), 'hex'), n % 3 = 0, CASE WHEN n % 5 > 0 THEN 'note ' || n END "
    "  FROM generate_series(1, 300) n";

// "changed: title", "lost 1, added 0, changed 2", …: everything that is not as it was, in one line each.
std::vector<std::string> differences(const Reconciliation& reconciliation) {
  std::vector<std::string> lines;
  for (const auto& table : reconciliation.tables) {
    if (table.fate == TableFate::kept) continue;
    if (table.fate == TableFate::gone) lines.push_back(table.before + " gone");
    if (table.fate == TableFate::unknown) lines.push_back(table.before + " unknown: " + table.could_not_compare);
    for (const auto& column : table.columns)
      if (column.fate != ColumnFate::kept && table.fate != TableFate::gone)
        lines.push_back(fmt::format("{}.{} {}", table.before, column.before, column.fate == ColumnFate::gone ? "gone" : "changed"));
    if (table.rows) lines.push_back(fmt::format("lost {}, added {}, changed {}", table.rows->lost, table.rows->added, table.rows->changed));
  }
  return lines;
}

std::vector<std::string> after(const std::string& migration) { return differences(reconciled(base, migration)); }

struct Harmless {
  const char* name;
  const char* migration;
};
void PrintTo(const Harmless& given, std::ostream* out) { *out << given.name; }
class KeepsContent : public testing::TestWithParam<Harmless> {};

TEST_P(KeepsContent, OfEveryTable) {
  const auto reconciliation = reconciled(base, GetParam().migration);
  EXPECT_THAT(differences(reconciliation), IsEmpty());
  ASSERT_THAT(reconciliation.tables, SizeIs(1));
  EXPECT_EQ(reconciliation.tables[0].rows_before, 300);
  EXPECT_EQ(reconciliation.tables[0].rows_after, 300);
}

INSTANTIATE_TEST_SUITE_P(
    Migrations, KeepsContent,
    testing::Values(
        Harmless{"Nothing", ""},
        Harmless{"RenamedTableAndColumns", "ALTER TABLE document RENAME TO paper; ALTER TABLE paper RENAME title TO name; ALTER TABLE paper RENAME id TO paper_id"},
        Harmless{"NamesOfTwoColumnsSwappedAsWell", "ALTER TABLE document RENAME title TO x; ALTER TABLE document RENAME note TO title; ALTER TABLE document RENAME x TO note"},
        Harmless{"MovedToAnotherSchema", "CREATE SCHEMA archive; ALTER TABLE document SET SCHEMA archive"},
        Harmless{"AddedColumn", "ALTER TABLE document ADD COLUMN extra int NOT NULL DEFAULT 7"},
        Harmless{"WrittenAnewInAnotherOrder", "CREATE INDEX i ON document (note); CLUSTER document USING i"},
        Harmless{"IntegersToBigint", "ALTER TABLE document ALTER id TYPE bigint"},
        Harmless{"IntegerKeyToNumeric", "ALTER TABLE document ALTER id TYPE numeric(20, 2)"},
        Harmless{"IntegerKeyToText", "ALTER TABLE document ALTER id TYPE text"},
        Harmless{"VarcharToText", "ALTER TABLE document ALTER title TYPE text"},
        Harmless{"MoreDecimals", "ALTER TABLE document ALTER amount TYPE numeric(14, 4)"},
        Harmless{"FloatToDouble", "ALTER TABLE document ALTER ratio TYPE float8"},
        Harmless{"EnumToText", "ALTER TABLE document ALTER state TYPE text"},
        Harmless{"EnumMadeAnew", "CREATE TYPE state2 AS ENUM ('done', 'new', 'open'); ALTER TABLE document ALTER state TYPE state2 USING state::text::state2"},
        Harmless{"LabelsRenamedAndSwapped", "ALTER TYPE state RENAME VALUE 'open' TO 'x'; ALTER TYPE state RENAME VALUE 'done' TO 'open'; ALTER TYPE state RENAME VALUE 'x' TO 'done'"},
        Harmless{"TimestampToTimestamptzInUtc", "SET TimeZone = 'UTC'; ALTER TABLE document ALTER at TYPE timestamptz"},
        Harmless{"DateToTimestamp", "ALTER TABLE document ALTER day TYPE timestamp"},
        Harmless{"BooleanToInteger", "ALTER TABLE document ALTER ok TYPE int USING ok::int"},
        Harmless{"JsonbToJson", "ALTER TABLE document ALTER meta TYPE json USING meta::json"},
        Harmless{"IntoADomain", "CREATE DOMAIN money2 AS numeric CHECK (VALUE >= 0); ALTER TABLE document ALTER amount TYPE money2"},
        Harmless{"UpdatedToTheSame", "UPDATE document SET title = title"},
        Harmless{"CopiedAndSwappedInAnotherOrder",
                 "CREATE TABLE copy (note text, ok boolean, id bigint PRIMARY KEY, title text, amount numeric, ratio real, at timestamp, seen timestamptz, day date, "
                 "state state, tags text[], meta jsonb, raw bytea);"
                 "INSERT INTO copy (note, ok, id, title, amount, ratio, at, seen, day, state, tags, meta, raw) "
                 "SELECT note, ok, id, title, amount, ratio, at, seen, day, state, tags, meta, raw FROM document ORDER BY random();"
                 "DROP TABLE document; ALTER TABLE copy RENAME TO document"},
        Harmless{"ColumnReplacedByAFilledOne",
                 "ALTER TABLE document ADD COLUMN wide bigint; UPDATE document SET wide = id; ALTER TABLE document DROP COLUMN id; ALTER TABLE document RENAME wide TO id"},
        Harmless{"MadeAPartition",
                 "ALTER TABLE document RENAME TO document_old; CREATE TABLE document (LIKE document_old) PARTITION BY RANGE (id);"
                 "ALTER TABLE document ATTACH PARTITION document_old DEFAULT"}),
    [](const auto& given) { return given.param.name; });

struct Harmful {
  const char* name;
  const char* migration;
  std::vector<std::string> found;
};
void PrintTo(const Harmful& given, std::ostream* out) { *out << given.name; }
class LosesContent : public testing::TestWithParam<Harmful> {};

TEST_P(LosesContent, AndThatIsFound) { EXPECT_EQ(after(GetParam().migration), GetParam().found); }

INSTANTIATE_TEST_SUITE_P(
    Migrations, LosesContent,
    testing::Values(
        Harmful{"DeletedRow", "DELETE FROM document WHERE id = 17",
                {"public.document.id changed", "public.document.title changed", "public.document.amount changed", "public.document.ratio changed",
                 "public.document.at changed", "public.document.seen changed", "public.document.day changed", "public.document.state changed",
                 "public.document.tags changed", "public.document.meta changed", "public.document.raw changed", "public.document.ok changed",
                 "public.document.note changed", "lost 1, added 0, changed 0"}},
        Harmful{"UpdatedValue", "UPDATE document SET title = 'other' WHERE id = 17", {"public.document.title changed", "lost 0, added 0, changed 1"}},
        Harmful{"SwappedValues", "UPDATE document d SET title = o.title FROM document o WHERE (d.id, o.id) IN ((17, 18), (18, 17))",
                {"public.document.title changed", "lost 0, added 0, changed 2"}},
        Harmful{"ValueMovedToANullOfAnotherRow", "UPDATE document d SET note = o.note FROM document o WHERE (d.id, o.id) IN ((17, 20), (20, 17))",
                {"public.document.note changed", "lost 0, added 0, changed 2"}},
        Harmful{"NulledValue", "UPDATE document SET note = NULL WHERE id = 17", {"public.document.note changed", "lost 0, added 0, changed 1"}},
        Harmful{"TruncatedText", "ALTER TABLE document ALTER title TYPE varchar(8) USING title::varchar(8)", {"public.document.title changed", "lost 0, added 0, changed 201"}},
        Harmful{"PaddedText", "ALTER TABLE document ALTER title TYPE text USING title || ' '", {"public.document.title changed", "lost 0, added 0, changed 300"}},
        Harmful{"ShiftedTimestamptz", "UPDATE document SET seen = seen + interval '1 hour'", {"public.document.seen changed", "lost 0, added 0, changed 300"}},
        Harmful{"TimestampReadInTheWrongZone", "SET TimeZone = 'Europe/Paris'; ALTER TABLE document ALTER at TYPE timestamptz",
                {"public.document.at changed", "lost 0, added 0, changed 300"}},
        Harmful{"FewerDecimals", "ALTER TABLE document ALTER amount TYPE numeric(10, 1)", {"public.document.amount changed", "lost 0, added 0, changed 150"}},
        Harmful{"NumericToInteger", "ALTER TABLE document ALTER amount TYPE int", {"public.document.amount changed", "lost 0, added 0, changed 225"}},
        Harmful{"TimestampToDate", "ALTER TABLE document ALTER at TYPE date", {"public.document.at changed", "lost 0, added 0, changed 300"}},
        Harmful{"WrongLabel", "UPDATE document SET state = 'open' WHERE id = 17", {"public.document.state changed", "lost 0, added 0, changed 1"}},
        Harmful{"ChangedJson", "UPDATE document SET meta = meta - 'n' WHERE id = 17", {"public.document.meta changed", "lost 0, added 0, changed 1"}},
        Harmful{"ChangedBytes", "UPDATE document SET raw = raw || '\\x00' WHERE id = 17", {"public.document.raw changed", "lost 0, added 0, changed 1"}},
        Harmful{"DroppedColumn", "ALTER TABLE document DROP COLUMN note", {"public.document.note gone"}},
        Harmful{"DroppedTable", "DROP TABLE document", {"public.document gone"}},
        Harmful{"DroppedAndMadeAgainByDown", "ALTER TABLE document DROP COLUMN note; ALTER TABLE document ADD COLUMN note text",
                {"public.document.note changed", "lost 0, added 0, changed 240"}},
        Harmful{"KeyDroppedAndAValueChanged", "UPDATE document SET ok = NULL WHERE id = 17; ALTER TABLE document DROP COLUMN id",
                {"public.document.ok changed", "public.document.id gone", "lost 1, added 1, changed 0"}},
        Harmful{"CopyAndSwapThatForgetsRows",
                "CREATE TABLE copy (LIKE document INCLUDING ALL); INSERT INTO copy SELECT * FROM document WHERE ok; ALTER TABLE document RENAME TO document_old;"
                "ALTER TABLE copy RENAME TO document; UPDATE document_old SET ok = ok",
                {"public.document.id changed", "public.document.title changed", "public.document.amount changed", "public.document.ratio changed",
                 "public.document.at changed", "public.document.seen changed", "public.document.day changed", "public.document.state changed",
                 "public.document.tags changed", "public.document.meta changed", "public.document.raw changed", "public.document.ok changed",
                 "public.document.note changed", "lost 200, added 0, changed 0"}}),
    [](const auto& given) { return given.param.name; });

TEST(Content, AColumnThatHeldNothingMayGo) {
  EXPECT_THAT(differences(reconciled("CREATE TABLE t (id int PRIMARY KEY, nothing text); INSERT INTO t VALUES (1), (2)", "ALTER TABLE t DROP COLUMN nothing")), IsEmpty());
}

TEST(Content, ADuplicateRowOfATableWithoutAKeyIsSeen) {
  EXPECT_THAT(differences(reconciled("CREATE TABLE t (a int, b text); INSERT INTO t VALUES (1, 'x'), (2, NULL), (2, NULL)", "INSERT INTO t VALUES (2, NULL)")),
              ElementsAre("public.t.a changed", "lost 0, added 1, changed 0"));
}

TEST(Content, ADuplicateRowBehindALostKeyIsSeen) {
  EXPECT_THAT(differences(reconciled("CREATE TABLE t (id int PRIMARY KEY, b text); INSERT INTO t VALUES (1, 'x'), (2, 'y')",
                                     "ALTER TABLE t DROP CONSTRAINT t_pkey; INSERT INTO t VALUES (2, 'y')")),
              Contains("lost 0, added 1, changed 0"));
}

TEST(Content, ValuesSwappedInATableWithoutAKeyAreSeen) {
  const auto reconciliation = reconciled("CREATE TABLE t (a int, b text); INSERT INTO t VALUES (1, 'x'), (2, 'y')",
                                         "TRUNCATE t; INSERT INTO t VALUES (1, 'y'), (2, 'x')");
  EXPECT_FALSE(reconciliation.tables.at(0).same_keys);
  EXPECT_THAT(differences(reconciliation), ElementsAre("lost 2, added 2, changed 0"));
}

TEST(Content, RowsOfATableWithoutAKeyInAnotherOrderAreTheSame) {
  EXPECT_THAT(differences(reconciled("CREATE TABLE t (a int, b text); INSERT INTO t VALUES (1, 'x'), (2, 'y'), (2, 'y'), (NULL, NULL)",
                                     "CREATE TEMP TABLE o AS TABLE t; TRUNCATE t; INSERT INTO t SELECT * FROM o ORDER BY b DESC NULLS FIRST; ALTER TABLE t ADD COLUMN c int DEFAULT 3")),
              IsEmpty());
}

TEST(Content, AKeylessTableKeepsWhatIsLeftWhenAColumnGoes) {
  EXPECT_THAT(differences(reconciled("CREATE TABLE t (a int, b text, c int); INSERT INTO t VALUES (1, 'x', 1), (2, 'y', 2)", "ALTER TABLE t DROP COLUMN c")),
              ElementsAre("public.t.c gone"));
}

TEST(Content, BigNumbersWhoseHalvesCancelAreToldApart) {
  // The server's own hash folds the halves of a bigint: 0 and 2^32 + 1 would be equal.
  EXPECT_THAT(differences(reconciled("CREATE TABLE t (id int PRIMARY KEY, n bigint); INSERT INTO t VALUES (1, 0)", "UPDATE t SET n = 4294967297")),
              Contains("public.t.n changed"));
}

TEST(Content, DigitsThatAFloatCannotHoldAreMissed) {
  const std::string small = "CREATE TABLE t (id int PRIMARY KEY, n numeric); INSERT INTO t VALUES (1, 0.1)";
  EXPECT_THAT(differences(reconciled(small, "ALTER TABLE t ALTER n TYPE float8")), IsEmpty());
  EXPECT_THAT(differences(reconciled(small + ", (2, 1.2345678901234567890123)", "ALTER TABLE t ALTER n TYPE float8")), Contains("public.t.n changed"));
}

TEST(Content, TextThatBecomesAnUuidIsTheSame) {
  EXPECT_THAT(differences(reconciled("CREATE TABLE t (id text PRIMARY KEY); INSERT INTO t VALUES ('AEBC93CC-7A5E-4C4F-8F1F-3C1C2B8B6F5D')",
                                     "ALTER TABLE t ALTER id TYPE uuid USING id::uuid")),
              IsEmpty());
}

TEST(Content, LabelsRenamedInAnArrayChangeNothing) {
  const std::string tags = "CREATE TYPE tag AS ENUM ('a', 'b'); CREATE TABLE t (id int PRIMARY KEY, tags tag[]); INSERT INTO t VALUES (1, '{a,b}'), (2, '{}'), (3, NULL)";
  EXPECT_THAT(differences(reconciled(tags, "ALTER TYPE tag RENAME VALUE 'a' TO 'c'")), IsEmpty());
  EXPECT_THAT(differences(reconciled(tags, "ALTER TYPE tag RENAME VALUE 'a' TO 'c'; UPDATE t SET tags = '{b,c}' WHERE id = 1")), Contains("public.t.tags changed"));
}

TEST(Content, PartitionsCountWithTheirTable) {
  const std::string parts = "CREATE TABLE t (id int PRIMARY KEY, b text) PARTITION BY RANGE (id); CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);"
                            "CREATE TABLE t2 PARTITION OF t DEFAULT; INSERT INTO t SELECT n, 'x' || n FROM generate_series(1, 30) n; CREATE TABLE s (id int PRIMARY KEY, b text);"
                            "INSERT INTO s VALUES (105, 'y')";
  EXPECT_THAT(differences(reconciled(parts, "ALTER TABLE t DETACH PARTITION t1")), IsEmpty());
  EXPECT_THAT(differences(reconciled(parts, "ALTER TABLE t DETACH PARTITION t1; DELETE FROM t1 WHERE id = 3")), Contains("lost 1, added 0, changed 0"));
  EXPECT_THAT(differences(reconciled(parts, "ALTER TABLE t DETACH PARTITION t2; ALTER TABLE t2 RENAME TO rest; ALTER TABLE t ATTACH PARTITION s FOR VALUES FROM (100) TO (200)")), IsEmpty());
  EXPECT_THAT(differences(reconciled(parts, "DROP TABLE t1")), Contains("lost 9, added 0, changed 0"));
}

TEST(Content, InheritingTablesAreTablesOfTheirOwn) {
  EXPECT_THAT(differences(reconciled("CREATE TABLE p (id int); CREATE TABLE c () INHERITS (p); INSERT INTO p VALUES (1); INSERT INTO c VALUES (2)", "DELETE FROM c")),
              ElementsAre("public.c.id changed", "lost 1, added 0, changed 0"));
}

TEST(Content, TablesWithoutColumnsUnloggedOrEmptyAreCounted) {
  EXPECT_THAT(differences(reconciled("CREATE TABLE bare (); INSERT INTO bare DEFAULT VALUES; CREATE UNLOGGED TABLE u (a int); CREATE TABLE empty (a int)",
                                     "INSERT INTO bare DEFAULT VALUES")),
              ElementsAre("lost 0, added 1, changed 0"));
}

TEST(Content, KeysAreShownOnlyWhenAskedFor) {
  TwoStates states("CREATE TABLE t (id int PRIMARY KEY, b text, c text); INSERT INTO t SELECT n, 'b', 'c' FROM generate_series(4711, 4730) n",
                   "UPDATE t SET c = 'd' WHERE id = 4715; DELETE FROM t WHERE id = 4720; INSERT INTO t VALUES (9, 'b', 'c')");
  const auto masked = compare_content(states.before(), states.after());
  ASSERT_TRUE(masked.tables.at(0).rows);
  for (const auto& row : masked.tables[0].rows->samples) EXPECT_THAT(row.key, IsEmpty());
  const auto shown = compare_content(states.before(), states.after(), {.reveal_keys = true});
  const auto& rows = shown.tables.at(0).rows->samples;
  ASSERT_THAT(rows, SizeIs(3));
  EXPECT_EQ(rows[0], (RowDifference{RowFate::lost, "public.t", "(0,10)", {}, {"4720"}}));
  EXPECT_EQ(rows[1], (RowDifference{RowFate::added, "public.t", "(0,22)", {}, {"9"}}));
  EXPECT_EQ(rows[2], (RowDifference{RowFate::changed, "public.t", "(0,21)", {"c"}, {"4715"}}));
}

TEST(Content, OnlySoManyRowsAreShown) {
  const auto reconciliation = reconciled(base, "UPDATE document SET title = 'x'", {.samples = 4});
  EXPECT_THAT(reconciliation.tables.at(0).rows->samples, SizeIs(4));
}

TEST(Content, FindsOneRowAmongMany) {
  const auto reconciliation = reconciled("CREATE TABLE t (id bigint PRIMARY KEY, b text); INSERT INTO t SELECT n, 'b' || n FROM generate_series(1, 40000) n",
                                         "UPDATE t SET b = 'c' WHERE id = 31415", {.reveal_keys = true});
  ASSERT_TRUE(reconciliation.tables.at(0).rows);
  EXPECT_THAT(reconciliation.tables[0].rows->samples, ElementsAre(testing::Field(&RowDifference::key, ElementsAre("31415"))));
}

TEST(Content, AColumnMovedToAnotherTableIsFollowedByItsKey) {
  const std::string documents = "CREATE TABLE d (id int PRIMARY KEY, fax text); INSERT INTO d SELECT n, CASE WHEN n % 3 > 0 THEN 'fax ' || n END FROM generate_series(1, 30) n";
  const std::string split = "CREATE TABLE contact (n serial PRIMARY KEY, document_id bigint, number varchar(20));"
                            "INSERT INTO contact (document_id, number) SELECT id, fax FROM d WHERE fax IS NOT NULL ORDER BY id DESC; ALTER TABLE d DROP COLUMN fax;";
  const ContentOptions options{.moves = {{"d", "fax", "contact", "number", {"document_id"}}}};
  const auto moved = reconciled(documents, split, options);
  ASSERT_THAT(moved.tables, SizeIs(1));
  EXPECT_EQ(moved.tables[0].fate, TableFate::kept);
  EXPECT_EQ(moved.tables[0].columns.at(1).fate, ColumnFate::moved);
  for (const char* wrong : {"UPDATE contact SET number = 'other' WHERE document_id = 4", "DELETE FROM contact WHERE document_id = 4",
                            "UPDATE contact SET document_id = CASE document_id WHEN 4 THEN 5 ELSE 4 END WHERE document_id IN (4, 5)"})
    EXPECT_THAT(differences(reconciled(documents, split + wrong, options)), ElementsAre("public.d.fax gone")) << wrong;
  EXPECT_THAT(differences(reconciled(documents, split)), ElementsAre("public.d.fax gone"));
}

TEST(Content, ASequenceThatWentBackIsSeen) {
  const auto reconciliation = reconciled("CREATE TABLE t (id serial PRIMARY KEY); SELECT setval('t_id_seq', 50)", "ALTER SEQUENCE t_id_seq RENAME TO s; ALTER SEQUENCE s RESTART");
  ASSERT_THAT(reconciliation.sequences, SizeIs(1));
  EXPECT_EQ(reconciliation.sequences[0].after, "public.s");
  EXPECT_EQ(reconciliation.sequences[0].last_before, 50);
}

TEST(Content, SaysWhatItDidNotCompare) {
  const auto reconciliation = reconciled("CREATE TABLE t (id int PRIMARY KEY, twice int GENERATED ALWAYS AS (id * 2) STORED); CREATE MATERIALIZED VIEW m AS TABLE t; SELECT lo_create(0);"
                                         "CREATE TABLE state (id int)",
                                         "ALTER TABLE t ADD COLUMN extra int; CREATE TABLE fresh (id int)", {.reading = {.exclude = {"public.state"}}});
  std::vector<std::string> objects;
  for (const auto& one : reconciliation.not_compared) objects.push_back(one.object);
  EXPECT_THAT(objects, ElementsAre("large objects", "public.fresh", "public.m", "public.state", "public.t.extra", "public.t.twice"));
  EXPECT_THAT(differences(reconciliation), IsEmpty());
}

TEST(Content, ATableThatCannotBeReadIsNotTakenForEqual) {
  const auto role = selftest::ordinary_role();
  TwoStates states("CREATE TABLE hidden (id int, who text); ALTER TABLE hidden ENABLE ROW LEVEL SECURITY; ALTER TABLE hidden FORCE ROW LEVEL SECURITY;"
                   "CREATE POLICY mine ON hidden USING (who = 'me'); INSERT INTO hidden VALUES (1, 'you');"
                   "GRANT ALL ON ALL TABLES IN SCHEMA public TO PUBLIC", "");
  const auto as_role = [&](pg::ConnInfo database) {
    database.host = role.host;
    database.port = role.port;
    database.user = role.user;
    database.password = role.password;
    return database;
  };
  const auto reconciliation = compare_content(as_role(states.before()), as_role(states.after()));
  ASSERT_THAT(reconciliation.tables, SizeIs(1));
  EXPECT_EQ(reconciliation.tables[0].fate, TableFate::unknown);
  EXPECT_THAT(reconciliation.tables[0].could_not_compare, testing::HasSubstr("row-level security"));
}

TEST(Content, QuotesNamesThatNeedIt) {
  EXPECT_THAT(differences(reconciled(R"(CREATE SCHEMA "a b"; CREATE TABLE "a b"."T""q" ("Id x" int PRIMARY KEY, "select" text); INSERT INTO "a b"."T""q" VALUES (1, 'x'))",
                                     R"(UPDATE "a b"."T""q" SET "select" = 'y')")),
              Contains(R"("a b"."T""q"."select" changed)"));
}

TEST(Content, WideTablesAreReadInParts) {
  std::string columns;
  for (int i = 0; i < 1300; ++i) columns += fmt::format(", c{} int", i);
  EXPECT_THAT(differences(reconciled("CREATE TABLE t (id int PRIMARY KEY" + columns + "); INSERT INTO t (id, c0, c1299) VALUES (1, 2, 3), (2, 3, 4)",
                                     "UPDATE t SET c1299 = 5 WHERE id = 1")),
              ElementsAre("public.t.c1299 changed", "lost 0, added 0, changed 1"));
}

TEST(Fingerprint, IsTheSameAfterItHasBeenAFile) {
  TwoStates states(base, "");
  const auto print = take_fingerprint(states.before());
  EXPECT_EQ(fingerprint_from_json(to_json(print)), print);
  EXPECT_EQ(fingerprint_from_json("{}"), std::nullopt);
  // What pristine's file says is enough, as long as nothing is to be looked for.
  const auto unneeded = [&]() -> pg::ConnInfo { throw std::logic_error("opened"); };
  EXPECT_EQ(differences(compare_content(*fingerprint_from_json(to_json(print)), unneeded, states.after())), std::vector<std::string>{});
}

TEST(Fingerprint, TellsHowFarItIsUpToTheLastTable) {
  TwoStates states(base, "");
  pg::Session(states.before()).execute("ANALYZE");
  std::vector<ProgressReport> seen;
  const auto print = take_fingerprint(states.before(), {.progress = [&](const ProgressReport& report) { seen.push_back(report); }});
  ASSERT_EQ(seen.size(), print.tables.size() + 2);
  EXPECT_EQ(seen.back().phase, "") << "it is over";
  seen.pop_back();
  EXPECT_EQ(seen.front().done, 0);
  for (std::size_t i = 1; i < seen.size(); ++i) EXPECT_GE(seen[i].done, seen[i - 1].done);
  EXPECT_GT(seen.back().total, 0);
  EXPECT_EQ(seen.back().done, seen.back().total);
  EXPECT_EQ(seen.back().detail, fmt::format("{0} of {0} tables", print.tables.size()));
}

TEST(Reconciliation, IsTheSameAfterItHasBeenAFile) {
  const auto reconciliation = reconciled(base, "DELETE FROM document WHERE id < 4; ALTER TABLE document DROP COLUMN note", {.reveal_keys = true});
  EXPECT_EQ(reconciliation_from_json(to_json(reconciliation)), reconciliation);
}

}  // namespace
}  // namespace prodclone::data
