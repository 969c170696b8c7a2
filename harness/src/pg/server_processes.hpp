// The processes of a cluster: found by what they are, because files and parents may be gone after a crash.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include <prodclone/process/identity.hpp>

namespace prodclone::pg {

// What marks the processes of one server in the process list: "prodclone-<id>", its cluster_name.
std::string cluster_name(const std::string& id);

// Every postgres whose data folder lies in one of the folders, or that bears the server's name.
std::vector<process::Identity> server_processes(const std::vector<std::filesystem::path>& data_bases,
                                                const std::string& id);

// Kills what is left of a server. False when something is still there at the deadline.
bool kill_server_processes(const std::vector<std::filesystem::path>& data_bases, const std::string& id,
                           std::chrono::milliseconds deadline);

}  // namespace prodclone::pg
