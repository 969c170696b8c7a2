// The rules about the work that is done under a lock, its volume, and how it ends.
#include "rule_book.hpp"

namespace prodclone::checks {

void add_work_hazards(std::vector<Hazard>& book) {
  book.push_back(
      {.id = "LK04",
       .title = "A large table is rewritten",
       .condition = "The server wrote a table or materialised view of `rewrite_mb` or `rewrite_rows` anew.",
       .effect = "Reads and writes wait until the last row and the last index are written; the time grows with production's rows, and the disk must hold the table twice.",
       .measured = "The relation's storage file before and after the statement, in the same transaction: exact.",
       .safer = "Add a new column, write both by a trigger, fill the old rows in batches of 10,000 or less, swap the names in one short transaction. Constant defaults, longer varchars and text need no rewrite.",
       .budgets = {"rewrite_mb", "rewrite_rows"},
       .check = "locks/LK04",
       .examples = {{.name = "Type change",
                     .bad = together({"ALTER TABLE orders ALTER COLUMN amount TYPE bigint"}),
                     .good = together({"ALTER TABLE orders ALTER COLUMN code TYPE varchar(40)"})},
                    {.name = "Volatile default",
                     .bad = together({"ALTER TABLE orders ADD COLUMN a uuid DEFAULT gen_random_uuid()"}),
                     .good = together({"ALTER TABLE orders ADD COLUMN a uuid", "ALTER TABLE orders ALTER COLUMN a SET DEFAULT gen_random_uuid()"})}}});
  book.push_back(
      {.id = "LK05",
       .title = "A large table is read whole under a lock",
       .condition = "A table of `scan_mb` or `scan_rows` was read whole while the migration held SHARE or stronger on it.",
       .effect = "Writes, and under ACCESS EXCLUSIVE reads, wait for the whole read; on a cold cache it takes up to three times as long as here.",
       .measured = "The server's own debug1 messages, told by source function, and the session's row counters: exact within a transaction.",
       .safer = "`NOT VALID` first, COMMIT, then `VALIDATE CONSTRAINT` in a transaction of its own, which lets reads and writes pass. NOT NULL through a validated CHECK; UNIQUE through an index built CONCURRENTLY.",
       .budgets = {"scan_mb", "scan_rows"},
       .check = "locks/LK05",
       .examples = {{.name = "NOT NULL",
                     .bad = together({"ALTER TABLE orders ALTER COLUMN amount SET NOT NULL"}),
                     .good = apart({"ALTER TABLE orders ADD CONSTRAINT c CHECK (amount IS NOT NULL) NOT VALID", "ALTER TABLE orders VALIDATE CONSTRAINT c",
                                    "ALTER TABLE orders ALTER COLUMN amount SET NOT NULL", "ALTER TABLE orders DROP CONSTRAINT c"})},
                    {.name = "Foreign key",
                     .bad = together({"ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (customer_id) REFERENCES customers"}),
                     .good = apart({"ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (customer_id) REFERENCES customers NOT VALID",
                                    "ALTER TABLE orders VALIDATE CONSTRAINT fk"})},
                    {.name = "Validated in the transaction that added it",
                     .bad = together({"ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (customer_id) REFERENCES customers NOT VALID",
                                      "ALTER TABLE orders VALIDATE CONSTRAINT fk"}),
                     .good = together({"ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (customer_id) REFERENCES customers NOT VALID"})},
                    {.name = "Unique constraint",
                     .bad = together({"ALTER TABLE orders ADD CONSTRAINT u UNIQUE (code)"}),
                     .good = apart({"CREATE UNIQUE INDEX CONCURRENTLY u ON orders (code)", "ALTER TABLE orders ADD CONSTRAINT u UNIQUE USING INDEX u"})},
                    {.name = "Backfill under the lock",
                     .bad = together({"ALTER TABLE orders ADD COLUMN a int", "UPDATE orders SET a = amount"}),
                     .good = apart({"ALTER TABLE orders ADD COLUMN a int", "UPDATE orders SET a = amount"})}}});
  book.push_back(
      {.id = "LK06",
       .title = "An index is built without CONCURRENTLY",
       .condition = "An index of a large table was built or rebuilt without CONCURRENTLY; dropped without it, a warning.",
       .effect = "Writes wait until the index is complete. REINDEX also stops every query, because planning needs the index.",
       .measured = "The server's debug1 message of the build, with the lock set: exact.",
       .safer = "`CREATE INDEX CONCURRENTLY` outside a transaction; afterwards look for an index that was left invalid. `REINDEX … CONCURRENTLY`, `DROP INDEX CONCURRENTLY`.",
       .budgets = {"scan_mb", "scan_rows"},
       .check = "locks/LK06",
       .examples = {{.name = "CREATE INDEX",
                     .bad = together({"CREATE INDEX i ON orders (amount)"}),
                     .good = apart({"CREATE INDEX CONCURRENTLY i ON orders (amount)"})},
                    {.name = "REINDEX", .bad = together({"REINDEX TABLE orders"}), .good = apart({"REINDEX TABLE CONCURRENTLY orders"})},
                    {.name = "DROP INDEX",
                     .bad = together({"DROP INDEX by_customer"}),
                     .good = apart({"DROP INDEX CONCURRENTLY by_customer"}),
                     .severity = Severity::warning}}});
  book.push_back(
      {.id = "LK17",
       .title = "Much WAL, or large temporary files",
       .condition = "The migration wrote over `wal_mb` of WAL or `temp_mb` of temporary files.",
       .effect = "Replicas fall behind, and slots and archives keep all of it on the primary's disk; temporary files take the disk of a server that is serving.",
       .measured = "WAL: the position before and after, of the whole server, so an upper bound on a shared one. Temporary files: by statement where the role may set `log_temp_files`.",
       .safer = "Write in batches in transactions of their own, and let replicas and archives catch up between.",
       .budgets = {"wal_mb", "temp_mb"},
       .check = "locks/LK17",
       .examples = {{.name = "Temporary files",
                     .bad = {{"SET work_mem = '64kB'", "SELECT count(DISTINCT code || n) FROM orders, generate_series(1, 5) n"}},
                     .good = {{"SET work_mem = '64MB'", "SELECT count(DISTINCT code || n) FROM orders, generate_series(1, 5) n"}},
                     .budgets = {{"temp_mb", 1}}}}});
  book.push_back(
      {.id = "LK20",
       .title = "It takes too long",
       .condition = "A statement over `statement_ms` (CONCURRENTLY, VALIDATE, VACUUM: `long_operation_ms`), or a migration over `total_ms`.",
       .effect = "A long statement holds its locks and its snapshot, which keeps vacuum from cleaning up; when it is cancelled, all of it is lost. The deploy waits.",
       .measured = "The statement's own time on this machine, observers left out.",
       .safer = "Split it into batches, or move it out of the deploy into a job of its own.",
       .budgets = {"statement_ms", "long_operation_ms", "total_ms"},
       .check = "locks/LK20",
       .examples = {{.name = "A slow statement", .bad = {{"SELECT pg_sleep(1.6)"}}, .good = {{"SELECT pg_sleep(0.01)"}}}}});
  book.push_back(
      {.id = "LK24",
       .title = "Production's rows do not fit",
       .condition = "A statement failed with an SQLSTATE of class 22 or 23: a value or a row that the change does not allow.",
       .effect = "The deploy stops half-way, at the hour when nobody wants to look for rows.",
       .measured = "The migration was run on production's rows.",
       .safer = "Find the rows first (the feasibility suite counts them), correct them in a migration of their own, and add the constraint NOT VALID so that new rows are right from now on.",
       .check = "locks/LK24",
       .examples = {{.name = "A constraint that the rows break",
                     .bad = together({"ALTER TABLE orders ADD CONSTRAINT small CHECK (amount < 1000)"}),
                     .good = together({"ALTER TABLE orders ADD CONSTRAINT small CHECK (amount < 1000) NOT VALID"})},
                    {.name = "A type that is too narrow",
                     .bad = together({"ALTER TABLE orders ALTER COLUMN code TYPE varchar(3)"}),
                     .good = together({"ALTER TABLE orders ALTER COLUMN code TYPE varchar(30)"})}}});
}

}  // namespace prodclone::checks
