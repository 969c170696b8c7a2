#include <prodclone/migrations/sums.hpp>

#include <fmt/format.h>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/base/hash.hpp>
#include <prodclone/base/text.hpp>

namespace prodclone::migrations {

namespace {
constexpr std::string_view file_name = "prodclone.sum";
constexpr std::size_t digits = 64;
}  // namespace

Sums sums_of(const std::vector<Migration>& migrations) {
  Sums sums;
  for (const auto& migration : migrations) sums[migration.name] = sha256(migration.up.content);
  return sums;
}

std::optional<Sums> read_sums(const std::filesystem::path& folder) {
  const auto file = folder / file_name;
  const auto content = read_file_if_present(file);
  if (!content) return std::nullopt;
  Sums sums;
  std::size_t number = 0;
  for (const auto& line : lines_of(*content)) {
    ++number;
    if (trimmed(line).empty()) continue;
    const bool readable = line.size() > digits + 2 && line.find_first_not_of("0123456789abcdef") == digits &&
                          line.substr(digits, 2) == "  ";
    if (!readable || !sums.emplace(line.substr(digits + 2), line.substr(0, digits)).second)
      throw Error(Failure::usage,
                  fmt::format("{}:{}: {}.", file.string(), number,
                              readable ? "this migration has a line already" : "this is not `<sha256>  <migration>`"),
                  "Two branches may have been merged here: keep one line per migration.");
  }
  return sums;
}

void write_sums(const std::filesystem::path& folder, const Sums& sums) {
  std::string content;
  for (const auto& [name, sum] : sums) content += fmt::format("{}  {}\n", sum, name);
  write_file_atomically(folder / file_name, content);
}

SumMatch match_sum(const std::string& content, const std::string& sum) {
  if (sha256(content) == sum) return SumMatch::equal;
  const auto lf = replaced(content, "\r\n", "\n");
  if (sha256(lf) == sum || sha256(replaced(lf, "\n", "\r\n")) == sum) return SumMatch::line_endings;
  return SumMatch::different;
}

}  // namespace prodclone::migrations
