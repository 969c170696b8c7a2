#include <prodclone/base/progress.hpp>

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <memory>

#include <prodclone/base/quantities.hpp>

namespace prodclone {

namespace {
using Clock = std::chrono::steady_clock;

// One line, redrawn at most ten times a second; a finished phase keeps its line with the time that it took.
class TerminalLine {
 public:
  explicit TerminalLine(bool terminal) : terminal_(terminal) {}
  ~TerminalLine() { finish(); }
  TerminalLine(const TerminalLine&) = delete;
  TerminalLine& operator=(const TerminalLine&) = delete;

  void show(const ProgressReport& report) {
    const auto now = Clock::now();
    if (report.phase != phase_) {
      finish();
      phase_ = report.phase;
      began_ = now;
      drawn_ = {};
      if (!terminal_ && !phase_.empty()) fmt::print(stderr, "  {}\n", phase_);
    }
    const bool complete = report.total > 0 && report.done >= report.total;
    if (!terminal_ || phase_.empty() || (now - drawn_ < std::chrono::milliseconds(100) && !complete)) return;
    drawn_ = now;
    fmt::print(stderr, "\r\033[K  {}{}", phase_, figures(report, now - began_));
    std::fflush(stderr);
  }

 private:
  static std::string figures(const ProgressReport& report, Clock::duration elapsed) {
    if (report.unit == "bytes") return bytes(report, elapsed);
    if (report.total <= 0) return report.done > 0 ? fmt::format(": {} {}", report.done, report.unit) : "";
    return fmt::format(": {} of {} {}", report.done, report.total, report.unit) + time_left(report, elapsed);
  }

  static std::string bytes(const ProgressReport& report, Clock::duration elapsed) {
    if (report.total <= 0) return ": " + to_string(Bytes{report.done});
    return fmt::format(": {} of {}", to_string(Bytes{report.done}), to_string(Bytes{report.total})) + time_left(report, elapsed);
  }

  static std::string time_left(const ProgressReport& report, Clock::duration elapsed) {
    if (report.done <= 0 || report.done >= report.total || elapsed <= std::chrono::seconds(2)) return {};
    // In floating point: nanoseconds times bytes overflow.
    const auto left = std::chrono::duration<double, Clock::period>(elapsed) * (static_cast<double>(report.total - report.done) / static_cast<double>(report.done));
    return fmt::format(", about {} left", to_string(std::chrono::duration_cast<std::chrono::microseconds>(left)));
  }

  void finish() {
    if (phase_.empty() || !terminal_) return;
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began_);
    fmt::print(stderr, "\r\033[K  {}: {}\n", phase_, to_string(took));
    phase_.clear();
  }

  bool terminal_;
  std::string phase_;
  Clock::time_point began_;
  Clock::time_point drawn_;
};
}  // namespace

ProgressSink terminal_progress() {
  auto line = std::make_shared<TerminalLine>(isatty(STDERR_FILENO) == 1);
  return [line](const ProgressReport& report) { line->show(report); };
}

}  // namespace prodclone
