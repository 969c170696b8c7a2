// A copy of the orcha sample in a folder of its own, and what a user does with it: the CLI, a suite by hand, ctest.
// Whatever is still there when it goes out of scope is removed, and is a failure of the test.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <prodclone/process/child.hpp>
#include <prodclone/process/identity.hpp>
#include <support/temporary_folder.hpp>

#include "junit.hpp"

namespace prodclone::e2e {

using Environment = std::map<std::string, std::string>;

struct Sample {
  std::string variant = {};  // a folder of fixtures/orcha/faults or fixtures/orcha/good
  double scale = 0.02;
  std::string folder = "orcha";  // its name
};

// What one ctest did, with each test's labels.
struct CtestResult {
  process::Outcome outcome = {};
  std::vector<JunitCase> cases = {};
  std::map<std::string, std::set<std::string>> labels = {};

  const JunitCase* find(const std::string& name) const;
  std::vector<std::string> passed() const;
  std::vector<std::string> failed() const;
  // Of the labels that pass a verdict (schema, fk, …, refactor): those of a failed test.
  std::set<std::string> red() const;
  // Of the failed tests with this label.
  std::string failure_text(const std::string& label) const;
};

class SampleProject {
 public:
  explicit SampleProject(const Sample& sample = {});
  ~SampleProject();
  SampleProject(const SampleProject&) = delete;
  SampleProject& operator=(const SampleProject&) = delete;

  const std::filesystem::path& root() const { return root_; }
  std::filesystem::path config_file() const { return root_ / "prodclone.json"; }
  std::filesystem::path dump() const { return root_ / "dump/orcha-prod.dump"; }
  std::filesystem::path pending_migration() const;
  void edit_config(const std::function<void(nlohmann::ordered_json&)>& edit) const;

  // Commands for process::run.
  process::Command cli(std::vector<std::string> arguments) const;
  process::Command suite(const std::string& name, std::vector<std::string> arguments = {}) const;
  process::Outcome run_cli(std::vector<std::string> arguments) const;

  // Processes of this project's server, its wardens, and whatever else has the folder on its command line.
  std::vector<process::Identity> processes() const;
  std::vector<process::Identity> processes_named(const std::string& executable) const;
  bool has_processes() const { return !processes().empty(); }
  // Folders with the data of an embedded server, wherever they are.
  std::vector<std::filesystem::path> server_data() const;
  // No process, no server data, no lease: at the latest when the deadline has passed (a warden that was released
  // takes a moment to go).
  bool becomes_clean(std::chrono::milliseconds deadline = std::chrono::seconds(5)) const;
  std::string what_is_left() const;

  bool has_lease(const std::string& beginning) const;
  // The rows of one query on the embedded server, first column; none while it does not answer.
  std::vector<std::string> ask_server(const std::string& sql, const std::string& database = "postgres") const;
  std::optional<process::Identity> postmaster() const;

 private:
  bool is_ours(pid_t pid) const;
  selftest::TemporaryFolder folder_;
  std::filesystem::path root_;
  std::vector<std::string> server_ids_;
};

// ctest on the real suites from a folder of its own, so that the outer ctest's files are left alone.
class Ctest {
 public:
  explicit Ctest(const SampleProject& project, Environment environment = {});
  const std::filesystem::path& folder() const { return folder_.path(); }
  process::Command command(const std::vector<std::string>& arguments) const;
  std::map<std::string, std::set<std::string>> labels() const;  // of each test
  CtestResult result(process::Outcome outcome) const;
  CtestResult run(const std::vector<std::string>& arguments) const;

 private:
  Environment environment_;
  selftest::TemporaryFolder folder_;
};

// The end of both outputs, for failure messages.
std::string tail(const process::Outcome& outcome, std::size_t bytes = 3000);
// Both outputs.
std::string output(const process::Outcome& outcome);

}  // namespace prodclone::e2e
