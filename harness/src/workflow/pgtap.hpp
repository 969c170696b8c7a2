// Runs a pgTAP script as pg_prove does.
#pragma once

#include <prodclone/checks/pgtap.hpp>
#include <prodclone/config/sql_case.hpp>
#include <prodclone/workflow/provisioning.hpp>

namespace prodclone::workflow {

// On a database that the script may change. Throws Error(could_not_check) naming the package where the server has no
// pgTAP.
checks::PgTapFacts run_pgtap(Provisioning& provisioning, const config::SqlCase& sql_case, const config::SqlCaseFile& file, const pg::ConnInfo& database);

}  // namespace prodclone::workflow
