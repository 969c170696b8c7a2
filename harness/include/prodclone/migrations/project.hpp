// A team's migrations as the tool that they were written for would read them: same files, same order, same cuts.
// What that tool would stumble over, or get wrong without a word, is listed as problems instead of thrown.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <prodclone/migrations/layout.hpp>
#include <prodclone/migrations/migration.hpp>
#include <prodclone/migrations/sums.hpp>

namespace prodclone::migrations {

// The `command` layout. Arguments may hold {steps} and {database}; a password never goes on a command line.
struct CommandSettings {
  std::vector<std::string> up = {};
  std::vector<std::string> down = {};
  std::vector<std::string> status = {};
  std::vector<std::string> url_variables = {"DATABASE_URL"};  // given the database's URL, with its password
  std::map<std::string, std::string> environment = {};
  std::filesystem::path directory = {};  // where the commands run; empty: Settings::dir
  std::chrono::milliseconds deadline = std::chrono::hours(1);

  // How many migrations are pending, by the first of these that is set:
  std::string pending_line = {};      // each line of the status command that this regular expression matches is one
  bool pending_by_exit_code = false;  // the status command ends with 0 when nothing is pending
  std::string state_table = {};       // else: files in Settings::dir whose id is not in this column of this table
  std::string state_column = {};
  std::string file_pattern = {};  // regular expression on file names; group 1 is the id
};

struct Settings {
  Layout layout = Layout::automatic;
  std::filesystem::path dir = {};
  std::optional<std::filesystem::path> init = {};  // relative to dir; absent: init.sql where the layout knows one
  std::string state_table = {};                    // empty: the tool's default; may be schema.table
  CommandSettings command = {};
};

enum class ProblemKind {
  duplicate_id,
  unparsable_name,
  missing_up,
  empty_up,
  missing_down,
  unterminated,         // a quote, comment or dollar quote that is never closed
  escapes_transaction,  // BEGIN, COMMIT or ROLLBACK where the tool believes that it holds the transaction
  refuses_transaction,  // CREATE INDEX CONCURRENTLY and others where the tool has opened a transaction
  copy_data,            // COPY … FROM STDIN, which the tool's driver cannot feed
  psql_command,         // \i and others, which only psql understands
  lost_text,            // SQL that the tool drops while cutting the file
  several_statements,   // more at one go than the tool's driver takes
  unexpected_setting,   // a file that switches something that its author may not expect
};

struct Problem {
  ProblemKind kind = ProblemKind::unparsable_name;
  bool stops_tool = false;     // the tool would refuse, so the runner does
  std::string migration = {};  // id; empty: concerns the whole history
  std::filesystem::path file = {};
  std::size_t line = 0;  // 0: the file as a whole
  std::string what = {};
  std::string remedy = {};
  friend bool operator==(const Problem&, const Problem&) = default;
};

struct Project {
  Settings settings = {};
  Layout layout = Layout::automatic;       // never automatic once read
  std::vector<Migration> migrations = {};  // in the order in which the tool would apply them
                                           // (empty for `command`: only the tool can read its own files)
  std::optional<Script> init = {};
  std::vector<Problem> problems = {};
  std::optional<Sums> sums = {};  // prodclone.sum, where there is one
};

// Throws Error(usage) when the folder is missing, or its layout cannot be told: it names what was seen.
Project read_project(const Settings& settings);

// By id ("20260424") or name ("20260424-rename…"). Throws Error(usage) naming the nearest.
const Migration& find_migration(const Project& project, const std::string& id_or_name);

// Whether the tool orders id `a` before id `b`.
bool sorts_before(Layout layout, const std::string& a, const std::string& b);

// The state table's name as configured, or the tool's default.
std::string state_table_name(const Project& project);

std::string to_string(const Problem& problem);  // "migrations/7_x.up.sql:12: …"

}  // namespace prodclone::migrations
