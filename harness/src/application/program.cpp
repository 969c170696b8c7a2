#include <prodclone/application/program.hpp>

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <regex>
#include <thread>

#include <prodclone/application/log_watch.hpp>
#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/base/hash.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/http/client.hpp>
#include <prodclone/process/warden.hpp>

namespace prodclone::application {

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

void refuse_a_stranger(const std::string& health) {
  if (health.empty()) return;
  try {
    http::send({.url = health, .timeout = std::chrono::seconds(5), .connect_timeout = std::chrono::seconds(2)});
  } catch (const http::TransferError& error) {
    if (error.never_sent()) return;
    if (error.kind() == http::TransferFailure::invalid_url) throw;
  }
  throw Error(Failure::could_not_check, fmt::format("Something else answers at {} already, before the application is started.", http::shown_url(health)),
              "Stop it, or let prodclone choose a free port: write {port} into application.start (or its environment) and health.");
}

}  // namespace

fs::path program_path(const std::string& name, const fs::path& directory) {
  if (name.find('/') != std::string::npos) {
    const auto path = directory / name;
    if (process::find_program(path.string())) return path.lexically_normal();
  } else {
    if (const auto found = process::find_program(name)) return *found;
    std::error_code error;
    const auto own = fs::read_symlink("/proc/self/exe", error).parent_path();
    if (const auto found = process::find_program((own / name).string())) return *found;
  }
  throw Error(Failure::usage, fmt::format("The program \"{}\" was not found.", name),
              name.find('/') != std::string::npos ? fmt::format("It is looked for from {}.", directory.string())
                                                  : "It is looked for in PATH and beside prodclone's own binary.");
}

Program::Program(Launch launch) : launch_(std::move(launch)) {
  const auto program = program_path(launch_.command.at(0), launch_.directory);
  refuse_a_stranger(launch_.health);
  make_private_directory(launch_.log.parent_path());
  std::error_code ignored;
  fs::remove(launch_.log, ignored);
  const auto mark = random_hex(24);
  make_private_directory(launch_.papers);
  order_ = launch_.papers / (mark + ".json");
  // Before the program: whenever we are killed, somebody knows.
  process::start_warden({.file = order_,
                         .watched = {process::self()},
                         .on_death = process::end_marked_command(mark),
                         .deadline = std::chrono::minutes(1),
                         .log = launch_.papers / "warden.log",
                         .purpose = fmt::format("ends {} after {}", fs::path(launch_.command[0]).filename().string(), ::getpid())});
  try {
    process_ = std::make_unique<process::Background>(
        process::Command{.arguments = launch_.command, .environment = launch_.environment, .unset = launch_.unset,
                         .directory = launch_.directory, .program = program},
        launch_.log, mark);
  } catch (...) {
    fs::remove(order_, ignored);
    throw;
  }
}

Program::~Program() {
  try {
    stop();
  } catch (const std::exception& error) {
    fmt::print(stderr, "prodclone: {}\n", error.what());
  }
}

bool Program::answers(std::string& last_answer) const {
  if (!launch_.ready_log.empty() && !matching_line(log(), launch_.ready_log)) {
    last_answer = fmt::format("no line of its log matches \"{}\" yet", launch_.ready_log);
    return false;
  }
  if (launch_.health.empty()) return true;
  try {
    const auto response = http::send({.url = launch_.health, .timeout = std::chrono::seconds(10), .connect_timeout = std::chrono::seconds(2)});
    last_answer = fmt::format("{} answers {}", http::shown_url(launch_.health), response.status);
    if (response.status >= 200 && response.status < 400) return true;
    if (const auto body = trimmed(response.body); !body.empty()) last_answer += fmt::format(": {}", body.substr(0, 300));
  } catch (const http::TransferError& error) {
    last_answer = error.what_failed();
  }
  return false;
}

Readiness Program::wait_until_ready() {
  const auto began = Clock::now();
  const auto end = began + launch_.ready_within;
  Readiness result;
  milliseconds pause(20);
  while (true) {
    result.ended = ended();
    // In this order: a stranger who took the port after our program has died is no answer.
    result.ready = !result.ended && answers(result.last_answer) && !(result.ended = ended());
    result.took = std::chrono::duration_cast<milliseconds>(Clock::now() - began);
    if (result.ready || result.ended || Clock::now() >= end) return result;
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, milliseconds(500));
  }
}

std::string Program::log() const { return read_file_if_present(launch_.log).value_or(""); }

void Program::stop() {
  if (!process_) return;
  const bool gone = process_->stop(launch_.stops_within);
  if (!gone)
    throw Error(Failure::cleanup_incomplete, fmt::format("Processes of {} cannot be killed.", launch_.command[0]),
                "They may wait on a broken disk, or belong to another user.");
  std::error_code ignored;
  fs::remove(order_, ignored);
}

EndedPrograms end_programs(const fs::path& papers, Whose whose) {
  EndedPrograms result;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(papers, error)) {
    if (entry.path().extension() != ".json") continue;
    const auto order = process::read_order(entry.path());
    const auto lives = [](const process::Identity& owner) { return process::alive(owner); };
    if (!order || (whose == Whose::of_dead_owners && std::any_of(order->watched.begin(), order->watched.end(), lives))) continue;
    if (process::end_marked(entry.path().stem().string())) {
      ++result.ended;
      fs::remove(entry.path(), error);
    } else {
      ++result.left;
    }
  }
  return result;
}

}  // namespace prodclone::application
