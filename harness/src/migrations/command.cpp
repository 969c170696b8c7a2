#include <prodclone/migrations/command.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>

#include <prodclone/base/error.hpp>
#include <prodclone/base/quantities.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/migrations/state.hpp>
#include <prodclone/pg/session.hpp>

namespace prodclone::migrations {

namespace {

namespace fs = std::filesystem;

// A tool may print the URL that it was given.
class Mask {
 public:
  explicit Mask(const pg::ConnInfo& database) : password_(database.password.reveal()) {
    const auto url = pg::url(database);
    const auto colon = url.find(':', url.find("//") + 2), at = url.find('@');
    if (!password_.empty() && colon < at) encoded_ = url.substr(colon + 1, at - colon - 1);
  }
  std::string operator()(std::string_view text) const {
    std::string masked(text);
    for (const auto& secret : {encoded_, password_})
      if (!secret.empty()) masked = replaced(masked, secret, "****");
    return masked;
  }

 private:
  std::string password_, encoded_;
};

class Log {
 public:
  Log(const fs::path& file, const std::vector<std::string>& arguments) {
    if (file.empty()) return;
    if (file.has_parent_path()) fs::create_directories(file.parent_path());
    stream_.open(file, std::ios::app);
    // Output of a tool that works on production's data is as private as the dump.
    fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
    stream_ << "-- " << iso8601(std::chrono::system_clock::now()) << ' ' << joined(arguments, " ") << '\n';
  }
  void line(std::string_view text) {
    if (stream_.is_open()) stream_ << text << '\n' << std::flush;
  }

