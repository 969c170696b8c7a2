// What a long operation tells whoever watches: phases and, where known, how much is done.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace prodclone {

struct ProgressReport {
  std::string phase = {};      // "loading dump/prod.dump"
  std::int64_t done = 0;
  std::int64_t total = 0;      // 0: not known
  std::string unit = {};       // "objects", "MB"; "bytes" is shown as kB, MB, …
};

// Called from the thread that does the work; may be empty.
using ProgressSink = std::function<void(const ProgressReport&)>;

// A sink that draws one line on standard error when that is a terminal (with the time left), and prints each phase
// once when it is not.
ProgressSink terminal_progress();

}  // namespace prodclone
