// The rules that are judged from the catalog, after the migration.
#include "rule_book.hpp"

namespace prodclone::checks {

void add_catalog_hazards(std::vector<Hazard>& book) {
  book.push_back(
      {.id = "LK18",
       .title = "Something is left half-done",
       .condition = "After the migration there is a new invalid index, unvalidated constraint or disabled trigger (suite `leftovers`).",
       .effect = "An invalid index costs every write and helps no query; a constraint that was never validated protects nothing old, and the planner ignores it; a disabled trigger does nothing, silently.",
       .measured = "The catalog before and after, on the same database: exact.",
       .safer = "`VALIDATE CONSTRAINT` in a later transaction, `DROP INDEX CONCURRENTLY` and build again, `ENABLE TRIGGER`; or accept it in `leftovers_left` of waivers.json until the next deploy.",
       .by = MeasuredBy::leftovers,
       .check = "leftovers/unvalidated_constraint",
       .examples = {{.name = "A constraint that is never validated",
                     .bad = together({"ALTER TABLE orders ADD CONSTRAINT c CHECK (amount > 0) NOT VALID"}),
                     .good = apart({"ALTER TABLE orders ADD CONSTRAINT c CHECK (amount > 0) NOT VALID", "ALTER TABLE orders VALIDATE CONSTRAINT c"})}}});
  book.push_back(
      {.id = "LK22",
       .title = "A foreign key without an index",
       .condition = "The migration adds a foreign key whose columns lead no index of the child (suite `fk`); on a large child a failure, else a warning.",
       .effect = "Each delete or key change of a parent reads the child whole, while it holds the parent's row.",
       .measured = "The catalog before and after: exact.",
       .safer = "`CREATE INDEX CONCURRENTLY` on the child's columns before the key is added.",
       .budgets = {"large_mb", "large_rows"},
       .by = MeasuredBy::foreign_keys,
       .check = "fk/missing_index",
       .examples = {{.name = "No index behind the key",
                     .bad = together({"ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (amount) REFERENCES customers NOT VALID"}),
                     .good = together({"ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (customer_id) REFERENCES customers NOT VALID"})}}});
}

}  // namespace prodclone::checks
