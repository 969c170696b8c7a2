// One thing that a check found wrong: what, where, why it matters, what to do.
#pragma once

#include <string>
#include <vector>

namespace prodclone::checks {

enum class Severity { failure, warning, note };  // a warning or a note never turns a test red

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

bool any_failure(const Findings& findings);

// As a person reads it, several lines, no colour.
std::string to_string(const Finding& finding);
std::string to_string(const Findings& findings);

}  // namespace prodclone::checks
