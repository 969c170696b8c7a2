// Where PostgreSQL's programs may be on this machine, and which version a program says it is.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace prodclone::pg {

// Existing folders, each once, configured ones first.
std::vector<std::filesystem::path> binary_folders(const std::vector<std::filesystem::path>& configured);

struct ProgramVersion {
  int major = 0;
  std::string version = {};
};

// From `<program> --version`; none when it is missing or does not answer as PostgreSQL does. Asked once per process.
std::optional<ProgramVersion> version_of(const std::filesystem::path& program);

}  // namespace prodclone::pg
