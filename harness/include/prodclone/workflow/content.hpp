// What pristine and the migrated database hold: fingerprints that outlive the sealed templates, and their comparison,
// each made once and shared by all processes of a run.
#pragma once

#include <prodclone/data/fingerprint.hpp>
#include <prodclone/data/reconciliation.hpp>
#include <prodclone/workflow/provisioning.hpp>

namespace prodclone::workflow {

// How content is read in this project: the tool's state table left out.
data::FingerprintOptions content_reading(Provisioning& provisioning);

// Of pristine; taken from a private copy the first time it is asked for, and kept in .prodclone/facts.
data::Fingerprint pristine_fingerprint(Provisioning& provisioning);
// Takes it from a database that holds what pristine does, before its migrations run.
data::Fingerprint remember_pristine_content(Provisioning& provisioning, const pg::ConnInfo& database);

// Pristine against migrated: kept in the record until the migrations run again.
data::Reconciliation reconciled_content(Provisioning& provisioning);

}  // namespace prodclone::workflow
