// The program under test: started in a process group of its own, watched until it is ready, stopped as a whole. Nothing
// of it is left behind, even when its owner is killed: a warden ends it then, and should that be killed as well, the next
// run's `end_programs`.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <prodclone/application/readiness.hpp>
#include <prodclone/process/background.hpp>

namespace prodclone::application {

struct Launch {
  std::vector<std::string> command = {};            // looked up in PATH, then beside our own binary
  std::map<std::string, std::string> environment = {};
  std::vector<std::string> unset = {};
  std::filesystem::path directory = {};
  std::string health = {};                          // a URL
  std::string ready_log = {};                       // a regular expression on a line of the log
  std::chrono::milliseconds ready_within = std::chrono::seconds(60);
  std::chrono::milliseconds stops_within = std::chrono::seconds(10);
  std::filesystem::path log = {};                   // emptied first
  std::filesystem::path papers = {};                // a private folder, for what the warden must know
};

class Program {
 public:
  // Throws Error(could_not_check) when something else answers at the health URL already, and Error(usage) when the
  // program is not found.
  explicit Program(Launch launch);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  Readiness wait_until_ready();
  // How it ended by itself; none: it runs.
  std::optional<std::string> ended() const { return process_->ended(); }
  std::string log() const;
  // SIGTERM, then SIGKILL to all of it. Throws Error(cleanup_incomplete) when something cannot be killed.
  void stop();

 private:
  bool answers(std::string& last_answer) const;

  Launch launch_;
  std::filesystem::path order_;
  std::unique_ptr<process::Background> process_;
};

// The path of a program as the configuration names it: with a slash from `directory`, else from PATH, else beside our
// own binary. Throws Error(usage).
std::filesystem::path program_path(const std::string& name, const std::filesystem::path& directory);

// Ends the programs that this folder of papers tells of, with a living owner only where `anybodys`.
enum class Whose { of_dead_owners, anybodys };
struct EndedPrograms {
  int ended = 0;
  int left = 0;     // something of them cannot be killed; their papers stay
  friend bool operator==(const EndedPrograms&, const EndedPrograms&) = default;
};
EndedPrograms end_programs(const std::filesystem::path& papers, Whose whose);

}  // namespace prodclone::application
