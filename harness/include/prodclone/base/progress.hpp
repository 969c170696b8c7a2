// What a long operation tells whoever watches: phases and, where known, how much is done and how long it will take.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <future>
#include <mutex>
#include <optional>
#include <string>

namespace prodclone {

struct ProgressReport {
  std::string phase = {};      // "loading dump/prod.dump"; empty: nothing is under way any more
  std::int64_t done = 0;
  std::int64_t total = 0;      // 0: not known
  std::string unit = {};       // "objects", "MB"; "bytes" is shown as kB, MB, …
  std::string detail = {};     // "12 of 45 tables"
  std::optional<std::chrono::milliseconds> left = {};   // known better than by the pace of what is done
  bool even = true;            // each of what is to be done takes about as long, so that the pace tells something
};

// None: there is nothing to tell it by yet.
std::optional<std::chrono::milliseconds> time_left(const ProgressReport& report, std::chrono::milliseconds elapsed);
// ": 3 of 12 GB, about 40 s left; 12 of 45 tables", as it stands behind the phase; "" when there is nothing to say.
std::string figures(const ProgressReport& report, std::chrono::milliseconds elapsed);

// Called by one thread at a time; may be empty.
using ProgressSink = std::function<void(const ProgressReport&)>;

struct ProgressStyle {
  bool terminal = false;                             // one line, drawn again and again; else a line for each phase
  std::size_t columns = 80;                          // of the terminal
  std::chrono::milliseconds tick{1000};              // how often the line is drawn when nothing is reported
  std::chrono::milliseconds repeat{30'000};          // not on a terminal: how often a phase that lasts says how far it is
  std::chrono::milliseconds worth_a_line{10'000};    // … and how long it must have taken to be said to be over
};

ProgressSink progress_on(std::FILE* out, const ProgressStyle& style);
// On standard error, as it is. A signal that ends the process finds the line of a terminal cleared.
ProgressSink terminal_progress();

// What several threads do together: amounts add up to `start.total`, things to `count`. The phase ends with it.
class Tally {
 public:
  Tally(ProgressSink sink, ProgressReport start, std::string things, std::int64_t count);
  ~Tally();
  Tally(const Tally&) = delete;
  Tally& operator=(const Tally&) = delete;
  void add(std::int64_t amount);   // one thing more is done; from any thread

 private:
  std::mutex mutex_;
  ProgressSink sink_;
  ProgressReport report_;
  std::string things_;
  std::int64_t count_ = 0, things_done_ = 0;
};

// Does `work` on a thread of its own and calls `look` here until it is done; throws what either threw, work being over.
template <typename Work, typename Look>
void while_watching(const Work& work, std::chrono::milliseconds every, const Look& look) {
  auto done = std::async(std::launch::async, work);
  while (done.wait_for(every) != std::future_status::ready) look();
  done.get();
}

}  // namespace prodclone
