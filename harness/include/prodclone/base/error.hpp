// How prodclone fails: one sentence on what failed, one on what it was doing and to what, one on what to do.
// Throw what ends an operation; return what the caller branches on.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace prodclone {

// What a failure means to whoever started us; the values are the exit codes of the command line.
enum class Failure {
  check_failed = 1,
  migration_failed = 2,
  postflight_failed = 3,
  rollback_failed = 4,
  usage = 5,
  could_not_check = 6,
  cleanup_incomplete = 7,
  refused = 8,
};

constexpr int exit_code(Failure failure) { return static_cast<int>(failure); }

// The facts of a failure. Secrets must be masked before they get here.
class Error : public std::runtime_error {
 public:
  // `what_failed` and `remedy` are sentences; the remedy may be empty where there is none.
  Error(Failure failure, std::string what_failed, std::string remedy = {});

  Failure failure() const { return failure_; }
  const std::string& what_failed() const { return what_failed_; }
  const std::string& remedy() const { return remedy_; }
  // What it was doing and to what, outermost first.
  const std::string& doing() const { return doing_; }

  // Each layer adds one phrase: `error.while_doing("loading dump/prod.dump")`.
  void while_doing(std::string_view phrase);

  const char* what() const noexcept override { return message_.c_str(); }

 private:
  void compose();

  Failure failure_;
  std::string what_failed_;
  std::string remedy_;
  std::string doing_;
  std::string message_;
};

// Runs `work`; an Error that leaves it has gained the phrase. The dynamic type of the error is kept.
template <typename Work>
decltype(auto) doing(std::string_view phrase, Work&& work) {
  try {
    return work();
  } catch (Error& error) {
    error.while_doing(phrase);
    throw;
  }
}

}  // namespace prodclone
