#include "lock_sampler.hpp"

#include <stdexcept>

#include <sql/held_locks.hpp>

namespace prodclone::rehearsal {

std::pair<Oid, LockMode> parse_held_lock(const std::string& text) {
  const auto space = text.find(' ');
  const auto mode = lock_mode_from(space == std::string::npos ? std::string_view() : std::string_view(text).substr(space + 1));
  if (!mode) throw std::logic_error("not a lock: " + text);
  return {static_cast<Oid>(std::stoul(text.substr(0, space))), *mode};
}

LockSampler::LockSampler(const pg::ConnInfo& database) : session_(database) {}

LockSampler::~LockSampler() {
  if (thread_.joinable()) stop();
}

void LockSampler::start(int backend_pid, std::chrono::microseconds every) {
  samples_ = {};
  stopping_ = false;
  thread_ = std::thread([this, backend_pid, every] { look_repeatedly(backend_pid, every); });
}

LockSampler::Samples LockSampler::stop() {
  stopping_ = true;
  thread_.join();
  return std::move(samples_);
}

void LockSampler::look_repeatedly(int backend_pid, std::chrono::microseconds every) {
  using Clock = std::chrono::steady_clock;
  const auto began = Clock::now();
  constexpr auto short_statement = std::chrono::milliseconds(200);
  try {
    for (auto next = began; !stopping_; std::this_thread::sleep_until(next)) {
      const auto result = session_.query(sql::held_locks, {std::to_string(backend_pid)});
      const auto at = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began);
      for (const auto& text : result.texts(0, "locks"))
        samples_.locks.try_emplace(parse_held_lock(text), Seen{at, at}).first->second.last = at;
      ++samples_.looks;
      next = Clock::now() + (at < short_statement ? every : 5 * every);
    }
  } catch (const std::exception& error) {
    samples_.failure = error.what();
  }
}

}  // namespace prodclone::rehearsal
