// The rules that need somebody in the migration's way.
#include "rule_book.hpp"

namespace prodclone::checks {

void add_standoff_hazards(std::vector<Hazard>& book) {
  using rehearsal::Holder;
  book.push_back(
      {.id = "LK10",
       .title = "Traffic queues behind a migration that waits",
       .condition = "With an idle transaction in its way for `holder_ms`, queries on a large table waited over `queue_ms`; on a small one, a warning. When the migration gives up in time and the deploy does not try again, a warning.",
       .effect = "A report, a forgotten psql or a backup is enough: the migration waits for it, and every later query waits for the migration. The table is down for as long as the report runs, for a statement of a millisecond.",
       .measured = "On a private copy a session holds the weakest lock that is in the migration's way; queries on the table run beside it. The longest one counts: exact to some 20 ms.",
       .safer = "`SET LOCAL lock_timeout = '500ms';` as the first statement, and run the migration again when it ends with 55P03: `migrations.attempts` and `.pause_ms` say how your deploy does it.",
       .budgets = {"queue_ms", "holder_ms", "adversary_seconds", "large_mb", "large_rows"},
       .by = MeasuredBy::standoffs,
       .check = "locks/LK10",
       .examples = {{.name = "A long reader",
                     .bad = {{"ALTER TABLE orders ADD COLUMN a int"}},
                     .good = {{"SET lock_timeout = '100ms'", "ALTER TABLE orders ADD COLUMN a int"}},
                     .budgets = {{"holder_ms", 1500}, {"queue_ms", 800}},
                     .opponents = {{"public.orders", Holder::idle_reader}},
                     .attempts = 50},
                    {.name = "A transaction that has written",
                     .bad = {{"CREATE INDEX i ON orders (amount)"}},
                     .good = {{"SET lock_timeout = '100ms'", "CREATE INDEX i ON orders (amount)"}},
                     .budgets = {{"holder_ms", 1500}, {"queue_ms", 800}},
                     .opponents = {{"public.orders", Holder::idle_writer}},
                     .attempts = 50},
                    {.name = "One attempt only",
                     .bad = {{"SET lock_timeout = '100ms'", "ALTER TABLE orders ADD COLUMN a int"}},
                     .good = apart({"CREATE INDEX CONCURRENTLY i ON orders (amount)"}),
                     .severity = Severity::warning,
                     .budgets = {{"holder_ms", 1500}, {"queue_ms", 800}},
                     .opponents = {{"public.orders", Holder::idle_reader}}}}});
  book.push_back(
      {.id = "LK12",
       .title = "Locks in another order than the application's",
       .condition = "It held one table while it waited for another that `application.lock_order` names earlier. Without a declared order the pairs are told as a note.",
       .effect = "A transaction of the application that has the one and wants the other closes a circle: one of the two is cancelled (40P01), and from `deadlock_timeout` on it is the application's.",
       .measured = "When the migration waits for the session in its way, what it holds is read from `pg_locks`: exact. A set of locks alone does not show the order.",
       .safer = "Take them first and in the application's order: `LOCK TABLE a, b IN SHARE ROW EXCLUSIVE MODE;`. ADD FOREIGN KEY takes the child before the parent, and most applications write the parent first.",
       .by = MeasuredBy::standoffs,
       .check = "locks/LK12",
       .examples = {{.name = "A foreign key takes the child first",
                     .bad = together({"ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (customer_id) REFERENCES customers NOT VALID"}),
                     .good = together({"LOCK TABLE customers, orders IN SHARE ROW EXCLUSIVE MODE",
                                       "ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (customer_id) REFERENCES customers NOT VALID"}),
                     .budgets = {{"holder_ms", 1000}},
                     .opponents = {{"public.customers", Holder::idle_writer}, {"public.orders", Holder::idle_writer}},
                     .lock_order = {"customers", "orders"}}}});
  book.push_back(
      {.id = "LK19",
       .title = "It gives up and leaves a part behind",
       .condition = "After its last attempt had failed, the schema was neither the old nor the new one, or a second run with nobody in its way did not complete it. Where the second run completes it, or nothing stayed and the tool refuses to run again, a warning.",
       .effect = "Production is left with a schema that no migration knows, at the moment when it is busiest, and the tool refuses or fails from then on.",
       .measured = "The schema's fingerprint before, after and after a second run, on the private copy: exact. Rows are not compared.",
       .safer = "One transaction for what belongs together; what must stand alone (CONCURRENTLY) in a migration of its own, which first drops what a run before may have left invalid.",
       .by = MeasuredBy::standoffs,
       .check = "locks/LK19",
       .examples = {{.name = "Two statements, two transactions",
                     .bad = apart({"ALTER TABLE customers ADD COLUMN a int", "ALTER TABLE orders ADD COLUMN a int"}),
                     .good = together({"ALTER TABLE customers ADD COLUMN a int", "ALTER TABLE orders ADD COLUMN a int"}),
                     .budgets = {{"holder_ms", 1500}},
                     .opponents = {{"public.orders", Holder::idle_reader}}}}});
}

}  // namespace prodclone::checks
