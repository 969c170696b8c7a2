// Each test and check in the record: findings/<name>.json holds what it found, how it ended and how long it took.
#pragma once

#include <string>
#include <vector>

#include <prodclone/config/project.hpp>
#include <prodclone/report/report.hpp>

namespace prodclone::workflow {

void record_test(const config::Project& project, const report::Test& test);
// Sorted by name. Throws Error(could_not_check) naming a file that cannot be read.
std::vector<report::Test> recorded_tests(const config::Project& project);
void clear_findings(const config::Project& project);

}  // namespace prodclone::workflow
