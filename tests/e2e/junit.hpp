// What ctest wrote with --output-junit, read strictly: a file that is not well-formed is an error, not an empty list.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace prodclone::e2e {

struct JunitCase {
  std::string name = {};
  std::string status = {};  // ctest's: run, fail, notrun, disabled
  std::string text = {};    // all that stands in it: output, messages
  bool passed() const { return status == "run"; }
  bool failed() const { return status == "fail"; }
};

// Throws std::runtime_error that says where the text is not well-formed, or when the suite's counts do not fit.
std::vector<JunitCase> parse_junit(std::string_view xml);

}  // namespace prodclone::e2e
