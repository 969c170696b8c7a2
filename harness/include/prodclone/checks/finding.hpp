// One thing that a check found wrong: what, where, why it matters, what to do.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace prodclone::checks {

// Only a failure turns a test red. `not_checked` says what was left out, on purpose or because nothing was declared to
// check against; what could not be checked is an Error, never a finding of this severity.
enum class Severity { failure, warning, note, not_checked };
std::string_view to_string(Severity severity);                          // "failure", "warning", "note", "not_checked"
std::optional<Severity> parse_severity(std::string_view text);

struct Finding {
  std::string check = {};                // "fk", "locks/LK04", "schema/drift", "dirty/edited"
  Severity severity = Severity::failure;
  std::string object = {};               // "public.document", "20260424-rename-legal-entity-to-tenant"
  std::string what = {};                 // one sentence: the fact, with figures
  std::string where = {};                // file:line, or the database
  std::string why = {};                  // one sentence: who gets hurt
  std::string remedy = {};               // what to do, may hold SQL on lines of its own
  std::vector<std::string> evidence = {};
  friend bool operator==(const Finding&, const Finding&) = default;
};

using Findings = std::vector<Finding>;

void append(Findings& findings, Findings more);

bool any_failure(const Findings& findings);

// As a person reads it, several lines, no colour.
std::string to_string(const Finding& finding);
std::string to_string(const Findings& findings);

}  // namespace prodclone::checks
