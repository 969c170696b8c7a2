#include <prodclone/process/child.hpp>

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
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

extern char** environ;

namespace prodclone::process {

namespace {

using Clock = std::chrono::steady_clock;

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() { close(); }
  Descriptor(Descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }
  int value() const { return value_; }
  bool open() const { return value_ >= 0; }
  void close() {
    if (value_ >= 0) ::close(value_);
    value_ = -1;
  }

 private:
  int value_ = -1;
};

struct Pipe {
  Descriptor read, write;
};

// Above the three standard descriptors: when ours are closed, a pipe would land there and dup2 would tread on it.
Descriptor above_standard(Descriptor descriptor) {
  if (descriptor.value() > 2) return descriptor;
  Descriptor higher(::fcntl(descriptor.value(), F_DUPFD_CLOEXEC, 3));
  if (!higher.open())
    throw Error(Failure::could_not_check, fmt::format("Cannot copy a descriptor: {}.", std::strerror(errno)));
  return higher;
}

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    throw Error(Failure::could_not_check, fmt::format("Cannot make a pipe: {}.", std::strerror(errno)));
  Descriptor read(ends[0]), write(ends[1]);
  return {above_standard(std::move(read)), above_standard(std::move(write))};
}

struct Account {
  uid_t user = 0;
  gid_t group = 0;
  std::string name, home;
};

std::optional<Account> account_of(const Command& command) {
  if (!command.run_as) return std::nullopt;
  const passwd* entry = ::getpwnam(command.run_as->c_str());
  if (entry == nullptr)
    throw Error(Failure::could_not_check, fmt::format("There is no user \"{}\" to run {} as.", *command.run_as,
                                                      command.arguments.front()));
  if (entry->pw_uid == ::geteuid()) return std::nullopt;
  return Account{entry->pw_uid, entry->pw_gid, entry->pw_name, entry->pw_dir};
}

// The environment as strings: ours without PG* and without what is unset, then what the command sets.
std::vector<std::string> child_environment(const Command& command, const std::optional<Account>& account) {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view pair(*entry);
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos || pair.substr(0, 2) == "PG") continue;
    variables[std::string(pair.substr(0, equals))] = pair.substr(equals + 1);
  }
  for (const auto& name : command.unset) variables.erase(name);
  if (account) {
    variables["HOME"] = account->home;
    variables["USER"] = variables["LOGNAME"] = account->name;
  }
  for (const auto& [name, value] : command.environment) variables[name] = value;
  std::vector<std::string> strings;
  for (const auto& [name, value] : variables) strings.push_back(name + '=' + value);
  return strings;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  for (auto& string : strings) result.push_back(string.data());
  result.push_back(nullptr);
  return result;
}

struct Plumbing {
  int input = -1, output = -1, error = -1;
  bool detached = false;
  pid_t dies_with = 0;
};

// What the child tells through the failure pipe: its own number when it is no child of ours, and an errno.
struct Word {
  pid_t pid = 0;
  int error = 0;
};

void tell(const Descriptor& pipe, Word word) {
  [[maybe_unused]] const auto ignored = ::write(pipe.value(), &word, sizeof word);
}

std::optional<Word> hear(const Descriptor& pipe) {
  Word word;
  ssize_t count = 0;
  do count = ::read(pipe.value(), &word, sizeof word);
  while (count < 0 && errno == EINTR);
  return count == static_cast<ssize_t>(sizeof word) ? std::optional(word) : std::nullopt;
}

// Everything is prepared before fork: between fork and exec only async-signal-safe calls are made.
pid_t launch(const Command& command, const Plumbing& plumbing) {
  const auto program = find_program(command.program.empty() ? command.arguments.at(0) : command.program.string());
  if (!program)
    throw Error(Failure::could_not_check,
                fmt::format("The program \"{}\" was not found.",
                            command.program.empty() ? command.arguments[0] : command.program.string()),
                "Install it, or put it in PATH.");
  const auto account = account_of(command);
  auto environment = child_environment(command, account);
  auto environment_pointers = pointers(environment);
  auto arguments = command.arguments;
  auto argument_pointers = pointers(arguments);
  Pipe failure = make_pipe();

  const pid_t pid = ::fork();
  if (pid < 0) throw Error(Failure::could_not_check, fmt::format("Cannot start a process: {}.", std::strerror(errno)));
  if (pid == 0) {
    if (plumbing.detached) {
      // The second fork makes it no child of ours: nobody has to reap it, and ctest does not wait for it.
      const pid_t grandchild = ::fork();
      if (grandchild < 0) tell(failure.write, {0, errno});
      if (grandchild != 0) ::_exit(0);
      ::setsid();
      tell(failure.write, {::getpid(), 0});
    } else {
      ::setpgid(0, 0);
    }
    bool ready = ::dup2(plumbing.input, 0) >= 0 && ::dup2(plumbing.output, 1) >= 0 && ::dup2(plumbing.error, 2) >= 0;
    if (ready && account)
      ready = ::setgroups(0, nullptr) == 0 && ::setgid(account->group) == 0 && ::setuid(account->user) == 0;
    if (ready && !command.directory.empty()) ready = ::chdir(command.directory.c_str()) == 0;
    if (ready && plumbing.dies_with != 0) {
      // After the change of user, which would clear it. The parent may already be gone: look once.
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (::getppid() != plumbing.dies_with) ::_exit(125);
    }
    if (ready) {
      for (int signal = 1; signal < NSIG; ++signal)
        if (signal != SIGKILL && signal != SIGSTOP) ::signal(signal, SIG_DFL);
      sigset_t none;
      sigemptyset(&none);
      ::sigprocmask(SIG_SETMASK, &none, nullptr);
      // Whatever else is open belongs to us: close-on-exec is not everyone's habit.
      ::syscall(SYS_close_range, 3U, ~0U, 1U << 2);
      ::execve(program->c_str(), argument_pointers.data(), environment_pointers.data());
    }
    tell(failure.write, {0, errno});
    ::_exit(127);
  }
  if (!plumbing.detached) ::setpgid(pid, pid);
  failure.write.close();
  pid_t started = pid;
  auto word = hear(failure.read);
  if (plumbing.detached) {
    ::waitpid(pid, nullptr, 0);
    if (word && word->error == 0) {
      started = word->pid;
      word = hear(failure.read);
    } else if (!word) {
      word = Word{0, ECHILD};
    }
  }
  if (word) {
    if (!plumbing.detached) ::waitpid(pid, nullptr, 0);
    throw Error(Failure::could_not_check,
                fmt::format("Cannot start {}: {}.", program->string(), std::strerror(word->error)));
  }
  return started;
}

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
  if (name.find('/') != std::string::npos) return executable(name) ? std::optional<std::filesystem::path>(name) : std::nullopt;
  for (const auto& folder : folders)
    if (executable(folder / name)) return folder / name;
  const char* path = std::getenv("PATH");
  for (const auto& folder : split(path == nullptr ? "/usr/local/bin:/usr/bin:/bin" : path, ':'))
    if (!folder.empty() && executable(std::filesystem::path(folder) / name)) return std::filesystem::path(folder) / name;
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
  const pid_t pid = launch(
      command, {.input = null.value(), .output = output.value(), .error = output.value(), .detached = true});
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
