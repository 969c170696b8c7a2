// How a start went.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace prodclone::application {

struct Readiness {
  bool ready = false;
  std::string last_answer = {};           // of the health URL: "http://… answers 503"
  std::optional<std::string> ended = {};  // it ended instead: "exit code 1"
  std::chrono::milliseconds took = {};
};

}  // namespace prodclone::application
