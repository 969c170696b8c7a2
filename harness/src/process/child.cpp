#include <prodclone/process/child.hpp>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include <prodclone/base/error.hpp>
#include <prodclone/base/text.hpp>

#include "launch.hpp"

namespace prodclone::process {

namespace {

using Clock = std::chrono::steady_clock;

Descriptor open_or_fail(const std::filesystem::path& file, int flags) {
  Descriptor descriptor(::open(file.c_str(), flags | O_CLOEXEC, 0600));
  if (!descriptor.open())
    throw Error(Failure::could_not_check, fmt::format("Cannot open {}: {}.", file.string(), std::strerror(errno)));
  return above_standard(std::move(descriptor));
}

// Collects a stream: keeps its tail and hands over whole lines.
class Collector {
 public:
  Collector(std::size_t limit, const std::function<void(std::string_view)>& on_line)
      : limit_(limit), on_line_(on_line) {}

  void add(std::string_view bytes) {
    kept_ += bytes;
    if (kept_.size() > 2 * limit_) kept_.erase(0, kept_.size() - limit_);
    if (!on_line_) return;
    partial_ += bytes;
    std::size_t begin = 0;
    for (auto end = partial_.find('\n'); end != std::string::npos; end = partial_.find('\n', begin)) {
      on_line_(std::string_view(partial_).substr(begin, end - begin));
      begin = end + 1;
    }
    partial_.erase(0, begin);
  }

  std::string take() {
    if (on_line_ && !partial_.empty()) on_line_(partial_);
    if (kept_.size() > limit_) kept_.erase(0, kept_.size() - limit_);
    return std::move(kept_);
  }

 private:
  std::size_t limit_;
  const std::function<void(std::string_view)>& on_line_;
  std::string kept_, partial_;
};

// True while the stream is open.
bool drain(Descriptor& stream, Collector& collector) {
  std::array<char, 65536> block{};
  const auto count = ::read(stream.value(), block.data(), block.size());
  if (count > 0) collector.add({block.data(), static_cast<std::size_t>(count)});
  if (count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN)) stream.close();
  return stream.open();
}

// A child that is reaped whatever happens; one that still runs when we leave by an exception is killed with its group.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid), descriptor_(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))) {}
  ~Child() {
    if (reaped_) return;
    ::kill(-pid_, SIGKILL);
    reap();
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  int descriptor() const { return descriptor_.value(); }
  bool ended() const { return ended_; }

  void look() {
    siginfo_t info{};
    if (!ended_ && ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0)
      ended_ = info.si_pid == pid_;
  }

  // How long to wait for news, in milliseconds; short where the kernel has no descriptor for a process.
  int patience(const std::optional<Clock::time_point>& deadline) const {
    const int longest = descriptor_.open() ? 60'000 : 20;
    if (!deadline) return longest;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - Clock::now()).count();
    return static_cast<int>(std::clamp<long long>(left, 0, longest));
  }

  int reap() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    reaped_ = true;
    return status;
  }

 private:
  pid_t pid_;
  Descriptor descriptor_;
  bool ended_ = false, reaped_ = false;
};

}  // namespace

std::optional<std::filesystem::path> find_program(const std::string& name,
                                                  const std::vector<std::filesystem::path>& folders) {
  const auto executable = [](const std::filesystem::path& file) {
    std::error_code error;  // a folder of PATH that we may not enter holds nothing for us
    return std::filesystem::is_regular_file(file, error) && ::access(file.c_str(), X_OK) == 0;
  };
  if (name.find('/') != std::string::npos)
    return executable(name) ? std::optional<std::filesystem::path>(name) : std::nullopt;
  for (const auto& folder : folders)
    if (executable(folder / name)) return folder / name;
  const char* path = std::getenv("PATH");
  for (const auto& folder : split(path == nullptr ? "/usr/local/bin:/usr/bin:/bin" : path, ':'))
    if (!folder.empty() && executable(std::filesystem::path(folder) / name))
      return std::filesystem::path(folder) / name;
  return std::nullopt;
}

