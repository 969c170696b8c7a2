// New migrations as files of a project's layout, after all that are there.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <prodclone/migrations/project.hpp>

namespace prodclone::migrations {

struct NewMigration {
  std::string name = {};  // words and hyphens: "reach-declared-schema"
  std::vector<std::string> up = {}, down = {};  // statements with their semicolons, comments in lines of their own
  bool transactional = true;  // false: its only statement is refused in a transaction, in one direction at least
};

struct NewFile {
  std::filesystem::path path = {};
  std::string content = {};
  friend bool operator==(const NewFile&, const NewFile&) = default;
};

// Ids go on from the newest: a number by one, a date (`today` as 20261120) or a time by today's where that is later.
// Throws Error(usage) for the `command` layout: only its tool knows its files.
std::vector<NewFile> files_of(const Project& project, const std::vector<NewMigration>& migrations, const std::string& today);

}  // namespace prodclone::migrations
