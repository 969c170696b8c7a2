#include "processor_time.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <optional>
#include <sstream>
#include <string>

#include <prodclone/base/files.hpp>

namespace prodclone::bench {

namespace {

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

double used_by(int who) {
  rusage usage{};
  ::getrusage(who, &usage);
  return seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
}

struct Ticks {
  pid_t parent = 0;
  unsigned long own = 0, children = 0;
};

// Fields of /proc/<pid>/stat after the name, which is in brackets and may hold anything.
std::optional<Ticks> ticks_of(const std::string& pid) {
  const auto text = read_file_if_present("/proc/" + pid + "/stat");
  if (!text || text->find(')') == std::string::npos) return std::nullopt;
  std::istringstream fields(text->substr(text->rfind(')') + 1));
  std::string skipped;
  Ticks ticks;
  fields >> skipped >> ticks.parent;  // 3 state, 4 ppid
  for (int field = 5; field < 14; ++field) fields >> skipped;
  unsigned long user = 0, system = 0, children_user = 0, children_system = 0;
  fields >> user >> system >> children_user >> children_system;  // 14 to 17
  ticks.own = user + system;
  ticks.children = children_user + children_system;
  return ticks;
}

}  // namespace

double ProcessorTime::seconds() const {
  unsigned long ticks = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const auto name = entry.path().filename().string();
    pid_t pid = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), pid).ptr != name.data() + name.size()) continue;
    const auto found = ticks_of(name);
    if (!found) continue;
    for (const pid_t postmaster : postmasters_) {
      if (pid == postmaster) ticks += found->own + found->children;
      if (found->parent == postmaster) ticks += found->own;
    }
  }
  return used_by(RUSAGE_SELF) + used_by(RUSAGE_CHILDREN) +
         static_cast<double>(ticks) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

}  // namespace prodclone::bench
