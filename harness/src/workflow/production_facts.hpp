// What pristine says about its own migrations, read before it is sealed and kept with the workspace: the state table
// cannot be asked any more afterwards.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <prodclone/config/project.hpp>
#include <prodclone/migrations/state.hpp>

namespace prodclone::workflow {

void write_state(const std::filesystem::path& file, const migrations::State& state);
// None: not there, or not of this version.
std::optional<migrations::State> read_state_file(const std::filesystem::path& file);

// The sums of its content, by key. They name tables by OID, so they are of one load only.
std::filesystem::path content_facts(const config::Project& project, const std::string& key);

}  // namespace prodclone::workflow
