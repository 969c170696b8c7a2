// Processor seconds of this process, of its ended children, and of whole servers: steadier than wall time where other
// people's work runs beside ours.
#pragma once

#include <sys/types.h>

#include <vector>

namespace prodclone::bench {

class ProcessorTime {
 public:
  explicit ProcessorTime(std::vector<pid_t> postmasters = {}) : postmasters_(std::move(postmasters)) {}
  // So far. A server's counts its living backends and those that have ended; in steps of the kernel's clock tick.
  double seconds() const;

 private:
  std::vector<pid_t> postmasters_;
};

}  // namespace prodclone::bench
