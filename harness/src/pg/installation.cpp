#include <prodclone/pg/installation.hpp>

#include <fmt/format.h>

#include <algorithm>

#include <prodclone/base/error.hpp>
#include <prodclone/base/text.hpp>

#include "binaries.hpp"

namespace prodclone::pg {

namespace {

std::string what_was_found(const std::vector<Installation>& installations) {
  if (installations.empty()) return "none was found";
  std::vector<std::string> found;
  for (const auto& installation : installations)
    found.push_back(fmt::format("{} in {}", installation.version, installation.bindir.string()));
  return "found: " + joined(found, ", ");
}

// A folder in PATH often holds links only; libraries and further programs lie beside the real ones.
std::filesystem::path home_of_program(const std::filesystem::path& program, const char* companion) {
  std::error_code error;
  const auto real = std::filesystem::canonical(program, error).parent_path();
  return !error && std::filesystem::exists(real / companion, error) ? real : program.parent_path();
}

Error missing(const std::string& wanted, const std::vector<Installation>& installations, const std::string& package) {
  return Error(
      Failure::could_not_check,
      fmt::format("No PostgreSQL {}server is installed ({}).", wanted, what_was_found(installations)),
      fmt::format("Install {0} (Debian, Ubuntu: apt install {0}; other majors come from apt.postgresql.org), or name "
                  "the folder of its initdb and postgres in the configuration.",
                  package));
}

}  // namespace

std::vector<Installation> find_installations(const std::vector<std::filesystem::path>& configured) {
  std::vector<Installation> installations;
  for (const auto& folder : binary_folders(configured)) {
    const auto server = version_of(folder / "postgres"), initdb = version_of(folder / "initdb");
    if (!server || !initdb || server->major != initdb->major) continue;
    const Installation found{server->major, server->version, home_of_program(folder / "postgres", "initdb")};
    if (std::find(installations.begin(), installations.end(), found) == installations.end())
      installations.push_back(found);
  }
  return installations;
}

Installation choose(const std::vector<Installation>& installations, const WantedMajor& wanted) {
  if (wanted.exactly) {
    for (const auto& installation : installations)
      if (installation.major == *wanted.exactly) return installation;
    throw missing(fmt::format("{} ", *wanted.exactly), installations, fmt::format("postgresql-{}", *wanted.exactly));
  }
  const Installation* best = nullptr;
  for (const auto& installation : installations) {
    if (wanted.at_least && installation.major < *wanted.at_least) continue;
    // Of equal majors the first counts: configured folders come before what happens to be installed.
    const bool better =
        best == nullptr || (wanted.at_least ? installation.major < best->major : installation.major > best->major);
    if (better) best = &installation;
  }
  if (best != nullptr) return *best;
  if (!wanted.at_least) throw missing("", installations, "postgresql");
  throw missing(fmt::format("{} or newer ", *wanted.at_least), installations,
                fmt::format("postgresql-{}", *wanted.at_least));
}

}  // namespace prodclone::pg
