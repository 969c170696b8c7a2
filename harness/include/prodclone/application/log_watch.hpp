// What a program's log says of a schema that it does not fit: patterns, and the lines that match.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <prodclone/config/application.hpp>

namespace prodclone::application {

struct LogPattern {
  std::string name = {};        // "undefined_column"
  std::string expression = {};  // ECMAScript, in any case
  std::string meaning = {};     // "it asks for a column that is not there"
};

struct LogMatch {
  std::string pattern = {};
  std::string meaning = {};
  std::size_t count = 0;
  std::vector<std::string> lines = {};  // the first few different ones: "12: ERROR: …"
  friend bool operator==(const LogMatch&, const LogMatch&) = default;
};

const std::vector<LogPattern>& default_log_patterns();

// The defaults with what the project changes: a name of its own adds, a default's name replaces, "" switches off.
std::vector<LogPattern> log_patterns(const config::Application& application);

// One for each pattern that matches, in their order; a line counts for the first pattern that it matches. Lines that
// match one of `ignored` do not count.
std::vector<LogMatch> matches_in(std::string_view log, const std::vector<LogPattern>& patterns, const std::vector<std::string>& ignored = {});

std::optional<std::string> matching_line(std::string_view log, const std::string& expression);

}  // namespace prodclone::application
