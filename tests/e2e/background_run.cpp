#include "background_run.hpp"

#include <signal.h>
#include <unistd.h>

#include <filesystem>

#include <support/eventually.hpp>

namespace prodclone::e2e {

namespace {

std::optional<process::Identity> find(const std::string& executable, const std::string& on_command_line) {
  std::error_code error;
  for (std::filesystem::directory_iterator entry("/proc", error), end; !error && entry != end; entry.increment(error)) {
    const auto name = entry->path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    const auto pid = static_cast<pid_t>(std::stol(name));
    // The warden is the same program with the same folder on its command line.
    const auto line = process::command_line(pid);
    if (process::executable_name(pid) != executable || line.starts_with("prodclone-warden")) continue;
    if (line.find(on_command_line) != std::string::npos && process::parent_of(pid) == ::getpid()) return process::identity_of(pid);
  }
  return std::nullopt;
}

}  // namespace

BackgroundRun::BackgroundRun(process::Command command, std::string executable, std::string on_command_line)
    : thread_([this, command = std::move(command)] { outcome_ = process::run(command, {.deadline = std::chrono::minutes(4)}); }) {
  selftest::eventually([&] { return (child_ = find(executable, on_command_line)).has_value(); });
}

BackgroundRun::~BackgroundRun() {
  if (running()) send(SIGKILL);
  if (thread_.joinable()) thread_.join();
}

const process::Outcome& BackgroundRun::wait() {
  if (thread_.joinable()) thread_.join();
  return outcome_;
}

}  // namespace prodclone::e2e
