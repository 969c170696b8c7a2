// Changes of any database, made from its own snapshot: each object renamed, dropped, commented on, given to others, and
// each of its attributes changed for which there is a statement that fits them all.
#pragma once

#include <string>
#include <vector>

#include <prodclone/schema/diff.hpp>
#include <prodclone/schema/snapshot.hpp>

namespace prodclone::schema {

struct DerivedMutation {
  std::string ddl = {};  // the server may refuse it
  Change change = Change::changed;
  std::string kind = {}, name = {};  // what the diff must report, by its name before
  std::string attribute = {};        // when changed
  // Others change with it: what needs what is dropped, what mentions a column that gets another type. Only those may.
  bool reaches_others = {};
  bool on_request = {};  // seen with owners and privileges, and only then
};

std::vector<DerivedMutation> derive_mutations(const Snapshot& snapshot);

// One for each kind and what is done to it, always the same ones; all where `all` is set.
std::vector<DerivedMutation> sample(std::vector<DerivedMutation> mutations, bool all);

}  // namespace prodclone::schema
