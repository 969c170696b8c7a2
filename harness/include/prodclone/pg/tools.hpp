// pg_dump, pg_restore and psql of one major. A pg_dump older than its server refuses to dump it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace prodclone::pg {

struct Tools {
  int major = 0;
  std::string version = {};
  std::filesystem::path pg_dump = {};
  std::filesystem::path pg_restore = {};
  std::filesystem::path psql = {};
  friend bool operator==(const Tools&, const Tools&) = default;
};

// The smallest major that is at least this one. Debian's wrappers in /usr/bin, which choose a version by themselves,
// are passed over. Throws Error(could_not_check) that names the package to install and what was found.
Tools find_tools(int at_least_major, const std::vector<std::filesystem::path>& configured = {});

}  // namespace prodclone::pg