Outcome run(const Command& command, const RunOptions& options) {
  const auto began = Clock::now();
  const Descriptor input = open_or_fail(command.input.value_or("/dev/null"), O_RDONLY);
  Pipe out = make_pipe(), err = make_pipe();
  Descriptor file;
  if (command.output) file = open_or_fail(*command.output, O_WRONLY | O_CREAT | O_TRUNC);
  if (command.output_to_null) file = open_or_fail("/dev/null", O_WRONLY);
  const pid_t pid = launch(command, {.input = input.value(),
                                     .output = file.open() ? file.value() : out.write.value(),
                                     .error = err.write.value(),
                                     .dies_with = options.end_with_parent ? ::getpid() : 0});
  out.write.close();
  err.write.close();

  Child child(pid);
  Collector output(options.limit, options.on_output_line), errors(options.limit, options.on_error_line);
  Outcome outcome;
  std::optional<Clock::time_point> deadline;
  if (options.deadline) deadline = began + *options.deadline;
  const auto expire = [&] {
    if (!deadline || Clock::now() < *deadline) return;
    ::kill(-pid, outcome.timed_out ? SIGKILL : SIGTERM);
    outcome.timed_out = true;
    deadline = Clock::now() + std::chrono::seconds(5);
  };
  // A grandchild may keep a stream open after the child has ended: what it still writes is nobody's concern.
  while (!child.ended() || out.read.open() || err.read.open()) {
    std::array<pollfd, 3> waits{
        {{out.read.value(), POLLIN, 0}, {err.read.value(), POLLIN, 0}, {child.descriptor(), POLLIN, 0}}};
    const int ready = ::poll(waits.data(), child.ended() ? 2 : 3, child.ended() ? 0 : child.patience(deadline));
    if (ready > 0) {
      if (waits[0].revents != 0) drain(out.read, output);
      if (waits[1].revents != 0) drain(err.read, errors);
    } else if (child.ended()) {
      break;
    }
    child.look();
    if (!child.ended()) expire();
  }
  // Ended, but not yet reaped: its number, and so its group's, cannot mean anybody else.
  if (outcome.timed_out) ::kill(-pid, SIGKILL);
  const int status = child.reap();
  outcome.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
  outcome.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  outcome.out = output.take();
  outcome.err = errors.take();
  outcome.took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began);
  return outcome;
}

Identity start_detached(const Command& command, const std::filesystem::path& log) {
  const Descriptor null = open_or_fail("/dev/null", O_RDONLY);
  const Descriptor output = open_or_fail(log, O_WRONLY | O_CREAT | O_APPEND);
  const pid_t pid =
      launch(command, {.input = null.value(), .output = output.value(), .error = output.value(), .detached = true});
  // One that has ended by now has no start time to read: an identity that matches nothing is the truth about it.
  return identity_of(pid).value_or(Identity{pid, 0, self().boot});
}

void end(const Identity& identity, std::chrono::milliseconds patience) {
  send_signal(identity, SIGTERM);
  if (wait_until_gone(identity, patience)) return;
  send_signal(identity, SIGKILL);
  wait_until_gone(identity, std::chrono::seconds(5));
}

void end_group(const Identity& leader, std::chrono::milliseconds patience) {
  if (!alive(leader)) return;
  ::kill(-leader.pid, SIGTERM);
  const bool in_time = wait_until_gone(leader, patience);
  // Members may have ignored the request; while one lives, nobody else can have the group's number.
  ::kill(-leader.pid, SIGKILL);
  if (!in_time) wait_until_gone(leader, std::chrono::seconds(5));
}

std::string describe(const Outcome& outcome) {
  if (outcome.timed_out) return fmt::format("still running after {} s", outcome.took.count() / 1000);
  if (outcome.signal != 0) return fmt::format("killed by signal {} ({})", outcome.signal, ::strsignal(outcome.signal));
  return fmt::format("exit code {}", outcome.exit_code);
}

}  // namespace prodclone::process
