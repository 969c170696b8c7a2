// Tells of a list of checks as of one phase: how many are done, what the one under way is doing, and how long the rest
// will take, by what each took the last time.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <prodclone/workflow/provisioning.hpp>

namespace prodclone::workflow {

class CheckProgress {
 public:
  CheckProgress(Provisioning& provisioning, std::vector<std::string> names);
  ~CheckProgress();
  CheckProgress(const CheckProgress&) = delete;
  CheckProgress& operator=(const CheckProgress&) = delete;
  void begin(std::size_t check);
  void end(std::size_t check);

 private:
  void tell(const ProgressReport& within);

  Provisioning& provisioning_;
  ProgressSink outer_;
  std::vector<std::string> names_;
  std::vector<std::optional<std::chrono::milliseconds>> before_;   // what each took the last time
  std::map<std::string, double> took_;
  std::size_t current_ = 0;
  std::chrono::steady_clock::time_point began_, phase_began_;
  std::string phase_;
};

}  // namespace prodclone::workflow
