// Which process is meant, even after its number has been given to another: pid plus start time.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace prodclone::process {

struct Identity {
  pid_t pid = 0;
  std::uint64_t start_ticks = 0;  // field 22 of /proc/<pid>/stat, unique per boot with the pid
  std::string boot = {};          // /proc/sys/kernel/random/boot_id
  friend bool operator==(const Identity&, const Identity&) = default;
};

Identity self();
std::optional<Identity> identity_of(pid_t pid);  // none: no such process (or a zombie)
bool alive(const Identity& identity);            // false for a zombie and for a reused pid

std::optional<pid_t> parent_of(pid_t pid);
std::string executable_name(pid_t pid);  // "ctest"; empty when it cannot be read
// Its arguments as `ps` shows them, each ended by a zero byte; empty when it is gone.
std::string command_line(pid_t pid);

// The nearest ancestor of this process whose executable has this name.
std::optional<Identity> ancestor_named(const std::string& name);

// Sends a signal to exactly this process, never to another that got its number. False when it is gone.
bool send_signal(const Identity& identity, int signal);

// Waits until the process is gone (pidfd, no polling where the kernel has it). False when the deadline passed first.
bool wait_until_gone(const Identity& identity, std::chrono::milliseconds deadline);
// For ever.
void wait_until_gone(const Identity& identity);

std::string to_string(const Identity& identity);  // "pid:start_ticks:boot"
std::optional<Identity> parse_identity(const std::string& text);

}  // namespace prodclone::process
