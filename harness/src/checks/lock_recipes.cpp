#include <fmt/format.h>

#include "lock_judgement.hpp"

namespace prodclone::checks {

std::string rewrite_recipe(const StatementTrace& statement, const std::string& table) {
  if (statement.command.starts_with("VACUUM") || statement.command.starts_with("CLUSTER"))
    return "Leave VACUUM FULL and CLUSTER out of migrations; pg_repack does the same beside live traffic.";
  if (statement.command.starts_with("REFRESH"))
    return "REFRESH MATERIALIZED VIEW CONCURRENTLY (needs a unique index on the view).";
  if (contains_words(statement, "SET UNLOGGED") || contains_words(statement, "SET LOGGED") || contains_words(statement, "SET ACCESS METHOD") ||
      contains_words(statement, "SET TABLESPACE"))
    return "Build a new table beside this one, copy in batches with a trigger that keeps it current, swap the names in one short transaction.";
  if (contains_words(statement, "ADD COLUMN") || contains_words(statement, " ADD "))
    return fmt::format(
        "1) ALTER TABLE {0} ADD COLUMN … ;              -- without the default: milliseconds\n"
        "2) ALTER TABLE {0} ALTER COLUMN … SET DEFAULT …;  -- for new rows\n"
        "3) UPDATE the old rows in batches of 10,000 or less, COMMIT between\n"
        "A constant default rewrites nothing; only volatile ones and stored generated columns do.",
        table);
  return fmt::format(
      "1) ALTER TABLE {0} ADD COLUMN …_new <type>;   -- milliseconds\n"
      "2) a trigger that writes both columns; UPDATE the old rows in batches of 10,000 or less, COMMIT between\n"
      "3) ALTER TABLE {0} ADD CHECK (…_new IS NOT NULL) NOT VALID; then VALIDATE CONSTRAINT in a transaction of its own\n"
      "4) swap the names in one short transaction with SET LOCAL lock_timeout = '500ms', tried again on 55P03",
      table);
}

std::string scan_recipe(const StatementTrace& statement, const rehearsal::Scan& scan) {
  if (scan.purpose.starts_with("foreign_key"))
    return contains_words(statement, "VALIDATE CONSTRAINT")
               ? "COMMIT between ADD CONSTRAINT … NOT VALID and VALIDATE CONSTRAINT: alone, VALIDATE lets reads and writes pass."
               : "ADD CONSTRAINT … FOREIGN KEY … NOT VALID; COMMIT; then VALIDATE CONSTRAINT in a transaction of its own.";
  if (scan.purpose == "index_build")
    return "CREATE UNIQUE INDEX CONCURRENTLY outside a transaction, then ALTER TABLE … ADD CONSTRAINT … USING INDEX (milliseconds).";
  if (scan.purpose == "read")
    return "Move the statement that reads the table into a transaction of its own, before the lock is taken or after it is gone; "
           "write in batches of 10,000 rows or less.";
  if (contains_words(statement, "SET NOT NULL"))
    return fmt::format(
        "1) ALTER TABLE {0} ADD CONSTRAINT c CHECK (column IS NOT NULL) NOT VALID; COMMIT\n"
        "2) ALTER TABLE {0} VALIDATE CONSTRAINT c; COMMIT        -- reads and writes pass\n"
        "3) ALTER TABLE {0} ALTER COLUMN … SET NOT NULL, DROP CONSTRAINT c;  -- reads nothing: the check suffices",
        scan.relation);
  if (contains_words(statement, "VALIDATE CONSTRAINT"))
    return "COMMIT before VALIDATE CONSTRAINT: alone in its transaction it lets reads and writes pass.";
  if (contains_words(statement, "ATTACH PARTITION"))
    return "First ADD CONSTRAINT … CHECK (the partition's bounds) NOT VALID and VALIDATE it: ATTACH then reads nothing.";
  return "ADD CONSTRAINT … NOT VALID; COMMIT; then VALIDATE CONSTRAINT in a transaction of its own.";
}

std::string index_recipe(const StatementTrace& statement, const std::string& table) {
  if (statement.command.starts_with("DROP")) return "DROP INDEX CONCURRENTLY, outside a transaction.";
  if (statement.command.starts_with("REINDEX")) return "REINDEX … CONCURRENTLY, outside a transaction.";
  return fmt::format(
      "CREATE INDEX CONCURRENTLY on {}, outside a transaction; afterwards look for an index that was left invalid.\n"
      "On a partitioned table: CREATE INDEX … ON ONLY the parent, CONCURRENTLY on each partition, then ALTER INDEX … ATTACH PARTITION.",
      table);
}

}  // namespace prodclone::checks
