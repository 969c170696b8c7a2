// Where a project's runs keep their papers: everything is under .prodclone/, beside prodclone.json.
#pragma once

#include <filesystem>
#include <string>

#include <prodclone/config/project.hpp>

namespace prodclone::workflow {

// Tells this folder on this machine from any other checkout that uses the same server.
std::string workspace_id(const config::Project& project);

std::filesystem::path run_file(const config::Project& project, const std::string& run);     // what the run has made
std::filesystem::path warden_file(const config::Project& project, const std::string& run);  // removed: the warden goes
std::filesystem::path programs_directory(const config::Project& project);  // a folder for each run that started some

// Short-lived files of a run, which hold schemas and data of production; gone when it is released.
std::filesystem::path work_directory(const config::Project& project, const std::string& run);

}  // namespace prodclone::workflow
