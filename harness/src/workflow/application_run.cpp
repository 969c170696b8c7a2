#include "application_run.hpp"

#include <fmt/format.h>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/process/free_port.hpp>
#include <prodclone/workflow/workspace.hpp>

namespace prodclone::workflow {

namespace {

constexpr std::size_t tail_lines = 20;

}  // namespace

std::vector<std::string> last_lines(const std::string& text, std::size_t count) {
  auto lines = lines_of(text);
  if (lines.size() > count) lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(count));
  return lines;
}

pg::ConnInfo conninfo_for_application(Provisioning& provisioning, const pg::ConnInfo& database) {
  const auto& server = provisioning.server();
  const auto& application = provisioning.project().application;
  if (application.tcp && server.embedded && !server.tcp)
    throw Error(Failure::could_not_check, "The embedded server that runs does not listen on TCP, and the application connects by it.",
                "Stop it once (prodclone server stop): from its next start on it listens. Or set application.tcp to false.");
  auto info = application.tcp && server.tcp ? server.tcp->with_database(database.database) : database;
  // The session of whoever prodclone is, with the rights of the role: grants and policies bind it.
  if (!application.role.empty()) {
    auto& options = info.options["options"];
    options += options.empty() ? "-c role=" : " -c role=";
    for (const char c : application.role) options += c == ' ' || c == '\\' ? std::string{'\\', c} : std::string(1, c);
  }
  return info;
}

std::map<std::string, std::string> variables_of(const config::Application& application, const pg::ConnInfo& database) {
  auto variables = pg::environment(database);
  if (!application.database_env.empty()) variables[application.database_env] = database.database;
  if (!application.url_env.empty()) variables[application.url_env] = pg::url(database);
  return variables;
}

std::vector<std::string> variables_to_unset(const config::Project& project) {
  std::vector<std::string> names;
  for (const auto& [name, source] : project.sources)
    if (!source.url_env.empty()) names.push_back(source.url_env);
  for (const auto& name : {project.server.url_env, project.server.password_env})
    if (!name.empty()) names.push_back(name);
  return names;
}

std::string without_password(std::string text, const pg::ConnInfo& database) {
  const auto& password = database.password.reveal();
  if (password.empty()) return text;
  // In a URL it stands encoded.
  return replaced(replaced(std::move(text), password, "***"), percent_encoded(password), "***");
}

ApplicationRun::ApplicationRun(Provisioning& provisioning, RunOf what) : provisioning_(provisioning), what_(std::move(what)) {
  const auto& project = provisioning_.project();
  const auto& release = what_.release;
  report_ = {.release = what_.name,
             .database = what_.stage == Stage::pristine ? "production before the migration" : "the migrated clone",
             .baseline = what_.stage == Stage::pristine,
             .ready_within = release.ready_within,
             .log = project.record_directory() / "application" / (what_.log + ".log")};
  // A name that cannot be found is told before anything is copied.
  application::program_path(release.start.at(0), release.directory);
  copy_ = provisioning_.private_copy_of(what_.stage);
  try {
    given_ = conninfo_for_application(provisioning_, copy_);
    for (int attempt = 1;; ++attempt) {
      start();
      // Between our finding a free port and the program's binding it, somebody else may have taken it.
      const bool port_taken = !report_.readiness.ready && application::matching_line(program_->log(), "address already in use|EADDRINUSE|BindException");
      if (!port_taken || attempt == 3) break;
      program_.reset();
    }
  } catch (...) {
    program_.reset();
    provisioning_.drop(copy_.database);
    throw;
  }
}

ApplicationRun::~ApplicationRun() {
  try {
    program_.reset();
    provisioning_.drop(copy_.database);
  } catch (const std::exception& error) {
    // It is leased: the end of the run drops it.
    fmt::print(stderr, "prodclone: {}\n", error.what());
  }
}

void ApplicationRun::start() {
  const auto& project = provisioning_.project();
  const auto& release = what_.release;
  values_ = {{"port", std::to_string(process::free_port())}, {"database", given_.database}, {"url", pg::url_without_password(given_)}};
  auto with_password = values_;
  with_password["url"] = pg::url(given_);
  launch_ = {.command = application::filled(release.start, values_),
             .environment = variables_of(project.application, given_),
             .unset = variables_to_unset(project),
             .directory = release.directory,
             .health = application::filled(release.health, values_),
             .ready_log = release.ready_log,
             .ready_within = release.ready_within,
             .stops_within = release.stops_within,
             .log = report_.log,
             .papers = programs_directory(project) / provisioning_.run()};
  for (auto& [name, value] : application::filled(release.environment, with_password)) launch_.environment[name] = value;
  report_.command = launch_.command;
  program_ = std::make_unique<application::Program>(launch_);
  report_.readiness = program_->wait_until_ready();
}

std::string ApplicationRun::without_secrets(std::string text) const {
  return without_password(std::move(text), given_);
}

void ApplicationRun::take_log() {
  const auto& application = provisioning_.project().application;
  const auto log = program_->log();
  const auto shown = without_secrets(log);
  if (shown != log) write_file_atomically(report_.log, shown);
  report_.log_tail = last_lines(shown, tail_lines);
  report_.log_matches = application::matches_in(shown, application::log_patterns(application), application.log_ignore);
}

application::BootReport ApplicationRun::finish() {
  if (report_.readiness.ready)
    if (const auto ended = program_->ended()) report_.ended_later = *ended;
  // First: what a program writes to a file often waits in its own buffer until it ends.
  program_->stop();
  take_log();
  return report_;
}

}  // namespace prodclone::workflow
