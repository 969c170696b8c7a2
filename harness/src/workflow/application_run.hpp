// One release on a private copy of a stage: started, ready or not, stopped, its log read, the copy dropped.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <prodclone/application/boot_report.hpp>
#include <prodclone/application/placeholders.hpp>
#include <prodclone/application/program.hpp>
#include <prodclone/workflow/provisioning.hpp>

namespace prodclone::workflow {

struct RunOf {
  const config::Release& release;
  std::string name = {};               // "the new release"
  Stage stage = Stage::migrated;
  std::string log = {};                // the name of its log in the record: "new-release-boots"
};

class ApplicationRun {
 public:
  ApplicationRun(Provisioning& provisioning, RunOf what);
  ~ApplicationRun();
  ApplicationRun(const ApplicationRun&) = delete;
  ApplicationRun& operator=(const ApplicationRun&) = delete;

  bool ready() const { return report_.readiness.ready; }
  std::optional<std::string> ended() const { return program_->ended(); }
  const pg::ConnInfo& database() const { return copy_; }               // for our own queries
  const application::Placeholders& values() const { return values_; }  // port, database, url (without the password)
  const std::string& health() const { return launch_.health; }
  // For commands beside it: the variables that tell of the database.
  const std::map<std::string, std::string>& environment() const { return launch_.environment; }
  const std::vector<std::string>& unset() const { return launch_.unset; }
  std::string without_secrets(std::string text) const;

  // Stops it and reads its log.
  application::BootReport finish();

 private:
  void start();
  void take_log();

  Provisioning& provisioning_;
  RunOf what_;
  pg::ConnInfo copy_;
  pg::ConnInfo given_;                 // what the program connects with
  application::Placeholders values_;
  application::Launch launch_;
  std::unique_ptr<application::Program> program_;
  application::BootReport report_;
};

// How the application connects to a database of ours, and with which rights.
pg::ConnInfo conninfo_for_application(Provisioning& provisioning, const pg::ConnInfo& database);
// The variables that tell a child of the application which database is meant, and those that could tell it of another.
std::map<std::string, std::string> variables_of(const config::Application& application, const pg::ConnInfo& database);
std::vector<std::string> variables_to_unset(const config::Project& project);

std::string without_password(std::string text, const pg::ConnInfo& database);
std::vector<std::string> last_lines(const std::string& text, std::size_t count);

}  // namespace prodclone::workflow
