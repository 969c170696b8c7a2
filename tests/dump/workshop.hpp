// A source database worth dumping, its dumps in every format, and the way to tell whether two databases are equal.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <prodclone/dump/dump_file.hpp>
#include <prodclone/pg/conninfo.hpp>
#include <prodclone/pg/tools.hpp>

namespace prodclone::selftest {

// A folder that goes away with the test.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

std::filesystem::path write(const std::filesystem::path& file, std::string_view content);
std::string gzipped(std::string_view content);

// pg_dump and friends of the test server's major.
const pg::Tools& tools();

// Runs pg_dump on a database with these arguments, to `file`.
std::filesystem::path pg_dump(const pg::ConnInfo& source, const std::filesystem::path& file,
                              std::vector<std::string> arguments);

// Of every kind that matters to a load: partitions, foreign keys, policies for a role, a function that looks like a
// dump, sequences, a materialised view, nasty text, bytea, large objects.
void fill(const pg::ConnInfo& database, const std::string& role);

// The schema as pg_dump prints it, without its random line, and each table's rows as one text.
std::map<std::string, std::string> content_of(const pg::ConnInfo& database);

// Runs SQL and returns the first cell, "" for none or NULL.
std::string value(const pg::ConnInfo& database, const std::string& sql);
void execute(const pg::ConnInfo& database, const std::string& sql);

}  // namespace prodclone::selftest
