#include "server_processes.hpp"

#include <signal.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace prodclone::pg {

namespace {

namespace fs = std::filesystem;

bool belongs(pid_t pid, const std::vector<fs::path>& data_bases, const std::string& name) {
  // A backend's title, then the postmaster's arguments: readable even where another user's folder is not.
  const auto line = process::command_line(pid);
  if (line.starts_with("postgres: " + name + ": ")) return true;
  if (process::executable_name(pid) != "postgres") return false;
  if (line.find("cluster_name=" + name) != std::string::npos) return true;
  std::error_code error;
  const auto data = fs::read_symlink("/proc/" + std::to_string(pid) + "/cwd", error);
  return !error && std::find(data_bases.begin(), data_bases.end(), data.parent_path()) != data_bases.end();
}

}  // namespace

std::string cluster_name(const std::string& id) {
  return "prodclone-" + id;
}

std::vector<process::Identity> server_processes(const std::vector<fs::path>& data_bases, const std::string& id) {
  std::vector<process::Identity> found;
  std::error_code error;
  for (fs::directory_iterator entry("/proc", error), end; !error && entry != end; entry.increment(error)) {
    const auto name = entry->path().filename().string();
    if (!std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isdigit(c) != 0; })) continue;
    const auto pid = static_cast<pid_t>(std::atoi(name.c_str()));
    if (!belongs(pid, data_bases, cluster_name(id))) continue;
    if (auto identity = process::identity_of(pid)) found.push_back(*std::move(identity));
  }
  return found;
}

bool kill_server_processes(const std::vector<fs::path>& data_bases, const std::string& id,
                           std::chrono::milliseconds deadline) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  while (true) {
    // Again and again: a postmaster that dies last may have started one more.
    const auto left = server_processes(data_bases, id);
    if (left.empty()) return true;
    for (const auto& process : left) process::send_signal(process, SIGKILL);
    for (const auto& process : left) {
      const auto patience =
          std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
      if (patience.count() <= 0 || !process::wait_until_gone(process, patience)) return false;
    }
  }
}

}  // namespace prodclone::pg
