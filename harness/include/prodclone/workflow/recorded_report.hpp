// What the last rehearsal recorded, for a person to read.
#pragma once

#include <string>

#include <prodclone/config/project.hpp>

namespace prodclone::workflow {

// Throws Error(could_not_check) when nothing has been recorded.
std::string recorded_report(const config::Project& project);

}  // namespace prodclone::workflow
