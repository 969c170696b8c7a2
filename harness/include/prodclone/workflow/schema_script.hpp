// A script between two schemas, proven on scratch databases before anybody runs it.
#pragma once

#include <string>

#include <prodclone/schema/diff.hpp>
#include <prodclone/schema/script.hpp>
#include <prodclone/schema/snapshot.hpp>
#include <prodclone/workflow/provisioning.hpp>

namespace prodclone::workflow {

struct ScriptProof {
  std::string failed = {};           // the server's words and the statement; empty: all statements ran
  schema::Differences left = {};     // between what the script made of a's schema and b's
  bool holds() const { return failed.empty() && left.empty(); }
};

// As psql would run it: what shares a part in one transaction, the rest one by one. Throws SqlError.
void run_script(const schema::Script& script, const pg::ConnInfo& database);

// Applies it to a copy of a's schema without rows, and compares with such a copy of b's: after a dump and restore
// both print alike. What the script withholds is no difference. Where owners or privileges are compared, the copies get
// them; throws Error(could_not_check) when this server lacks a role.
ScriptProof prove_script(Provisioning& provisioning, const pg::ConnInfo& a, const pg::ConnInfo& b, const schema::Script& script,
                         const schema::SnapshotOptions& read, const schema::DiffOptions& compared);

}  // namespace prodclone::workflow
