// The rules about what readers, writers and pooled sessions feel while the migration runs.
#include "rule_book.hpp"

namespace prodclone::checks {

void add_traffic_hazards(std::vector<Hazard>& book) {
  const std::string measured =
      "The migration runs a second time, under probes: all locks are looked at every 10 ms, and on the hottest tables a read and a write that changes nothing are sent "
      "again and again. Compared with the holds of the first run; where they disagree the finding says so.";
  book.push_back(
      {.id = "LK01",
       .title = "Reads are blocked",
       .condition = "Readers of a table would have waited over `blocked_reads_ms` at a stretch.",
       .effect = "Every query on the table waits, and then the connections of the pool run out.",
       .measured = measured,
       .safer = "The long work under a weaker lock, or in a transaction of its own before the lock is taken; end the transaction right after.",
       .budgets = {"blocked_reads_ms"},
       .by = MeasuredBy::traffic,
       .check = "locks/LK01",
       .examples = {{.name = "Work after the lock",
                     .bad = together({"ALTER TABLE orders ADD COLUMN a int", "SELECT pg_sleep(0.7)"}),
                     .good = together({"SELECT pg_sleep(0.7)", "ALTER TABLE orders ADD COLUMN a int"}),
                     .budgets = {{"blocked_reads_ms", 500}}}}});
  book.push_back(
      {.id = "LK02",
       .title = "Writes are blocked",
       .condition = "Writers of a table would have waited over `blocked_writes_ms` at a stretch.",
       .effect = "Every INSERT, UPDATE and DELETE waits, and whatever those transactions hold waits with them.",
       .measured = measured,
       .safer = "CONCURRENTLY, NOT VALID and VALIDATE in a transaction of its own; short transactions.",
       .budgets = {"blocked_writes_ms"},
       .by = MeasuredBy::traffic,
       .check = "locks/LK02",
       .examples = {{.name = "An index and more in one transaction",
                     .bad = together({"CREATE INDEX i ON orders (amount)", "SELECT pg_sleep(0.7)"}),
                     .good = apart({"CREATE INDEX CONCURRENTLY i ON orders (amount)", "SELECT pg_sleep(0.7)"}),
                     .budgets = {{"blocked_writes_ms", 500}}}}});
  book.push_back(
      {.id = "LK13",
       .title = "Many rows are locked at a time",
       .condition = "One transaction updated or deleted over `rows_per_transaction` rows of a table, or kept any locked over `row_lock_ms` while the table itself was not locked.",
       .effect = "A writer of one of these rows waits until the transaction ends, and no table lock shows why.",
       .measured = "The session's row counters and the end of its transaction, from the first run: exact. In the second run a sample of 64 rows is tried with SKIP LOCKED.",
       .safer = "Batches of 10,000 rows or less by primary key, COMMIT between.",
       .budgets = {"rows_per_transaction", "row_lock_ms"},
       .by = MeasuredBy::traffic,
       .check = "locks/LK13",
       .examples = {{.name = "A backfill at once",
                     .bad = together({"UPDATE orders SET amount = amount + 1"}),
                     .good = apart({"UPDATE orders SET amount = amount + 1 WHERE id <= 9000"})}}});
  book.push_back(
      {.id = "LK14",
       .title = "No query can be planned",
       .condition = "An index of a large table was locked ACCESS EXCLUSIVE while the table was not, or an index of any for longer than `blocked_reads_ms`; on a small table a warning.",
       .effect = "Planning a query needs every index of its tables: reads wait although the table itself is free, and a list of table locks does not show it.",
       .measured = measured,
       .safer = "`REINDEX … CONCURRENTLY`, outside a transaction.",
       .budgets = {"large_mb", "large_rows", "blocked_reads_ms"},
       .by = MeasuredBy::traffic,
       .check = "locks/LK14",
       .examples = {{.name = "REINDEX INDEX",
                     .bad = together({"REINDEX INDEX by_customer", "SELECT pg_sleep(0.3)"}),
                     .good = apart({"REINDEX INDEX CONCURRENTLY by_customer"})}}});
  book.push_back(
      {.id = "LK15",
       .title = "Prepared statements fail",
       .condition = "A statement that a session had prepared before failed after the migration with 0A000: a note; over `stale_plans` of them, where that budget is given, a failure.",
       .effect = "\"cached plan must not change result type\": each pooled session fails once for each such statement, inside a transaction for good.",
       .measured = "`SELECT *` and a SELECT of every column are prepared on each table that the migration locks, and executed again after it: exact.",
       .safer = "Name the columns; deploy code that does not cache plans of `SELECT *`, or let the pool reconnect after the deploy (`DEALLOCATE ALL`).",
       .budgets = {"stale_plans"},
       .by = MeasuredBy::traffic,
       .check = "locks/LK15",
       .examples = {{.name = "A column more",
                     .bad = together({"ALTER TABLE orders ADD COLUMN a int"}),
                     .good = together({"ALTER TABLE orders ADD CONSTRAINT positive CHECK (amount > 0) NOT VALID"}),
                     .budgets = {{"stale_plans", 0}}}}});
}

}  // namespace prodclone::checks
