#include <prodclone/base/progress.hpp>

#include <fmt/format.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <condition_variable>
#include <memory>
#include <thread>

#include <prodclone/base/quantities.hpp>

namespace prodclone {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
constexpr milliseconds redraw{100};

// Whole characters only; an ellipsis tells that something is missing.
std::string fitted(std::string text, std::size_t columns) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0) == 0x80) continue;
    if (++width == columns) return text.substr(0, i) + "…";
  }
  return text;
}

// A phase that is over keeps its line with the time that it took. A thread of its own keeps the line alive while nothing
// is reported: one statement may take an hour.
class ProgressLine {
 public:
  ProgressLine(std::FILE* out, const ProgressStyle& style) : out_(out), style_(style), ticker_([this] { tick(); }) {}
  ~ProgressLine() {
    {
      const std::lock_guard lock(mutex_);
      finish();
      over_ = true;
    }
    wake_.notify_all();
    ticker_.join();
  }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void show(const ProgressReport& report) {
    const std::lock_guard lock(mutex_);
    const auto now = Clock::now();
    if (report.phase != report_.phase) {
      finish();
      began_ = said_ = now;
      drawn_ = {};
      if (!style_.terminal && !report.phase.empty()) {
        fmt::print(out_, "  {}\n", report.phase);
        std::fflush(out_);
      }
    }
    report_ = report;
    reported_ = now;
    const bool complete = report.total > 0 && report.done >= report.total;
    if (style_.terminal && (now - drawn_ >= redraw || complete)) draw(now);
  }

 private:
  void tick() {
    std::unique_lock lock(mutex_);
    while (!over_) {
      wake_.wait_for(lock, style_.tick, [this] { return over_; });
      if (over_ || report_.phase.empty()) continue;
      const auto now = Clock::now();
      if (style_.terminal) draw(now);
      else if (now - said_ >= style_.repeat) say(now);
    }
  }

  std::string line(Clock::time_point now) const {
    auto report = report_;
    if (report.left) {
      *report.left -= std::chrono::duration_cast<milliseconds>(now - reported_);
      // It takes longer than expected, and nobody knows how much.
      if (report.left->count() <= 0) report.left.reset(), report.even = false;
    }
    return "  " + report.phase + figures(report, std::chrono::duration_cast<milliseconds>(now - began_));
  }

  void draw(Clock::time_point now) {
    if (report_.phase.empty()) return;
    drawn_ = now;
    fmt::print(out_, "\r\033[K{}", fitted(line(now), style_.columns));
    std::fflush(out_);
  }

  void say(Clock::time_point now) {
    said_ = now;
    fmt::print(out_, "{}\n", line(now));
    std::fflush(out_);
  }

  void finish() {
    if (report_.phase.empty()) return;
    const auto took = Clock::now() - began_;
    const auto text = fmt::format("  {}: {}", report_.phase, to_string(std::chrono::duration_cast<std::chrono::microseconds>(took)));
    if (style_.terminal) fmt::print(out_, "\r\033[K{}\n", fitted(text, style_.columns));
    else if (took >= style_.worth_a_line) fmt::print(out_, "{}\n", text);
    std::fflush(out_);
    report_ = {};
  }

  std::FILE* out_;
  ProgressStyle style_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool over_ = false;
  ProgressReport report_;
  Clock::time_point began_, said_, drawn_, reported_;
  std::thread ticker_;   // last: it uses the others
};

// The shell's prompt must not stand behind half a line.
void clear_line_and_die(int signal) {
  constexpr char clear[] = "\r\033[K";
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, clear, sizeof clear - 1);
  ::signal(signal, SIG_DFL);
  ::raise(signal);
}

void clear_line_on_signals() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) {
    struct sigaction now {};
    if (::sigaction(signal, nullptr, &now) != 0 || now.sa_handler != SIG_DFL) continue;
    struct sigaction wanted {};
    wanted.sa_handler = clear_line_and_die;
    ::sigaction(signal, &wanted, nullptr);
  }
}

}  // namespace

ProgressSink progress_on(std::FILE* out, const ProgressStyle& style) {
  auto line = std::make_shared<ProgressLine>(out, style);
  return [line](const ProgressReport& report) { line->show(report); };
}

ProgressSink terminal_progress() {
  ProgressStyle style{.terminal = isatty(STDERR_FILENO) == 1};
  if (style.terminal) {
    winsize size{};
    if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) style.columns = size.ws_col;
    clear_line_on_signals();
  }
  return progress_on(stderr, style);
}

}  // namespace prodclone
