// A program that runs beside us in a process group of its own, its output in a file, until it is stopped: with the whole
// group, and with whatever it started that left the group.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include <prodclone/process/child.hpp>
#include <prodclone/process/identity.hpp>

namespace prodclone::process {

class Background {
 public:
  // Both streams are appended to `log` (mode 0600). `mark` goes into the environment as PRODCLONE_PROGRAM: all that it
  // starts inherits it. The program itself dies with the thread that started it, even when that is killed; for what it
  // has started a warden calls `end_marked`. Throws Error(could_not_check) when it cannot be started.
  Background(Command command, const std::filesystem::path& log, std::string mark);
  ~Background();  // kills what still runs
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  const Identity& identity() const { return identity_; }
  // How the program ended; none: it runs. Its children may outlive it until `stop`.
  std::optional<std::string> ended() const;
  // SIGTERM to the group, SIGKILL to all that is left after `patience`. False when something cannot be killed.
  bool stop(std::chrono::milliseconds patience);

 private:
  Identity identity_;
  std::string mark_;
  bool stopped_ = false;
};

// Everything that was started under this mark, in its group or not, is killed. True when nothing of it is left.
bool end_marked(const std::string& mark);

// The same as a command for a warden: this executable again, whose main begins with `serve_as_warden`.
Command end_marked_command(const std::string& mark);
std::optional<int> serve_end_marked(int argc, char** argv);

}  // namespace prodclone::process
