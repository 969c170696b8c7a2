#include <prodclone/process/identity.hpp>

#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include <prodclone/base/text.hpp>

#include "descriptor.hpp"

namespace prodclone::process {

namespace {

struct Stat {
  char state = '?';
  pid_t parent = 0;
  std::uint64_t start_ticks = 0;
};

std::optional<Stat> read_stat(pid_t pid) {
  std::ifstream stream("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  if (!std::getline(stream, line)) return std::nullopt;
  // The second field is the command in parentheses and may itself hold spaces and parentheses.
  const auto close = line.rfind(')');
  if (close == std::string::npos) return std::nullopt;
  std::istringstream fields(line.substr(close + 1));
  Stat stat;
  std::string skipped;
  fields >> stat.state >> stat.parent;
  for (int field = 5; field <= 21; ++field) fields >> skipped;
  fields >> stat.start_ticks;
  if (!fields) return std::nullopt;
  return stat;
}

const std::string& boot_id() {
  static const std::string id = [] {
    std::ifstream stream("/proc/sys/kernel/random/boot_id");
    std::string text;
    std::getline(stream, text);
    return text;
  }();
  return id;
}

// Waits at most `milliseconds` (-1: for ever) on the process' own descriptor; falls back to looking twice a second.
bool wait_gone(const Identity& identity, int milliseconds) {
  const Descriptor descriptor(static_cast<int>(::syscall(SYS_pidfd_open, identity.pid, 0)));
  if (!alive(identity)) return true;
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds);
  while (alive(identity)) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    if (milliseconds >= 0 && left.count() <= 0) return false;
    int slice = milliseconds < 0 ? -1 : static_cast<int>(left.count());
    if (descriptor.value() >= 0) {
      pollfd waiter{descriptor.value(), POLLIN, 0};
      // Readable means ended; that holds for a child of ours that nobody has reaped yet.
      if (::poll(&waiter, 1, slice) > 0) return true;
    } else {
      slice = slice < 0 || slice > 500 ? 500 : slice;
      std::this_thread::sleep_for(std::chrono::milliseconds(slice));
    }
  }
  return true;
}

}  // namespace

std::optional<Identity> identity_of(pid_t pid) {
  const auto stat = read_stat(pid);
  if (!stat || stat->state == 'Z' || stat->state == 'X') return std::nullopt;
  return Identity{pid, stat->start_ticks, boot_id()};
}

Identity self() {
  return identity_of(::getpid()).value_or(Identity{::getpid(), 0, boot_id()});
}

bool alive(const Identity& identity) {
  return identity_of(identity.pid) == identity;
}

std::optional<pid_t> parent_of(pid_t pid) {
  const auto stat = read_stat(pid);
  if (!stat || stat->parent == 0) return std::nullopt;
  return stat->parent;
}

std::string executable_name(pid_t pid) {
  std::error_code error;
  const auto target = std::filesystem::read_symlink("/proc/" + std::to_string(pid) + "/exe", error);
  if (error) {
    // Another user's process in a container without CAP_SYS_PTRACE: the short name (15 bytes) is readable by all.
    std::ifstream stream("/proc/" + std::to_string(pid) + "/comm");
    std::string short_name;
    std::getline(stream, short_name);
    return short_name;
  }
  auto name = target.filename().string();
  constexpr std::string_view deleted = " (deleted)";
  if (name.ends_with(deleted)) name.resize(name.size() - deleted.size());
  return name;
}

std::string command_line(pid_t pid) {
  // Through istream::read: an iterator on the buffer would throw when the process goes while we read.
  std::ifstream stream("/proc/" + std::to_string(pid) + "/cmdline", std::ios::binary);
  std::string line;
  std::array<char, 4096> block{};
  while (stream.read(block.data(), block.size()) || stream.gcount() > 0)
    line.append(block.data(), static_cast<std::size_t>(stream.gcount()));
  return line;
}

std::optional<Identity> ancestor_named(const std::string& name) {
  for (auto pid = parent_of(::getpid()); pid && *pid > 1; pid = parent_of(*pid))
    if (executable_name(*pid) == name) return identity_of(*pid);
  return std::nullopt;
}

bool send_signal(const Identity& identity, int signal) {
  const Descriptor descriptor(static_cast<int>(::syscall(SYS_pidfd_open, identity.pid, 0)));
  // Looked at after the descriptor is open: from then on it cannot come to mean another process.
  if (!alive(identity)) return false;
  if (descriptor.value() < 0) return ::kill(identity.pid, signal) == 0;
  return ::syscall(SYS_pidfd_send_signal, descriptor.value(), signal, nullptr, 0) == 0;
}

bool wait_until_gone(const Identity& identity, std::chrono::milliseconds deadline) {
  return wait_gone(identity, static_cast<int>(deadline.count()));
}

void wait_until_gone(const Identity& identity) {
  wait_gone(identity, -1);
}

std::string to_string(const Identity& identity) {
  return std::to_string(identity.pid) + ':' + std::to_string(identity.start_ticks) + ':' + identity.boot;
}

std::optional<Identity> parse_identity(const std::string& text) {
  const auto parts = split(text, ':');
  if (parts.size() != 3) return std::nullopt;
  Identity identity{.pid = 0, .start_ticks = 0, .boot = parts[2]};
  const auto whole = [](const std::string& digits, auto& number) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return error == std::errc() && end == digits.data() + digits.size();
  };
  if (!whole(parts[0], identity.pid) || identity.pid <= 0 || !whole(parts[1], identity.start_ticks))
    return std::nullopt;
  return identity;
}

}  // namespace prodclone::process
