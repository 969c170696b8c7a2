#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <prodclone/pg/session.hpp>

#include <support/selftest_server.hpp>
#include "observed_run.hpp"

namespace prodclone::rehearsal::test {
namespace {

using Lines = std::vector<std::string>;

struct Form {
  std::string name = {};
  std::vector<std::string> statements = {};
  Lines locks = {}, rewrites = {}, scans = {};
  std::string setup = {};
  Transactions transactions = Transactions::one;
  friend void PrintTo(const Form& form, std::ostream* out) { *out << form.name; }
};

constexpr const char* schema = R"(
CREATE TABLE parent (id int PRIMARY KEY, code varchar(20) NOT NULL, amount int);
CREATE TABLE child (id int PRIMARY KEY, parent_id int, note text);
INSERT INTO parent SELECT n, 'code' || n, n FROM generate_series(1, 2000) n;
INSERT INTO child SELECT n, n, 'note' FROM generate_series(1, 2000) n;
)";

const std::vector<Form> forms = {
    {.name = "AddForeignKeyLocksAndReadsTheParentToo",
     .statements = {"ALTER TABLE child ADD CONSTRAINT fk FOREIGN KEY (parent_id) REFERENCES parent"},
     .locks = {"public.child SHARE ROW EXCLUSIVE", "public.parent SHARE ROW EXCLUSIVE"},
     .scans = {"public.child foreign_key_child under SHARE ROW EXCLUSIVE", "public.parent foreign_key_parent under SHARE ROW EXCLUSIVE"}},
    {.name = "AddForeignKeyNotValidReadsNothing",
     .statements = {"ALTER TABLE child ADD CONSTRAINT fk FOREIGN KEY (parent_id) REFERENCES parent NOT VALID"},
     .locks = {"public.child SHARE ROW EXCLUSIVE", "public.parent SHARE ROW EXCLUSIVE"}},
    {.name = "ValidateInItsOwnTransactionLocksWeakly",
     .statements = {"ALTER TABLE child VALIDATE CONSTRAINT fk"},
     .locks = {"public.child SHARE UPDATE EXCLUSIVE"},
     .scans = {"public.child foreign_key_child under SHARE UPDATE EXCLUSIVE", "public.parent foreign_key_parent under ROW SHARE"},
     .setup = "ALTER TABLE child ADD CONSTRAINT fk FOREIGN KEY (parent_id) REFERENCES parent NOT VALID"},
    {.name = "ValidateInTheSameTransactionReadsUnderTheStrongLock",
     .statements = {"ALTER TABLE child ADD CONSTRAINT fk FOREIGN KEY (parent_id) REFERENCES parent NOT VALID",
                    "ALTER TABLE child VALIDATE CONSTRAINT fk"},
     .locks = {"public.child SHARE ROW EXCLUSIVE", "public.parent SHARE ROW EXCLUSIVE"},
     .scans = {"public.child foreign_key_child under SHARE ROW EXCLUSIVE", "public.parent foreign_key_parent under SHARE ROW EXCLUSIVE"}},
    {.name = "DropTableLocksTheReferencedTable",
     .statements = {"DROP TABLE child"},
     .locks = {"public.child ACCESS EXCLUSIVE", "public.child_pkey ACCESS EXCLUSIVE", "public.parent ACCESS EXCLUSIVE bystander"},
     .setup = "ALTER TABLE child ADD CONSTRAINT fk FOREIGN KEY (parent_id) REFERENCES parent"},
    {.name = "DropForeignKeyLocksTheReferencedTable",
     .statements = {"ALTER TABLE child DROP CONSTRAINT fk"},
     .locks = {"public.child ACCESS EXCLUSIVE", "public.parent ACCESS EXCLUSIVE bystander"},
     .setup = "ALTER TABLE child ADD CONSTRAINT fk FOREIGN KEY (parent_id) REFERENCES parent"},
    {.name = "SetNotNullReadsTheTable",
     .statements = {"ALTER TABLE parent ALTER COLUMN amount SET NOT NULL"},
     .locks = {"public.parent ACCESS EXCLUSIVE"},
     .scans = {"public.parent verify under ACCESS EXCLUSIVE"}},
    {.name = "SetNotNullBehindACheckReadsNothing",
     .statements = {"ALTER TABLE parent ALTER COLUMN amount SET NOT NULL"},
     .locks = {"public.parent ACCESS EXCLUSIVE"},
     .setup = "ALTER TABLE parent ADD CHECK (amount IS NOT NULL)"},
    {.name = "AddCheckReadsTheTable",
     .statements = {"ALTER TABLE parent ADD CONSTRAINT positive CHECK (amount > 0)"},
     .locks = {"public.parent ACCESS EXCLUSIVE"},
     .scans = {"public.parent verify under ACCESS EXCLUSIVE"}},
    {.name = "WideningAVarcharRewritesNothing",
     .statements = {"ALTER TABLE parent ALTER COLUMN code TYPE varchar(40)"},
     .locks = {"public.parent ACCESS EXCLUSIVE"}},
    {.name = "IntToBigintRewritesTheTable",
     .statements = {"ALTER TABLE parent ALTER COLUMN amount TYPE bigint"},
     .locks = {"public.parent ACCESS EXCLUSIVE", "public.parent_pkey ACCESS EXCLUSIVE"},
     .rewrites = {"public.parent rewritten"},
     .scans = {"public.parent index_build under ACCESS EXCLUSIVE"}},
    {.name = "AddColumnWithConstantDefaultRewritesNothing",
     .statements = {"ALTER TABLE parent ADD COLUMN extra int NOT NULL DEFAULT 7"},
     .locks = {"public.parent ACCESS EXCLUSIVE"}},
    {.name = "AddColumnWithVolatileDefaultRewritesTheTable",
     .statements = {"ALTER TABLE parent ADD COLUMN extra uuid DEFAULT gen_random_uuid()"},
     .locks = {"public.parent ACCESS EXCLUSIVE", "public.parent_pkey ACCESS EXCLUSIVE"},
     .rewrites = {"public.parent rewritten"},
     .scans = {"public.parent index_build under ACCESS EXCLUSIVE"}},
    {.name = "CreateIndexReadsUnderShare",
     .statements = {"CREATE INDEX by_amount ON parent (amount)"},
     .locks = {"public.parent SHARE"},
     .scans = {"public.parent index_build under SHARE"}},
    {.name = "RenameLocksBriefly",
     .statements = {"ALTER TABLE parent RENAME TO ancestor", "ALTER TABLE ancestor RENAME COLUMN amount TO sum"},
     .locks = {"public.parent ACCESS EXCLUSIVE"}},
    {.name = "TruncateEmptiesTheTable",
     .statements = {"TRUNCATE child"},
     .locks = {"public.child ACCESS EXCLUSIVE", "public.child_pkey ACCESS EXCLUSIVE"},
     .rewrites = {"public.child emptied"}},
    {.name = "ReindexLocksTheIndexAgainstReaders",
     .statements = {"REINDEX INDEX parent_pkey"},
     .locks = {"public.parent SHARE", "public.parent_pkey ACCESS EXCLUSIVE"},
     .rewrites = {"public.parent_pkey index_rebuilt"},
     .scans = {"public.parent index_build under SHARE"}},
    {.name = "UpdateAfterAlterReadsUnderTheStrongLock",
     .statements = {"ALTER TABLE parent ADD COLUMN extra int", "UPDATE parent SET extra = amount"},
     .locks = {"public.parent ACCESS EXCLUSIVE"},
     .scans = {"public.parent read under ACCESS EXCLUSIVE"}},
    {.name = "UpdateAloneTakesNoConflictingLock", .statements = {"UPDATE parent SET amount = amount + 1"}},
    {.name = "ADomainsNewCheckReadsItsTables",
     .statements = {"ALTER DOMAIN positive ADD CHECK (value > 0)"},
     .locks = {"public.measured SHARE bystander"},
     .scans = {"public.measured read under SHARE"},
     .setup = "CREATE DOMAIN positive AS int; CREATE TABLE measured (m positive); INSERT INTO measured SELECT n FROM generate_series(1, 500) n; ANALYZE measured"},
    {.name = "DoBlockNamesItsTable",
     .statements = {"DO $$ BEGIN EXECUTE 'ALTER TABLE parent ADD COLUMN extra int'; END $$"},
     .locks = {"public.parent ACCESS EXCLUSIVE"}},
    {.name = "NewTableWithForeignKeyLocksTheParent",
     .statements = {"CREATE TABLE grandchild (id int PRIMARY KEY, p int REFERENCES parent)"},
     .locks = {"public.parent SHARE ROW EXCLUSIVE"}},
    {.name = "NewPartitionLocksTheDefaultPartition",
     .statements = {"CREATE TABLE part_1 PARTITION OF parts FOR VALUES IN (1)"},
     .locks = {"public.parts ACCESS EXCLUSIVE", "public.parts_rest ACCESS EXCLUSIVE bystander"},
     .setup = "CREATE TABLE parts (k int) PARTITION BY LIST (k); CREATE TABLE parts_rest PARTITION OF parts DEFAULT"},
    {.name = "ConcurrentIndexBuildLocksWeakly",
     .statements = {"CREATE INDEX CONCURRENTLY by_amount ON parent (amount)"},
     .locks = {"public.parent SHARE UPDATE EXCLUSIVE"},
     .scans = {"public.parent index_build under SHARE UPDATE EXCLUSIVE"},
     .transactions = Transactions::each},
    {.name = "VacuumFullRewritesTheTable",
     .statements = {"VACUUM FULL parent"},
     .locks = {"public.parent ACCESS EXCLUSIVE", "public.parent_pkey ACCESS EXCLUSIVE"},
     .rewrites = {"public.parent rewritten"},
     .scans = {"public.parent index_build under ACCESS EXCLUSIVE"},
     .transactions = Transactions::each},
};

class LockMatrix : public testing::TestWithParam<Form> {};

TEST_P(LockMatrix, Observes) {
  const auto& form = GetParam();
  const selftest::ScratchDatabase scratch;
  pg::Session session(scratch.conninfo());
  session.execute(schema);
  // Enough rows that a statement outside a transaction lasts many looks of the sampler.
  if (form.transactions == Transactions::each)
    session.execute("INSERT INTO parent SELECT n, 'code' || n, n FROM generate_series(2001, 300000) n");
  if (!form.setup.empty()) session.execute(form.setup);
  session.execute("ANALYZE");
  const auto trace = observe(scratch.conninfo(), form.statements, form.transactions);
  ASSERT_TRUE(trace.migrations.at(0).succeeded) << trace.migrations[0].statements.back().error;
  EXPECT_EQ(locks_of(trace), form.locks);
  EXPECT_EQ(rewrites_of(trace), form.rewrites);
  EXPECT_EQ(scans_of(trace), form.scans);
  EXPECT_THAT(trace.not_measured, testing::IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Forms, LockMatrix, testing::ValuesIn(forms), [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace prodclone::rehearsal::test
