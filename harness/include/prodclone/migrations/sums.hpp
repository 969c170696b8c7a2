// prodclone.sum: the reviewed content of each migration, for tools that keep no checksum themselves.
// One line per migration, `sha256  name`, sorted by name, kept in the migrations folder and in version control.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <prodclone/migrations/migration.hpp>

namespace prodclone::migrations {

using Sums = std::map<std::string, std::string>;  // migration name to the SHA-256 of its up script's bytes

Sums sums_of(const std::vector<Migration>& migrations);

// None when there is no file. Throws Error(usage) with file:line for a line that cannot be read.
std::optional<Sums> read_sums(const std::filesystem::path& folder);
void write_sums(const std::filesystem::path& folder, const Sums& sums);

enum class SumMatch { equal, line_endings, different };
// Whether the content is what was reviewed; a checkout that turned LF into CRLF (or back) is told from an edit.
SumMatch match_sum(const std::string& content, const std::string& sum);

}  // namespace prodclone::migrations
