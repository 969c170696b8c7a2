// Nobody cleans up after a killed owner, so a warden does: a small process of its own that waits for the owner's death
// and then runs one command. It is this executable again, under a name that `ps` shows, and needs no file of it.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <prodclone/process/child.hpp>
#include <prodclone/process/identity.hpp>

namespace prodclone::process {

struct WardenOrder {
  // The order stands as long as this file exists: an owner that has cleaned up removes it, and the warden goes without
  // a word. Mode 0600. The warden removes it when the command has succeeded.
  std::filesystem::path file = {};
  std::vector<Identity> watched = {};  // it acts when the last of them is gone
  // Its first argument may be "/proc/self/exe": this executable, even when its file has been deleted since.
  Command on_death = {};
  // Variables of ours that the command needs and that no file may hold, PG* included: handed down in memory, by name.
  std::vector<std::string> handed_down = {};
  std::chrono::milliseconds deadline = std::chrono::minutes(5);  // of the command
  std::filesystem::path log = {};                                // of the warden and of the command
  std::string purpose = {};                                      // shown by `ps`: "stops the server in build/"
};

// Writes the order and starts the warden. The executable's main must begin with `serve_as_warden`.
Identity start_warden(const WardenOrder& order);

// To be called first in every main of ours: the command's exit code when this process was started as a warden
// (0: released, nothing done) or as a command of one, nothing otherwise.
std::optional<int> serve_as_warden(int argc, char** argv);

// The order that a file holds; none when it is absent or unreadable. For whoever lists who is being watched.
std::optional<WardenOrder> read_order(const std::filesystem::path& file);

}  // namespace prodclone::process
