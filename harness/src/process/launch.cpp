#include "launch.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include <prodclone/base/error.hpp>

extern char** environ;

namespace prodclone::process {

namespace {

struct Account {
  uid_t user = 0;
  gid_t group = 0;
  std::string name, home;
};

std::optional<Account> account_of(const Command& command) {
  if (!command.run_as) return std::nullopt;
  const passwd* entry = ::getpwnam(command.run_as->c_str());
  if (entry == nullptr)
    throw Error(Failure::could_not_check,
                fmt::format("There is no user \"{}\" to run {} as.", *command.run_as, command.arguments.front()));
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

}  // namespace

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
      // Ignored before exec: afterwards there would be a moment in which it can still be ended.
      if (command.ignores_termination)
        for (const int signal : {SIGHUP, SIGINT, SIGQUIT, SIGTERM}) ::signal(signal, SIG_IGN);
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

}  // namespace prodclone::process
