// The time of a migration without the time of whoever watches it: it stands still while a hook runs.
#pragma once

#include <chrono>
#include <optional>

namespace prodclone::migrations {

class RunClock {
 public:
  // Since the first call.
  std::chrono::microseconds now() {
    const auto moment = Steady::now();
    if (!start_) start_ = moment;
    return std::chrono::duration_cast<std::chrono::microseconds>(moment - *start_ - away_);
  }

  template <typename Hook, typename... Arguments>
  void tell(const Hook& hook, const Arguments&... arguments) {
    if (!hook) return;
    const Pause pause(*this);
    hook(arguments...);
  }

 private:
  using Steady = std::chrono::steady_clock;

  struct Pause {
    explicit Pause(RunClock& paused) : clock(paused) {}
    Pause(const Pause&) = delete;
    Pause& operator=(const Pause&) = delete;
    ~Pause() {
      if (clock.start_ && *clock.start_ <= begin) clock.away_ += Steady::now() - begin;
    }
    RunClock& clock;
    Steady::time_point begin = Steady::now();
  };

  std::optional<Steady::time_point> start_;
  Steady::duration away_{};
};

}  // namespace prodclone::migrations
