#include "check_progress.hpp"

#include <algorithm>

#include "paces.hpp"

namespace prodclone::workflow {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

std::string pace_name(const std::string& check) { return "check: " + check; }

milliseconds since(Clock::time_point began) { return std::chrono::duration_cast<milliseconds>(Clock::now() - began); }

}  // namespace

CheckProgress::CheckProgress(Provisioning& provisioning, std::vector<std::string> names)
    : provisioning_(provisioning), outer_(provisioning.progress()), names_(std::move(names)) {
  for (const auto& name : names_) {
    const auto pace = pace_of(provisioning_.project(), pace_name(name));
    before_.push_back(pace ? std::optional(milliseconds(static_cast<std::int64_t>(*pace))) : std::nullopt);
  }
  if (outer_) provisioning_.report_to([this](const ProgressReport& report) { tell(report); });
}

CheckProgress::~CheckProgress() {
  if (outer_) outer_({});
  provisioning_.report_to(outer_);
  remember_paces(provisioning_.project(), took_);
}

void CheckProgress::begin(std::size_t check) {
  current_ = check;
  began_ = Clock::now();
  tell({});
}

void CheckProgress::end(std::size_t check) { took_[pace_name(names_[check])] = static_cast<double>(since(began_).count()); }

void CheckProgress::tell(const ProgressReport& within) {
  if (!outer_) return;
  if (within.phase != phase_) {
    phase_ = within.phase;
    phase_began_ = Clock::now();
  }
  ProgressReport report{.phase = "checking", .done = static_cast<std::int64_t>(current_), .total = static_cast<std::int64_t>(names_.size()), .unit = "checks", .even = false};
  report.detail = names_[current_];
  if (!within.phase.empty()) report.detail += ", " + within.phase + figures(within, since(phase_began_));
  // Only when all that are left are known; the one under way may take longer than it did.
  const bool known = std::all_of(before_.begin() + static_cast<std::ptrdiff_t>(current_), before_.end(), [](const auto& took) { return took.has_value(); });
  if (known) {
    auto left = std::max(*before_[current_] - since(began_), milliseconds(0));
    for (std::size_t i = current_ + 1; i < before_.size(); ++i) left += *before_[i];
    if (left > milliseconds(0)) report.left = left;
  }
  outer_(report);
}

}  // namespace prodclone::workflow
