// A migrations folder for one test, removed with it.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include <prodclone/base/hash.hpp>
#include <prodclone/migrations/project.hpp>

namespace prodclone::migrations {

class MigrationFolder {
 public:
  MigrationFolder() { std::filesystem::create_directories(path_); }
  ~MigrationFolder() {
    std::error_code ignored;  // a leftover in the temporary folder hurts nobody
    std::filesystem::remove_all(path_, ignored);
  }
  MigrationFolder(const MigrationFolder&) = delete;
  MigrationFolder& operator=(const MigrationFolder&) = delete;

  MigrationFolder& add(const std::string& name, const std::string& content) {
    const auto file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << content;
    return *this;
  }
  const std::filesystem::path& path() const { return path_; }
  Project read(Layout layout = Layout::automatic) const { return read_project({.layout = layout, .dir = path_}); }

 private:
  std::filesystem::path path_ = std::filesystem::temp_directory_path() / ("prodclone_test_" + random_hex(12));
};

// What a test says about a problem: kind, migration and line.
struct Seen {
  ProblemKind kind;
  std::string migration;
  std::string file;
  std::size_t line;
  bool stops_tool;
  friend bool operator==(const Seen&, const Seen&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Seen& seen) {
    return out << "{kind " << static_cast<int>(seen.kind) << ", " << seen.migration << ", " << seen.file << ':'
               << seen.line << (seen.stops_tool ? ", stops}" : "}");
  }
};
inline std::vector<Seen> seen(const std::vector<Problem>& problems) {
  std::vector<Seen> result;
  for (const auto& problem : problems)
    result.push_back(
        {problem.kind, problem.migration, problem.file.filename().string(), problem.line, problem.stops_tool});
  return result;
}

}  // namespace prodclone::migrations
