// Waits on a condition with a deadline, never for luck: true as soon as the condition holds.
#pragma once

#include <chrono>
#include <thread>

namespace prodclone::selftest {

template <typename Condition>
bool eventually(Condition&& condition, std::chrono::milliseconds deadline = std::chrono::seconds(10)) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

}  // namespace prodclone::selftest
