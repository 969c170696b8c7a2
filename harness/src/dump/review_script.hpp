// Runs a ScriptReview over a whole script: what is to run, what was left out, what is not whole.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <prodclone/pg/sql_scanner.hpp>

#include "script_review.hpp"

namespace prodclone::dump {

struct ReviewedPart {
  const pg::ScriptPartView& part;
  std::string where = {};  // file:line
};

struct ScriptFindings {
  Survey survey = {};
  std::vector<std::string> left_out = {};  // sentences, each once
  std::vector<Unloaded> objects = {};      // those that were left out, by name
};

// Calls `run` for each statement that belongs into the target, and for each COPY's data after it; both may be empty
// for a look only. `database`: of several that the script connects to, the one whose part is wanted; empty: the script
// must be about one. Throws Error(refused), or Error(could_not_check) when the script ends inside something.
ScriptFindings review_script(std::string_view script, const std::string& file, const std::string& database,
                             const std::function<void(const ReviewedPart&)>& run = {});

// The one database of several that is meant: `wanted`, or the only one that is not the server's own. Throws
// Error(refused) naming them all when that does not tell.
std::string chosen_database(const std::vector<std::string>& databases, const std::string& wanted, const std::string& file);

}  // namespace prodclone::dump
