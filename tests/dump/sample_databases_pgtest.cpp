// Databases that others made, in every form that a dump comes in. PRODCLONE_SAMPLE_DATABASES names a folder of them;
// without it, small ones of the same traits stand in.
#include <prodclone/dump/load.hpp>

#include <gmock/gmock.h>

#include <cstdlib>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <support/selftest_server.hpp>

#include "workshop.hpp"

namespace prodclone::dump {
namespace {

using namespace selftest;
using testing::IsEmpty;
namespace fs = std::filesystem;

// Domains with a name beyond ASCII, partitions, full-text search, triggers, an exclusion constraint over ranges of an
// extension, quoted capitals, INSERTs.
constexpr auto stand_in = R"sql(CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE DOMAIN "bıgınt" AS bigint CHECK (VALUE > 0);
CREATE TABLE "Element" ("AtomicNumber" "bıgınt" PRIMARY KEY, "Name" text NOT NULL, found tsvector);
CREATE FUNCTION index_it() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.found := to_tsvector('english', NEW."Name"); RETURN NEW; END$$;
CREATE TRIGGER index_it BEFORE INSERT ON "Element" FOR EACH ROW EXECUTE FUNCTION index_it();
INSERT INTO "Element" VALUES (1, 'Hydrogen');
INSERT INTO "Element" VALUES (2, 'Hélium');
CREATE TABLE booking (room int, during tstzrange, element "bıgınt" REFERENCES "Element", EXCLUDE USING gist (room WITH =, during WITH &&));
INSERT INTO booking VALUES (1, '[2026-01-01, 2026-01-02)', 1), (1, '[2026-01-02, 2026-01-03)', 2);
CREATE TABLE payment (id int, at date) PARTITION BY RANGE (at);
CREATE TABLE payment_2026 PARTITION OF payment FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
INSERT INTO payment VALUES (1, '2026-05-05');
CREATE VIEW light AS SELECT * FROM "Element" WHERE "AtomicNumber" < 2;
)sql";

std::vector<fs::path> databases(const ScratchFolder& folder) {
  const char* given = std::getenv("PRODCLONE_SAMPLE_DATABASES");
  if (given == nullptr || *given == '\0') return {write(folder / "stand-in.sql", stand_in), write(folder / "stand-in.sql.gz", gzipped(stand_in))};
  std::vector<fs::path> found;
  for (const auto& entry : fs::recursive_directory_iterator(given)) {
    const auto name = entry.path().filename().string();
    if (entry.path().parent_path().filename() == "pagila-pg18") continue;  // of a newer server: below
    if (name.ends_with(".sql") || name.ends_with(".sql.gz")) found.push_back(entry.path());
  }
  return found;
}

TEST(SampleDatabases, LoadWholeInEveryForm) {
  const ScratchFolder folder;
  const auto all = databases(folder);
  ASSERT_FALSE(all.empty());
  for (const auto& file : all) {
    SCOPED_TRACE(file.filename().string());
    const ScratchDatabase first;
    const auto report = load_dump(recognise(file), first.conninfo(), {.unloadable = Unloadable::report});
    EXPECT_THAT(report.unloaded, IsEmpty());
    const auto content = content_of(first.conninfo());
    EXPECT_GT(content.size(), 1U) << "it holds tables";
    const auto plain = pg_dump(first.conninfo(), folder / "again.sql", {});
    for (const auto& dump : {recognise(pg_dump(first.conninfo(), folder / "again.dump", {"-Fc"})), recognise(plain),
                             recognise(write(folder / "again.sql.gz", gzipped(read_file(plain))))}) {
      const ScratchDatabase again;
      EXPECT_THAT(load_dump(dump, again.conninfo(), {.unloadable = Unloadable::report}).unloaded, IsEmpty()) << dump.name();
      EXPECT_EQ(content_of(again.conninfo()), content) << dump.name();
    }
  }
}

// A schema of PostgreSQL 18 that does not say so: virtual columns, UUIDs of version 7, WITHOUT OVERLAPS, NOT ENFORCED.
TEST(SampleDatabases, OfANewerServerAreToldObjectByObject) {
  const ScratchFolder folder;
  const char* given = std::getenv("PRODCLONE_SAMPLE_DATABASES");
  const auto real = given == nullptr ? fs::path() : fs::path(given) / "pagila-pg18/pagila-schema.sql";
  const auto file = fs::exists(real) ? real
                                     : write(folder / "newer.sql", "CREATE TABLE old (i int);\nCREATE TABLE newer (i int, j int GENERATED ALWAYS AS (i * 2) VIRTUAL);\n"
                                                                   "CREATE VIEW of_newer AS SELECT j FROM newer;\n");
  const ScratchDatabase database;
  if (server_major() >= 18) {
    EXPECT_THAT(load_dump(recognise(file), database.conninfo(), {.unloadable = Unloadable::report}).unloaded, IsEmpty());
    return;
  }
  EXPECT_THROW(load_dump(recognise(file), ScratchDatabase().conninfo()), Error);
  const auto report = load_dump(recognise(file), database.conninfo(), {.unloadable = Unloadable::report});
  EXPECT_THAT(report.unloaded, testing::Not(IsEmpty()));
  for (const auto& one : report.unloaded) {
    EXPECT_NE(one.kind, "statement") << one.name << ": " << one.reason;
    EXPECT_NE(one.name, "") << one.kind << ": " << one.reason;
    EXPECT_NE(one.reason, "") << one.name;
  }
}

}  // namespace
}  // namespace prodclone::dump
