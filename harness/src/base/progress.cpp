#include <prodclone/base/progress.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include <prodclone/base/quantities.hpp>

namespace prodclone {

namespace {

using std::chrono::milliseconds;
constexpr milliseconds settled{2000};   // before, the pace is that of caches and of starting

std::string amount(const ProgressReport& report) {
  const bool bytes = report.unit == "bytes";
  const auto shown = [&](std::int64_t count) { return bytes ? to_string(Bytes{count}) : fmt::format("{} {}", count, report.unit); };
  if (report.total <= 0) return report.done > 0 ? shown(report.done) : "";
  return fmt::format("{} of {}", bytes ? shown(report.done) : std::to_string(report.done), shown(report.total));
}

// In whole seconds: nobody believes tenths of a forecast.
std::string roughly(milliseconds left) {
  const auto seconds = std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(static_cast<double>(left.count()) / 1000)));
  return seconds < 60 ? fmt::format("{} s", seconds) : to_string(std::chrono::microseconds(std::chrono::seconds(seconds)));
}

}  // namespace

std::optional<milliseconds> time_left(const ProgressReport& report, milliseconds elapsed) {
  if (report.left) return report.left;
  if (!report.even || report.done <= 0 || report.done >= report.total || elapsed <= settled) return std::nullopt;
  // In floating point: milliseconds times bytes overflow.
  const double pace = static_cast<double>(elapsed.count()) / static_cast<double>(report.done);
  return milliseconds(static_cast<std::int64_t>(pace * static_cast<double>(report.total - report.done)));
}

std::string figures(const ProgressReport& report, milliseconds elapsed) {
  auto text = amount(report);
  if (text.empty() && report.detail.empty() && elapsed > settled) text = fmt::format("{} s", elapsed.count() / 1000);
  if (const auto left = time_left(report, elapsed)) text += fmt::format("{}about {} left", text.empty() ? "" : ", ", roughly(*left));
  if (!report.detail.empty()) text += (text.empty() ? "" : "; ") + report.detail;
  return text.empty() ? text : ": " + text;
}

Tally::Tally(ProgressSink sink, ProgressReport start, std::string things, std::int64_t count)
    : sink_(std::move(sink)), report_(std::move(start)), things_(std::move(things)), count_(count) {
  if (sink_) sink_(report_);
}

Tally::~Tally() {
  if (sink_) sink_({});
}

void Tally::add(std::int64_t amount) {
  if (!sink_) return;
  const std::lock_guard lock(mutex_);
  report_.done += amount;
  report_.detail = fmt::format("{} of {} {}", ++things_done_, count_, things_);
  sink_(report_);
}

}  // namespace prodclone
