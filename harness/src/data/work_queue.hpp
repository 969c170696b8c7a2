// A list of jobs worked through by a few threads, each with a connection of its own; the first one is the caller's.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <thread>
#include <vector>

#include <prodclone/pg/session.hpp>

namespace prodclone::data {

// `open` makes a connection, `work` gets one and the number of a job. What a thread throws ends that thread's work and is
// thrown here after the others are through.
template <typename Open, typename Work>
void work_through(std::size_t jobs, std::size_t connections, const Open& open, const Work& work) {
  if (jobs == 0) return;
  std::atomic<std::size_t> next = 0;
  std::vector<std::exception_ptr> failures(std::clamp<std::size_t>(connections, 1, jobs));
  const auto run = [&](std::size_t n) {
    try {
      pg::Session session = open();
      for (std::size_t job = next++; job < jobs; job = next++) work(session, job);
    } catch (...) {
      failures[n] = std::current_exception();
    }
  };
  std::vector<std::thread> others;
  for (std::size_t n = 1; n < failures.size(); ++n) others.emplace_back(run, n);
  run(0);
  for (auto& thread : others) thread.join();
  for (const auto& failure : failures)
    if (failure) std::rethrow_exception(failure);
}

}  // namespace prodclone::data