 private:
  std::ofstream stream_;
};

process::Command command_for(const Project& project, const std::vector<std::string>& arguments, std::string_view which,
                             const pg::ConnInfo& database, const CommandOptions& options) {
  const auto& settings = project.settings.command;
  if (arguments.empty())
    throw Error(Failure::usage, fmt::format("No {} command is configured for the migration tool.", which),
                fmt::format(R"(Set "migrations": {{ "layout": "command", "{}": ["…"] }}.)", which));
  process::Command command{.directory = settings.directory.empty() ? project.settings.dir : settings.directory};
  for (const auto& argument : arguments) {
    if (argument.find("{steps}") != std::string::npos && !options.steps)
      throw Error(Failure::usage,
                  fmt::format("The {} command holds {{steps}}, and no number of steps was given.", which),
                  "Give --steps N.");
    command.arguments.push_back(replaced(replaced(argument, "{steps}", std::to_string(options.steps.value_or(0))),
                                         "{database}", database.database));
  }
  // What the user sets comes first: the database is never theirs to redirect here.
  command.environment = settings.environment;
  for (const auto& [name, value] : pg::environment(database)) command.environment[name] = value;
  for (const auto& name : settings.url_variables) command.environment[name] = pg::url(database);
  return command;
}

process::Outcome run(const Project& project, const std::vector<std::string>& arguments, std::string_view which,
                     const pg::ConnInfo& database, const CommandOptions& options) {
  const auto command = command_for(project, arguments, which, database, options);
  const Mask mask(database);
  Log log(options.log, command.arguments);
  const auto tell = [&](std::string_view line) {
    const auto text = mask(line);
    log.line(text);
    if (options.on_line) options.on_line(text);
  };
  auto outcome = process::run(
      command, {.deadline = project.settings.command.deadline, .on_error_line = tell, .on_output_line = tell});
  log.line("-- " + process::describe(outcome));
  outcome.out = mask(outcome.out);
  outcome.err = mask(outcome.err);
  return outcome;
}

std::string last_lines(const process::Outcome& outcome) {
  constexpr std::size_t wanted = 15;
  auto lines = lines_of(trimmed(outcome.err).empty() ? outcome.out : outcome.err);
  std::string text;
  for (std::size_t i = lines.size() > wanted ? lines.size() - wanted : 0; i < lines.size(); ++i)
    text += "\n  | " + lines[i];
  return text;
}

void require_success(const process::Outcome& outcome, std::string_view which, const std::vector<std::string>& arguments,
                     const CommandOptions& options) {
  if (outcome.succeeded()) return;
  throw Error(Failure::migration_failed,
              fmt::format("The migration tool's {} command failed ({}): {}{}", which, process::describe(outcome),
                          joined(arguments, " "), last_lines(outcome)),
              outcome.timed_out
                  ? "Raise \"deadline\" when it needs that long; what it left is for the tool's own status to say."
              : options.log.empty() ? "Correct the migration and run it again on a fresh copy."
                                    : "Its whole output is in " + options.log.string() +
                                          ". Correct the migration and run it again on a fresh copy.");
}

std::regex regex_of(const std::string& pattern, std::string_view key) {
  try {
    return std::regex(pattern);
  } catch (const std::regex_error& error) {
    throw Error(Failure::usage, fmt::format("\"{}\": {} is not a regular expression ({}).", key, pattern, error.what()),
                "Correct it.");
  }
}

std::size_t files_without_row(const Project& project, const pg::ConnInfo& database) {
  pg::Session session(database);
  std::set<std::string> applied;
  for (const auto& row : read_state(session, project).applied) applied.insert(row.id);
  const auto pattern = regex_of(project.settings.command.file_pattern, "file_pattern");
  std::size_t pending = 0;
  for (const auto& entry : fs::directory_iterator(project.settings.dir)) {
    const auto name = entry.path().filename().string();
    std::smatch match;
    if (!std::regex_match(name, match, pattern)) continue;
    if (match.size() < 2)
      throw Error(Failure::usage,
                  "\"file_pattern\" has no group: it must say which part of the file's name is the migration's id.",
                  "Put brackets around that part.");
    if (!applied.contains(match[1].str())) ++pending;
  }
  return pending;
}

}  // namespace

process::Outcome command_up(const Project& project, const pg::ConnInfo& database, const CommandOptions& options) {
  auto outcome = run(project, project.settings.command.up, "up", database, options);
  require_success(outcome, "up", project.settings.command.up, options);
  return outcome;
}

process::Outcome command_down(const Project& project, const pg::ConnInfo& database, const CommandOptions& options) {
  auto outcome = run(project, project.settings.command.down, "down", database, options);
  require_success(outcome, "down", project.settings.command.down, options);
  return outcome;
}

process::Outcome command_status(const Project& project, const pg::ConnInfo& database, const CommandOptions& options) {
  return run(project, project.settings.command.status, "status", database, options);
}

std::size_t command_pending(const Project& project, const pg::ConnInfo& database, const CommandOptions& options) {
  const auto& settings = project.settings.command;
  if (!settings.pending_line.empty()) {
    const auto pattern = regex_of(settings.pending_line, "pending_pattern");
    const auto outcome = command_status(project, database, options);
    if (!outcome.succeeded())
      throw Error(Failure::could_not_check,
                  fmt::format("The migration tool's status command failed ({}): {}{}", process::describe(outcome),
                              joined(settings.status, " "), last_lines(outcome)),
                  "Try it by hand.");
    const auto lines = lines_of(outcome.out);
    return static_cast<std::size_t>(std::count_if(
        lines.begin(), lines.end(), [&](const std::string& line) { return std::regex_search(line, pattern); }));
  }
  if (settings.pending_by_exit_code) {
    const auto outcome = command_status(project, database, options);
    if (outcome.timed_out || outcome.signal != 0)
      throw Error(
          Failure::could_not_check,
          fmt::format("The migration tool's status command did not end by itself ({}).", process::describe(outcome)),
          "Try it by hand.");
    return outcome.exit_code == 0 ? 0 : 1;
  }
  if (!state_table_name(project).empty() && !settings.file_pattern.empty()) return files_without_row(project, database);
  throw Error(
      Failure::usage, "Nothing says how to find out what is pending with this migration tool.",
      R"(Set "migrations": { "status": ["…"], "pending_pattern": "…" }: each line of the status command that matches is one.)");
}

}  // namespace prodclone::migrations
