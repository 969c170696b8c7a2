// The project's SQL-only cases on what the run has provisioned.
#pragma once

#include <filesystem>

#include <prodclone/checks/finding.hpp>
#include <prodclone/config/sql_case.hpp>
#include <prodclone/workflow/provisioning.hpp>

namespace prodclone::workflow {

// Where a project keeps its cases, one folder each.
std::filesystem::path refactors_folder(const config::Project& project);

// One file: what it must not find. Throws when it could not be tried.
checks::Findings sql_file_findings(Provisioning& provisioning, const config::SqlCase& sql_case, const config::SqlCaseFile& file);

// All files of all cases; what has a problem is a finding.
checks::Findings sql_case_findings(Provisioning& provisioning);

}  // namespace prodclone::workflow
