// What pristine says about its own migrations, read before it is sealed and kept with the workspace: the state table
// cannot be asked any more afterwards.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <prodclone/migrations/state.hpp>

namespace prodclone::workflow {

void write_state(const std::filesystem::path& file, const migrations::State& state);
// None: not there, or not of this version.
std::optional<migrations::State> read_state_file(const std::filesystem::path& file);

}  // namespace prodclone::workflow
