#include <prodclone/workflow/schema_script.hpp>

#include <set>

#include <prodclone/pg/driver.hpp>
#include <prodclone/pg/session.hpp>
#include <prodclone/pg/sql_error.hpp>
#include <prodclone/schema/statements.hpp>

#include "schema_access.hpp"

namespace prodclone::workflow {

namespace {

// pg_dump leaves an index out that is not valid; the script may drop or rebuild it.
void make_invalid_indexes(const schema::Snapshot& of, const pg::ConnInfo& copy) {
  pg::Session session(copy);
  for (const auto& object : of.objects)
    if (object.kind == "index" && schema::attribute_value(object, "valid") == "no" && !object.inherited) session.execute(object.definition);
}

// A dump of the schema has none: empty ones stand in for them.
void make_large_objects(const schema::Snapshot& of, const pg::ConnInfo& copy) {
  pg::Session session(copy);
  for (const auto& object : of.objects)
    if (object.kind == "large_object") session.execute(object.definition);
  for (const auto& object : of.objects)
    if (object.kind == "comment" && object.parent.starts_with("large object "))
      session.execute("COMMENT ON " + object.parent + " IS " + schema::literal(schema::attribute_value(object, "text")));
}

}  // namespace

void run_script(const schema::Script& script, const pg::ConnInfo& database) {
  pg::Driver driver(database);
  driver.run("SET search_path = pg_catalog; SET check_function_bodies = off");
  for (const auto& part : schema::parts_of(script)) {
    if (part.transaction) driver.run("BEGIN");
    for (const auto* statement : part.statements) driver.run(statement->sql);
    if (part.transaction) driver.run("COMMIT");
  }
}

ScriptProof prove_script(Provisioning& provisioning, const pg::ConnInfo& a, const pg::ConnInfo& b, const schema::Script& script,
                         const schema::SnapshotOptions& read, const schema::DiffOptions& compared) {
  const auto snapshot_of = [&](const pg::ConnInfo& database) {
    pg::Session session(database);
    return schema::take_snapshot(session, read);
  };
  // Copies get owners and privileges only where those are compared: this server perhaps lacks the roles.
  const bool with_access = compared.owners || compared.privileges;
  auto tried = script;
  if (!with_access) std::erase_if(tried.statements, [](const auto& statement) { return statement.access; });
  const auto copy_of = [&](const pg::ConnInfo& database, const schema::Snapshot& snapshot) {
    const auto copy = provisioning.bare_schema_copy(database);
    if (read.large_objects) make_large_objects(snapshot, copy);
    if (with_access) give_access(snapshot, copy);
    return copy;
  };
  ScriptProof proof;
  const auto snapshot = snapshot_of(a);
  const auto from = copy_of(a, snapshot);
  make_invalid_indexes(snapshot, from);
  try {
    run_script(tried, from);
  } catch (const pg::SqlError& error) {
    proof.failed = error.what();
    provisioning.drop(from.database);
    return proof;
  }
  const auto reached = snapshot_of(from);
  provisioning.drop(from.database);
  const auto to = copy_of(b, snapshot_of(b));
  const auto wanted = snapshot_of(to);
  provisioning.drop(to.database);
  proof.left = schema::diff(reached, wanted, compared);
  std::set<std::string> withheld;
  for (const auto& statement : script.withheld) withheld.insert(statement.closes.begin(), statement.closes.end());
  std::erase_if(proof.left.entries, [&](const auto& difference) { return withheld.contains(to_string(difference)); });
  return proof;
}

}  // namespace prodclone::workflow
