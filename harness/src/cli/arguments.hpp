// The command line as a value.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace prodclone::cli {

struct Arguments {
  std::string command = {};
  std::string subcommand = {};                       // of server
  std::optional<std::filesystem::path> config = {};
  bool json = false;
  bool sql = false;                                  // schema-diff --format sql
  bool color = true;

  std::string dump = {};                             // load
  std::string source = {};                           // clone, load, rehearse, preflight, postflight
  int free_disk_mb = 0;                              // preflight
  bool keep_clone = false;                           // clone: a cloud instance stays
  bool no_clone = false;                             // load: the pristine template only
  std::string database = {};                         // migrate, status
  std::optional<int> steps = {};                     // migrate
  bool exit_code = false;                            // status
  bool write_sums = false;                           // status
  std::string a = {}, b = {};                        // schema-diff
  std::vector<std::string> schemas = {};
  bool strict = false, owners = false, privileges = false, large_objects = false;
  bool lineage = false, verify = false, allow_destructive = false;  // with --format sql; the last one also of plan
  std::filesystem::path plan_schema = {};            // plan
  std::string plan_name = {};
  bool no_renames = false;
  bool print = false;
  bool loopback = false;                             // server start
  std::string html = {}, markdown = {}, sarif = {};  // report: files, "-" for standard output
  std::filesystem::path directory = {};              // init
  std::string migrations = {}, layout = {};
  std::string server_url_env = {};
  bool cpp = false, dry_run = false;
};

// Throws Usage to be printed as it is, with its exit code.
struct Usage {
  std::string text = {};
  int exit_code = 0;
};

Arguments parse_arguments(int argc, char** argv);

}  // namespace prodclone::cli
