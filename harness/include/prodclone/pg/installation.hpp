// The PostgreSQL servers that this machine could run: one entry for each folder of server binaries.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace prodclone::pg {

struct Installation {
  int major = 0;
  std::string version = {};           // "15.18", "18beta1"
  std::filesystem::path bindir = {};  // holds initdb and postgres
  friend bool operator==(const Installation&, const Installation&) = default;
};

// In order of precedence: configured folders, PATH, then where Debian, PGDG's RPMs and Homebrew put every major.
// Each binary is asked for its version once in the life of this process.
std::vector<Installation> find_installations(const std::vector<std::filesystem::path>& configured = {});

struct WantedMajor {
  std::optional<int> exactly = {};
  std::optional<int> at_least = {};  // the smallest that fits; neither: the newest there is
};

// Throws Error(could_not_check) that names the package to install and what was found.
Installation choose(const std::vector<Installation>& installations, const WantedMajor& wanted = {});

}  // namespace prodclone::pg
