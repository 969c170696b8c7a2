#include "binaries.hpp"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <map>
#include <mutex>

#include <prodclone/base/error.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/process/child.hpp>

namespace prodclone::pg {

namespace {

namespace fs = std::filesystem;

// The sub-folders of `parent` whose names match, newest version first.
std::vector<fs::path> matching(const fs::path& parent, std::string_view pattern) {
  std::vector<fs::path> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(parent, error))
    if (matches_glob(pattern, entry.path().filename().string())) found.push_back(entry.path() / "bin");
  std::sort(found.rbegin(), found.rend());
  return found;
}

std::optional<ProgramVersion> ask(const fs::path& program) {
  if (!process::find_program(program.string())) return std::nullopt;
  process::Outcome outcome;
  try {
    outcome = process::run({.arguments = {program.string(), "--version"}}, {.deadline = std::chrono::seconds(20)});
  } catch (const Error&) {
    return std::nullopt;  // not for this machine; the caller says what was found
  }
  if (!outcome.succeeded()) return std::nullopt;
  // "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", "pg_dump (PostgreSQL) 18beta1"
  constexpr std::string_view marker = "(PostgreSQL) ";
  const auto at = outcome.out.find(marker);
  if (at == std::string::npos) return std::nullopt;
  auto version = outcome.out.substr(at + marker.size());
  version.resize(std::min(version.find_first_of(" \r\n"), version.size()));
  if (version.empty() || std::isdigit(static_cast<unsigned char>(version.front())) == 0) return std::nullopt;
  return ProgramVersion{std::atoi(version.c_str()), version};
}

}  // namespace

std::vector<fs::path> binary_folders(const std::vector<fs::path>& configured) {
  std::vector<fs::path> candidates;
  for (const auto& folder : configured) {
    candidates.push_back(folder);
    candidates.push_back(folder / "bin");
  }
  const char* path = std::getenv("PATH");
  for (const auto& folder : split(path == nullptr ? "/usr/local/bin:/usr/bin:/bin" : path, ':'))
    if (!folder.empty()) candidates.emplace_back(folder);
  for (const auto& [parent, pattern] :
       {std::pair{"/usr/lib/postgresql", "*"}, std::pair{"/usr", "pgsql-*"}, std::pair{"/usr/local", "pgsql*"},
        std::pair{"/opt/homebrew/opt", "postgresql@*"}, std::pair{"/usr/local/opt", "postgresql@*"},
        std::pair{"/home/linuxbrew/.linuxbrew/opt", "postgresql@*"}})
    for (auto& folder : matching(parent, pattern)) candidates.push_back(std::move(folder));

  std::vector<fs::path> folders, seen;
  for (const auto& candidate : candidates) {
    std::error_code error;
    const auto real = fs::canonical(candidate, error);  // /bin and /usr/bin are often one folder
    if (error || !fs::is_directory(real, error) || std::find(seen.begin(), seen.end(), real) != seen.end()) continue;
    seen.push_back(real);
    folders.push_back(candidate);
  }
  return folders;
}

std::optional<ProgramVersion> version_of(const fs::path& program) {
  static std::mutex mutex;
  static std::map<fs::path, std::optional<ProgramVersion>> known;
  const std::lock_guard guard(mutex);
  const auto found = known.find(program);
  if (found != known.end()) return found->second;
  return known[program] = ask(program);
}

}  // namespace prodclone::pg
