// Each test and check in the record: findings/<name>.json holds what it found, how it ended and how long it took.
#pragma once

#include <string>
#include <vector>

#include <prodclone/config/project.hpp>
#include <prodclone/databases/leases.hpp>
#include <prodclone/report/report.hpp>

namespace prodclone::workflow {

void record_test(const config::Project& project, const report::Test& test);
// Sorted by name. Throws Error(could_not_check) naming a file that cannot be read.
std::vector<report::Test> recorded_tests(const config::Project& project);
// What was recorded before any run began that is still going on; with none, all.
void clear_findings(const config::Project& project, const std::vector<databases::Run>& going_on = {});

}  // namespace prodclone::workflow
