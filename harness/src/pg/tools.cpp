#include <prodclone/pg/tools.hpp>

#include <fmt/format.h>

#include <optional>

#include <prodclone/base/error.hpp>
#include <prodclone/base/text.hpp>

#include "binaries.hpp"

namespace prodclone::pg {

namespace {

bool wrapper(const std::filesystem::path& program) {
  std::error_code error;
  return std::filesystem::canonical(program, error).filename() == "pg_wrapper";
}

std::optional<Tools> tools_in(const std::filesystem::path& folder) {
  Tools tools{.pg_dump = folder / "pg_dump", .pg_restore = folder / "pg_restore", .psql = folder / "psql"};
  if (wrapper(tools.pg_dump)) return std::nullopt;
  const auto dump = version_of(tools.pg_dump), restore = version_of(tools.pg_restore), shell = version_of(tools.psql);
  if (!dump || !restore || !shell || dump->major != restore->major || dump->major != shell->major) return std::nullopt;
  tools.major = dump->major;
  tools.version = dump->version;
  return tools;
}

}  // namespace

Tools find_tools(int at_least_major, const std::vector<std::filesystem::path>& configured) {
  std::optional<Tools> best;
  std::vector<std::string> found;
  for (const auto& folder : binary_folders(configured)) {
    auto tools = tools_in(folder);
    if (!tools) continue;
    found.push_back(fmt::format("{} in {}", tools->version, folder.string()));
    if (tools->major >= at_least_major && (!best || tools->major < best->major)) best = std::move(tools);
  }
  if (best) return *std::move(best);
  throw Error(
      Failure::could_not_check,
      fmt::format("No pg_dump, pg_restore and psql of PostgreSQL {} or newer are installed ({}).", at_least_major,
                  found.empty() ? "none were found" : "found: " + joined(found, ", ")),
      fmt::format("Install postgresql-client-{0} (Debian, Ubuntu: apt install postgresql-client-{0}; other majors "
                  "come from apt.postgresql.org).",
                  at_least_major));
}

}  // namespace prodclone::pg
