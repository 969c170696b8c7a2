// The rules about how long a lock is held, how it is asked for, and who else is in it.
#include "rule_book.hpp"

namespace prodclone::checks {

void add_lock_hazards(std::vector<Hazard>& book) {
  book.push_back(
      {.id = "LK03",
       .title = "Nothing can read a large table for long",
       .condition = "ACCESS EXCLUSIVE on a table, or on one of its indexes, is held over the budget.",
       .effect = "Every query on the table waits, SELECT too, here and on read replicas. At 400 queries a second a pool of 100 connections is empty after a quarter of a second; then everything else waits as well.",
       .measured = "`pg_locks` between statements, from a second connection: exact. Held from the start of the statement that took the lock to the end of its transaction.",
       .safer = "Do the long work before the lock is taken, or after it is gone, in transactions of its own; take strong locks last.",
       .budgets = {"access_exclusive_ms", "blocked_reads_ms", "large_mb", "large_rows"},
       .check = "locks/LK03",
       .examples = {{.name = "Work after the lock",
                     .bad = together({"ALTER TABLE orders ADD COLUMN a int", "SELECT pg_sleep(0.7)"}),
                     .good = together({"SELECT pg_sleep(0.7)", "ALTER TABLE orders ADD COLUMN a int"})}}});
  book.push_back(
      {.id = "LK07",
       .title = "A lock is held across later statements",
       .condition = "A lock was held over twice what its statement needed, plus `idle_hold_ms`, and over what readers or writers may wait; below that a warning.",
       .effect = "Whoever needs the table waits for statements that have nothing to do with it.",
       .measured = "The hold as in LK03, against the time of the statement that took it: exact.",
       .safer = "COMMIT after the statement, or put the later ones into a migration of their own.",
       .budgets = {"idle_hold_ms", "blocked_reads_ms", "blocked_writes_ms"},
       .check = "locks/LK07",
       .examples = {{.name = "Another table's work in the same transaction",
                     .bad = together({"ALTER TABLE customers ADD COLUMN a int", "SELECT pg_sleep(1.2)"}),
                     .good = apart({"ALTER TABLE customers ADD COLUMN a int", "SELECT pg_sleep(1.2)"})}}});
  book.push_back(
      {.id = "LK08",
       .title = "No lock_timeout",
       .condition = "A lock of SHARE or stronger on a large table was asked for while `lock_timeout` was zero. On a small table, or with a longer one than `lock_timeout_ms`, a warning.",
       .effect = "One long query on the table makes the migration wait, and every later query queues behind the migration: seconds of downtime from a statement that needs a millisecond.",
       .measured = "The setting in force on the migration's session when each statement began: exact.",
       .safer = "`SET LOCAL lock_timeout = '500ms';` as the first statement, and run the migration again when it ends with 55P03.",
       .budgets = {"lock_timeout_ms", "large_mb", "large_rows"},
       .check = "locks/LK08",
       .examples = {{.name = "Patience without end",
                     .bad = {{"ALTER TABLE orders ADD COLUMN a int"}},
                     .good = together({"ALTER TABLE orders ADD COLUMN a int"})}}});
  book.push_back(
      {.id = "LK09",
       .title = "Time-outs in the wrong order",
       .condition = "`lock_timeout` is not shorter than the server's `deadlock_timeout`: a warning. Not longer than the session's own: a note.",
       .effect = "In a deadlock that closes late the application's transaction is cancelled, not the migration. And a plain autovacuum is asked to go only after the session's `deadlock_timeout`: a migration that waits less loses against each one.",
       .measured = "The settings in force on the migration's session and on the server of the rehearsal: exact. Production's may be others.",
       .safer = "`SET LOCAL deadlock_timeout = '100ms'; SET LOCAL lock_timeout = '500ms';` (the first needs a superuser, or from 15 on `GRANT SET ON PARAMETER deadlock_timeout`). Without the privilege: a lock_timeout below the server's deadlock_timeout, and try again.",
       .budgets = {},
       .check = "locks/LK09",
       .examples = {{.name = "The application dies in the deadlock",
                     .bad = {{"SET lock_timeout = '1500ms'", "ALTER TABLE orders ADD COLUMN a int"}},
                     .good = {{"SET deadlock_timeout = '100ms'", "SET lock_timeout = '500ms'", "ALTER TABLE orders ADD COLUMN a int"}},
                     .severity = Severity::warning},
                    {.name = "Autovacuum wins each time",
                     .bad = together({"ALTER TABLE orders ADD COLUMN a int"}),
                     .good = {{"SET deadlock_timeout = '100ms'", "SET lock_timeout = '500ms'", "ALTER TABLE orders ADD COLUMN a int"}},
                     .severity = Severity::note}}});
  book.push_back(
      {.id = "LK11",
       .title = "Tables that the script does not name are locked",
       .condition = "A conflicting lock was taken on a table that the statement does not name: referenced tables, default partitions, parents.",
       .effect = "They wait too, and nobody expects it from the text. Their budgets apply as to any other.",
       .measured = "The exact lock set, against the names in the statement's text.",
       .safer = "Nothing when the holds are short; else treat these tables as targets of the migration.",
       .check = "locks/LK11",
       .examples = {{.name = "The parent of a dropped table",
                     .bad = together({"DROP TABLE items"}),
                     .good = together({"ALTER TABLE items ADD COLUMN a int"}),
                     .severity = Severity::note}}});
  book.push_back(
      {.id = "LK16",
       .title = "Read replicas wait as well",
       .condition = "ACCESS EXCLUSIVE on a table was held over `replica_blocked_ms`: a warning.",
       .effect = "The lock is replayed on every physical standby: queries there wait as long, or are cancelled after `max_standby_streaming_delay`. Whoever moved reports to a replica is hurt all the same.",
       .measured = "From the hold of LK03: exact for the primary. Replay may come later and last longer.",
       .safer = "As for LK03. Where no replica serves reads, raise `replica_blocked_ms`.",
       .budgets = {"replica_blocked_ms"},
       .check = "locks/LK16",
       .examples = {{.name = "A lock that is replayed",
                     .bad = together({"ALTER TABLE customers ADD COLUMN a int", "SELECT pg_sleep(0.4)"}),
                     .good = apart({"ALTER TABLE customers ADD COLUMN a int", "SELECT pg_sleep(0.4)"}),
                     .severity = Severity::warning,
                     .budgets = {{"replica_blocked_ms", 300}}}}});
  book.push_back(
      {.id = "LK25",
       .title = "A sequence is locked",
       .condition = "SHARE ROW EXCLUSIVE or stronger on a sequence is held over `sequence_ms`.",
       .effect = "Every `nextval` waits, and so does every INSERT into a table whose key comes from it, although nothing locks the table.",
       .measured = "As in LK03: exact.",
       .safer = "Change the sequence in a short transaction of its own.",
       .budgets = {"sequence_ms"},
       .check = "locks/LK25",
       .examples = {{.name = "ALTER SEQUENCE and more",
                     .bad = together({"ALTER SEQUENCE tickets INCREMENT BY 10", "SELECT pg_sleep(0.4)"}),
                     .good = apart({"ALTER SEQUENCE tickets INCREMENT BY 10", "SELECT pg_sleep(0.4)"}),
                     .budgets = {{"sequence_ms", 300}}}}});
}

}  // namespace prodclone::checks
