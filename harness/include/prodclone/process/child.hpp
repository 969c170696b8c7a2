// Child processes: started in their own group, given exactly the environment and descriptors they need,
// ended as a group. No shell is involved unless the caller names one.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <prodclone/process/identity.hpp>

namespace prodclone::process {

struct Command {
  std::vector<std::string> arguments = {};              // arguments[0] is looked up in PATH
  std::map<std::string, std::string> environment = {};  // set in the child
  std::vector<std::string> unset = {};                  // removed; PG* variables are always scrubbed first
  std::filesystem::path directory = {};                 // empty: ours
  std::optional<std::string> run_as = {};               // a user name; only root may ask for another
  std::optional<std::filesystem::path> input = {};      // standard input; absent: /dev/null
  std::optional<std::filesystem::path> output = {};     // standard output to a file instead of a pipe
  bool output_to_null = false;
  bool ignores_termination = false;    // begins with SIGHUP, SIGINT, SIGQUIT and SIGTERM ignored
  std::filesystem::path program = {};  // what is executed when arguments[0] is only a name for `ps`
};

struct Outcome {
  int exit_code = 0;       // when it ended by itself
  int signal = 0;          // when a signal ended it
  bool timed_out = false;  // we ended it
  std::string out = {};    // at most `limit` bytes from the end of each
  std::string err = {};
  std::chrono::milliseconds took = {};
  bool succeeded() const { return exit_code == 0 && signal == 0 && !timed_out; }
};

struct RunOptions {
  std::optional<std::chrono::milliseconds> deadline = {};         // SIGTERM, then SIGKILL to the group 5 s later
  std::function<void(std::string_view line)> on_error_line = {};  // each line of standard error as it comes
  std::function<void(std::string_view line)> on_output_line = {};
  std::size_t limit = 4 << 20;
  bool end_with_parent = true;  // the child dies with us, even when we are killed
};

// Runs to the end. Throws Error(could_not_check) when the program cannot be started; how it ended is a value.
Outcome run(const Command& command, const RunOptions& options = {});

// Starts a process that belongs to nobody: its own session, no inherited descriptors (a child that keeps standard
// output open blocks ctest), output to `log`. Returns when it runs. Used for servers' own daemons and the warden.
Identity start_detached(const Command& command, const std::filesystem::path& log);

// SIGTERM to the process (or its group), SIGKILL when it is still there after `patience`.
void end(const Identity& identity, std::chrono::milliseconds patience);
void end_group(const Identity& leader, std::chrono::milliseconds patience);

// The program's full path, searched in `folders` first, then in PATH.
std::optional<std::filesystem::path> find_program(const std::string& name,
                                                  const std::vector<std::filesystem::path>& folders = {});

std::string describe(
    const Outcome& outcome);  // "exit code 1", "killed by signal 9 (Killed)", "still running after 30 s"

}  // namespace prodclone::process
