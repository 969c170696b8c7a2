// What the checks of the application share.
#pragma once

#include <string>

#include <prodclone/application/boot_report.hpp>
#include <prodclone/checks/finding.hpp>

namespace prodclone::checks {

Findings log_findings(const application::BootReport& report);
std::string capitalised(std::string text);
std::string without_stop(std::string text);  // the text goes on inside a sentence

}  // namespace prodclone::checks
