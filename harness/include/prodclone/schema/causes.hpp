// What usually makes two schemas differ in this way: experience as a table.
#pragma once

#include <span>
#include <string_view>

#include <prodclone/schema/diff.hpp>

namespace prodclone::schema {

struct Cause {
  Change change = Change::changed;
  std::string_view kinds = {};      // separated by blanks; empty: any
  std::string_view attribute = {};  // that is touched; empty: any
  std::string_view text = {};       // a sentence or two, for whoever has to find out
};

// The first that fits tells most.
std::span<const Cause> causes();

// Empty where experience says nothing.
std::string_view usual_cause(const Difference& difference);

}  // namespace prodclone::schema
