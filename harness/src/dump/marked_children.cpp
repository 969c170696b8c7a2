#include "marked_children.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include <prodclone/base/error.hpp>
#include <prodclone/base/hash.hpp>

namespace prodclone::dump {

namespace {

// From here on only system calls: the guard is forked from a process that may have threads, and never execs.

bool holds_mark(const char* directory_entry, const char* mark, std::size_t mark_length) {
  char path[64] = "/proc/";
  std::size_t at = 6;
  for (const char* c = directory_entry; *c != '\0' && at < 40; ++c) path[at++] = *c;
  for (const char* c = "/environ"; *c != '\0'; ++c) path[at++] = *c;
  path[at] = '\0';
  const int file = ::open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  char content[256 << 10];
  std::size_t size = 0;
  for (ssize_t count = 1; count > 0 && size < sizeof content; size += static_cast<std::size_t>(count > 0 ? count : 0))
    count = ::read(file, content + size, sizeof content - size);
  ::close(file);
  return ::memmem(content, size, mark, mark_length) != nullptr;
}

// What getdents64 writes before each name.
struct DirectoryEntry {
  std::uint64_t inode;
  std::int64_t offset;
  unsigned short length;
  unsigned char type;
};
constexpr std::size_t name_offset = 19;

// True when there was one to kill.
bool kill_marked(const char* mark, std::size_t mark_length, pid_t except) {
  const int proc = ::open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (proc < 0) return false;
  bool any = false;
  alignas(std::uint64_t) char entries[32 << 10];
  while (true) {
    const auto count = ::syscall(SYS_getdents64, proc, entries, sizeof entries);
    if (count <= 0) break;
    for (long at = 0; at < count;) {
      const auto* entry = reinterpret_cast<const DirectoryEntry*>(entries + at);
      const char* name = entries + at + name_offset;
      at += entry->length;
      pid_t pid = 0;
      for (const char* c = name; *c >= '0' && *c <= '9'; ++c) pid = pid * 10 + (*c - '0');
      if (pid <= 1 || pid == except || !holds_mark(name, mark, mark_length)) continue;
      any = ::kill(pid, SIGKILL) == 0 || any;
    }
  }
  ::close(proc);
  return any;
}

void kill_all_marked(const char* mark, std::size_t mark_length, pid_t except) {
  // A worker may be forked while we look: look until there is none. A zombie has no environment any more.
  for (int round = 0; round < 50 && kill_marked(mark, mark_length, except); ++round) {
    const timespec pause{0, 10'000'000};
    ::nanosleep(&pause, nullptr);
  }
}

}  // namespace

MarkedChildren::MarkedChildren() : mark_(random_hex(24)) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    throw Error(Failure::could_not_check, std::string("Cannot make a pipe: ") + std::strerror(errno) + '.');
  guard_ = ::fork();
  if (guard_ < 0) {
    const int error = errno;
    ::close(ends[0]), ::close(ends[1]);
    throw Error(Failure::could_not_check, std::string("Cannot start a process: ") + std::strerror(error) + '.');
  }
  if (guard_ == 0) {
    ::setsid();
    for (int signal = 1; signal < NSIG; ++signal)
      if (signal != SIGKILL && signal != SIGSTOP) ::signal(signal, signal == SIGTERM ? SIG_DFL : SIG_IGN);
    // Nothing of ours may stay open in it: an inherited lock or standard output would outlive us.
    const int null = ::open("/dev/null", O_RDWR);
    for (int fd = 0; fd < 3; ++fd) ::dup2(null, fd);
    ::dup2(ends[0], 3);
    ::syscall(SYS_close_range, 4U, ~0U, 0U);
    char byte = 0;
    ssize_t count = 0;
    do count = ::read(3, &byte, 1);
    while (count < 0 && errno == EINTR);
    if (count == 0) kill_all_marked(mark_.data(), mark_.size(), ::getpid());
    ::_exit(0);
  }
  ::close(ends[0]);
  pipe_ = ends[1];
}

MarkedChildren::~MarkedChildren() {
  kill_all_marked(mark_.data(), mark_.size(), ::getpid());
  // A byte, not an end of file: nothing is left to kill.
  [[maybe_unused]] const auto written = ::write(pipe_, "q", 1);
  ::close(pipe_);
  while (::waitpid(guard_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace prodclone::dump
