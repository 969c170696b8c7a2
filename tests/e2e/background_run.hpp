// A child that runs while the test looks at what it does, and may be killed at a chosen moment.
#pragma once

#include <optional>
#include <string>
#include <thread>

#include <prodclone/process/child.hpp>
#include <prodclone/process/identity.hpp>

namespace prodclone::e2e {

class BackgroundRun {
 public:
  // `on_command_line` tells this child from all other processes: a path that only it was given.
  BackgroundRun(process::Command command, std::string executable, std::string on_command_line);
  // Kills what still runs.
  ~BackgroundRun();
  BackgroundRun(const BackgroundRun&) = delete;
  BackgroundRun& operator=(const BackgroundRun&) = delete;

  // The child itself; none when it did not appear in time or is gone.
  const std::optional<process::Identity>& child() const { return child_; }
  bool running() const { return child_ && process::alive(*child_); }
  bool send(int signal) const { return child_ && process::send_signal(*child_, signal); }
  // How it ended.
  const process::Outcome& wait();

 private:
  process::Outcome outcome_;
  std::thread thread_;
  std::optional<process::Identity> child_;
};

}  // namespace prodclone::e2e
