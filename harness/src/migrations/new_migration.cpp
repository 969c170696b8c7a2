#include <prodclone/migrations/new_migration.hpp>

#include <fmt/format.h>

#include <algorithm>

#include <prodclone/base/error.hpp>
#include <prodclone/base/text.hpp>

#include "layouts.hpp"

namespace prodclone::migrations {

namespace {

std::string next(std::string digits) {
  for (auto at = digits.size(); at-- > 0;) {
    if (digits[at] != '9') {
      ++digits[at];
      return digits;
    }
    digits[at] = '0';
  }
  return '1' + digits;
}

// As the newest one is written: 000012, 20260424, 20260424101500.
std::string newest_number(const Project& project) {
  if (project.migrations.empty()) return {};
  const auto& newest = project.migrations.back();
  auto name = newest.name.empty() ? newest.id : newest.name;
  if (project.layout == Layout::folder_pairs) return replaced(name.substr(0, name.find('_')), "-", "");
  // A file may hold leading zeros that its id lost.
  const auto file = newest.up.file.filename().string();
  const auto& text = file.empty() ? name : file;
  return text.substr(0, text.find_first_not_of("0123456789"));
}

std::string after(const std::string& newest, const std::string& today) {
  if (newest.empty()) return today;
  const bool is_time = newest.size() >= 8 && newest.starts_with("20");
  if (!is_time) return next(newest);
  auto now = today;
  now.resize(newest.size(), '0');
  return now > newest ? now : next(newest);
}

std::string text_of(const std::vector<std::string>& statements, Layout layout) {
  if (statements.empty()) return "SELECT 1;\n";  // an empty script is refused, or taken for a mistake
  return joined(statements, layout == Layout::migratus ? "\n--;;\n" : "\n") + '\n';
}

// 20260424101500 as Diesel writes folders.
std::string diesel(const std::string& number) {
  if (number.size() != 14) return number;
  return fmt::format("{}-{}-{}-{}", number.substr(0, 4), number.substr(4, 2), number.substr(6, 2), number.substr(8));
}

}  // namespace

std::vector<NewFile> files_of(const Project& project, const std::vector<NewMigration>& migrations, const std::string& today) {
  std::vector<NewFile> files;
  auto number = newest_number(project);
  const auto& dir = project.settings.dir;
  for (const auto& migration : migrations) {
    number = after(number, today);
    const auto up = text_of(migration.up, project.layout), down = text_of(migration.down, project.layout);
    switch (project.layout) {
      case Layout::up_down_pairs: {
        const auto stem = number + '_' + replaced(migration.name, "-", "_");
        files.push_back({dir / (stem + ".up.sql"), up});
        files.push_back({dir / (stem + ".down.sql"), down});
        break;
      }
      case Layout::migratus: {
        const auto stem = number + '-' + migration.name;
        const std::string opts_out = migration.transactional ? "" : "-- :disable-transaction\n";
        files.push_back({dir / (stem + ".up.sql"), opts_out + up});
        files.push_back({dir / (stem + ".down.sql"), opts_out + down});
        break;
      }
      case Layout::folder_pairs: {
        const auto folder = dir / (diesel(number) + '_' + replaced(migration.name, "-", "_"));
        files.push_back({folder / "up.sql", up});
        files.push_back({folder / "down.sql", down});
        if (!migration.transactional) files.push_back({folder / "metadata.toml", "run_in_transaction = false\n"});
        break;
      }
      default:
        throw Error(Failure::usage, "A migration cannot be written for a tool that only its own commands know.",
                    "`prodclone schema-diff --format sql` prints the statements for its files.");
    }
  }
  return files;
}

}  // namespace prodclone::migrations
