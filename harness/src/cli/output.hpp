// How commands talk to people.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include <prodclone/base/error.hpp>
#include <prodclone/checks/finding.hpp>
#include <prodclone/pg/conninfo.hpp>
#include <prodclone/workflow/provisioning.hpp>
#include <prodclone/workflow/release.hpp>

namespace prodclone::cli {

// A run owned by this process, that ends with it: what was not kept is removed, also when the command failed.
class CommandRun {
 public:
  CommandRun(const config::Project& project, const std::string& command, const std::string& source = {});
  ~CommandRun();
  CommandRun(const CommandRun&) = delete;
  CommandRun& operator=(const CommandRun&) = delete;

  workflow::Provisioning& operator*() { return provisioning_; }
  workflow::Provisioning* operator->() { return &provisioning_; }
  // Throws Error(cleanup_incomplete) naming what may remain.
  void end();

 private:
  config::Project project_;
  workflow::Provisioning provisioning_;
  bool ended_ = false;
};

// "prodclone/error/1" on standard output, for a script that asked for JSON; people read standard error.
void print_json(const Error& error);
nlohmann::ordered_json to_json(const checks::Finding& finding);
void print_how_to_connect(const pg::ConnInfo& database);
void print_stage(const std::string& label, const workflow::StageResult& result);
void print_release(const workflow::ReleaseReport& report);

}  // namespace prodclone::cli
