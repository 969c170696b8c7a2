// How fast things went the last time on this machine, so that the next time can be foretold. Nothing depends on it.
#pragma once

#include <map>
#include <optional>
#include <string>

#include <prodclone/config/project.hpp>

namespace prodclone::workflow {

// By what was done: bytes in a second of a copy, milliseconds of a check.
std::optional<double> pace_of(const config::Project& project, const std::string& what);
void remember_paces(const config::Project& project, const std::map<std::string, double>& paces);

}  // namespace prodclone::workflow
