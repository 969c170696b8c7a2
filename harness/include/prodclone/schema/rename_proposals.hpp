// What may have been renamed between two schemas of different origin, where dropping and adding would lose rows.
#pragma once

#include <string>
#include <vector>

#include <prodclone/schema/snapshot.hpp>

namespace prodclone::schema {

struct ProposedRename {
  std::string kind = {};
  std::string from = {}, to = {};  // qualified
  friend bool operator==(const ProposedRename&, const ProposedRename&) = default;
};

// "table public.legal_entity -> public.tenant"
std::string to_string(const ProposedRename& rename);

// Schemas, types, domains, sequences, tables and columns that only one side has: proposed where definitions are equal and
// exactly one fits on each side. `diff` does not take them for renames, for equal columns are often different things.
// Text that mentions something renamed differs until it is: run the statements, read `a` again and ask again.
std::vector<ProposedRename> propose_renames(const Snapshot& a, const Snapshot& b);

// A move to another schema, then the name.
std::vector<std::string> statements_of(const ProposedRename& rename);

}  // namespace prodclone::schema
