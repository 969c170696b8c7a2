#include <prodclone/process/background.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <iterator>
#include <thread>
#include <string_view>
#include <vector>

#include <prodclone/base/error.hpp>
#include <prodclone/base/text.hpp>

#include "launch.hpp"

namespace prodclone::process {

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
constexpr const char* variable = "PRODCLONE_PROGRAM";
constexpr std::string_view flag = "--prodclone-end-marked=";

bool bears(pid_t pid, const std::string& entry) {
  std::ifstream stream(fmt::format("/proc/{}/environ", pid), std::ios::binary);
  std::string environment;
  std::array<char, 8192> block{};
  while (stream.read(block.data(), block.size()) || stream.gcount() > 0)
    environment.append(block.data(), static_cast<std::size_t>(stream.gcount()));
  return ('\0' + environment).find('\0' + entry + '\0') != std::string::npos;
}

std::vector<Identity> marked_processes(const std::string& mark) {
  const auto entry = fmt::format("{}={}", variable, mark);
  std::vector<Identity> found;
  std::error_code error;
  for (const auto& folder : fs::directory_iterator("/proc", error)) {
    const auto name = folder.path().filename().string();
    pid_t pid = 0;
    const auto* end = name.data() + name.size();
    if (std::from_chars(name.data(), end, pid).ptr != end || pid == ::getpid() || !bears(pid, entry)) continue;
    if (auto identity = identity_of(pid)) found.push_back(*std::move(identity));
  }
  return found;
}

// Its group as well: a member may have emptied its environment.
void kill_with_group(const Identity& identity) {
  const auto group = ::getpgid(identity.pid);
  if (group > 1 && group != ::getpgrp() && alive(identity)) ::kill(-group, SIGKILL);
  send_signal(identity, SIGKILL);
}

}  // namespace

bool end_marked(const std::string& mark) {
  const auto end = Clock::now() + std::chrono::seconds(10);
  // Again until none is found: one may start another while we look.
  for (auto found = marked_processes(mark); !found.empty(); found = marked_processes(mark)) {
    for (const auto& one : found) kill_with_group(one);
    for (const auto& one : found)
      if (!wait_until_gone(one, std::chrono::seconds(2)) && Clock::now() > end) return false;
  }
  return true;
}

Command end_marked_command(const std::string& mark) { return {.arguments = {"/proc/self/exe", std::string(flag) + mark}}; }

std::optional<int> serve_end_marked(int argc, char** argv) {
  if (argc != 2 || !std::string_view(argv[1]).starts_with(flag)) return std::nullopt;
  return end_marked(std::string(argv[1]).substr(flag.size())) ? 0 : exit_code(Failure::cleanup_incomplete);
}

Background::Background(Command command, const fs::path& log, std::string mark) : mark_(std::move(mark)) {
  command.environment[variable] = mark_;
  const Descriptor input = above_standard(Descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC)));
  const Descriptor output = above_standard(Descriptor(::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)));
  const pid_t pid = launch(command, {.input = input.value(), .output = output.value(), .error = output.value(), .dies_with = ::getpid()});
  // One that has ended by now is a zombie of ours, so its number is still its own.
  identity_ = identity_of(pid).value_or(Identity{pid, 0, self().boot});
}

Background::~Background() {
  stop(std::chrono::milliseconds(0));
}

// Looked at without reaping: as long as it is a zombie of ours, its number and its group's mean nobody else.
std::optional<std::string> Background::ended() const {
  siginfo_t info{};
  if (stopped_ || ::waitid(P_PID, static_cast<id_t>(identity_.pid), &info, WEXITED | WNOHANG | WNOWAIT) != 0) return "it was stopped";
  if (info.si_pid == 0) return std::nullopt;
  if (info.si_code == CLD_EXITED) return fmt::format("exit code {}", info.si_status);
  return fmt::format("killed by signal {} ({})", info.si_status, ::strsignal(info.si_status));
}

bool Background::stop(std::chrono::milliseconds patience) {
  if (stopped_) return true;
  if (patience.count() > 0) {
    ::kill(-identity_.pid, SIGTERM);
    const auto end = Clock::now() + patience;
    const auto others = [&] {
      for (const auto& one : marked_processes(mark_))
        if (one.pid != identity_.pid) return true;
      return false;
    };
    while (!ended() && Clock::now() < end) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    // Its children have the same time to go by themselves.
    while (others() && Clock::now() < end) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  ::kill(-identity_.pid, SIGKILL);
  while (::waitpid(identity_.pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  stopped_ = true;
  return end_marked(mark_);
}

}  // namespace prodclone::process
