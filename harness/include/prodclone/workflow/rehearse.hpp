// The checks of a rehearsal on what the run has provisioned: the same for suites and for `prodclone rehearse`.
// Each provisions what it needs, returns findings, and throws when it could not check.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <prodclone/checks/finding.hpp>
#include <prodclone/workflow/provisioning.hpp>

namespace prodclone::workflow {

checks::Findings drift_findings(Provisioning& provisioning);            // clone equals fresh
checks::Findings declared_schema_findings(Provisioning& provisioning);  // clone equals schema.expected
checks::Findings lineage_findings(Provisioning& provisioning);          // nothing bears a renamed identity
checks::Findings second_opinion_findings(Provisioning& provisioning);   // pg_dump -s of both sides agrees with the gate
checks::Findings foreign_key_findings(Provisioning& provisioning);      // no orphans
checks::Findings data_findings(Provisioning& provisioning);             // no row, no value lost or changed undeclared
checks::Findings data_findings(Provisioning& provisioning, const std::string& check);  // one part: "data/rows"
checks::Findings load_findings(Provisioning& provisioning);             // everything in the dump is there
checks::Findings history_findings(Provisioning& provisioning);          // nothing dirty, edited, missing, out of order
checks::Findings lock_findings(Provisioning& provisioning);             // all lock rules
checks::Findings lock_findings(Provisioning& provisioning, const std::string& rule);  // one of them: "LK04"
checks::Findings live_lock_findings(Provisioning& provisioning);        // long transactions, blocking chains on the server

struct NamedCheck {
  std::string name = {};     // "schema drift"
  std::string label = {};    // the ctest label that runs it
  std::function<checks::Findings(Provisioning&)> run = {};
  Stage needs = Stage::migrated;   // of what is known before the migrations run: pristine
};
std::vector<NamedCheck> all_checks();

struct CheckOutcome {
  std::string name = {}, label = {};
  checks::Findings findings = {};
  std::string error = {};    // it could not check
};

struct Rehearsal {
  std::string migration_failure = {};   // the checks that need the migrated database could not run
  std::vector<CheckOutcome> checks = {};
};

// Everything; errors are kept, so that one check that cannot run hides no other. `once_migrated` is called before the
// first check, unless a migration failed.
Rehearsal rehearse(Provisioning& provisioning, const std::function<void()>& once_migrated = {});

}  // namespace prodclone::workflow
