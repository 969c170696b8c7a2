// The findings of each test and check, in the record: findings/<name>.json.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <prodclone/checks/finding.hpp>
#include <prodclone/config/project.hpp>

namespace prodclone::workflow {

void record_findings(const config::Project& project, const std::string& name, const checks::Findings& findings);
// Sorted by name. Throws Error(could_not_check) naming a file that cannot be read.
std::vector<std::pair<std::string, checks::Findings>> recorded_findings(const config::Project& project);
void clear_findings(const config::Project& project);

}  // namespace prodclone::workflow
