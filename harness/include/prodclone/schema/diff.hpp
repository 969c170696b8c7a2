// What is structurally different between two snapshots: pure, order-insensitive.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <prodclone/schema/snapshot.hpp>

namespace prodclone::schema {

enum class Change { added, removed, changed, renamed };
std::string_view to_string(Change change);

struct Touched {
  std::string attribute = {};  // "default", "type"; "owner", "privileges", "column_order" on request
  std::string a = {}, b = {};  // empty: the server's default
  friend bool operator==(const Touched&, const Touched&) = default;
};

struct Difference {
  Change change = Change::changed;
  std::string kind = {};
  std::string name = {};                      // qualified, in b; in a when removed
  std::optional<std::string> old_name = {};   // qualified, in a, when renamed
  std::optional<std::string> a = {}, b = {};  // definitions
  // When changed. Of an added or removed index that is not valid: "valid", for pg_dump does not show it.
  std::vector<Touched> touched = {};
  Identity identity_a = {}, identity_b = {};
  // A consequence: its text mentions something by another name, and a rename of that changes it on its own.
  bool by_rename = {};
  friend bool operator==(const Difference&, const Difference&) = default;
};

// Stable, one line: "added table public.t", "changed column public.t.c (default, type)",
// "renamed column public.document.legal_entity_id -> tenant_id", "renamed table public.t -> archive.t".
std::string to_string(const Difference& difference);

struct Differences {
  std::vector<Difference> entries = {};
  // True, but only because of an entry: all that stands on an added or removed table, what partitions and inheriting
  // tables got from their parent, what mentions something renamed.
  std::vector<Difference> consequences = {};
  bool empty() const { return entries.empty(); }
  friend bool operator==(const Differences&, const Differences&) = default;
};

struct DiffOptions {
  bool strict = {};  // physical column order counts
  bool owners = {};
  bool privileges = {};
};

// Two databases of any origin, matched by qualified name. Of what is left over, an object is taken as renamed when
// definition and place are equal and exactly one on each side fits. Snapshots of two majors are brought to one spelling
// first (majors.hpp); throws Error(could_not_check) where those two are not measured.
Differences diff(const Snapshot& a, const Snapshot& b, const DiffOptions& options = {});

// `after` grew out of `before`: the same database later, or a TEMPLATE copy of it. Siblings must each be compared with
// their common ancestor. Matches by identity, then by name after applying the renames found: renames and moves are
// exact, and text that differs only because it mentions a renamed thing is no change. Bodies and comments are free
// text and compared as they are.
Differences diff_by_identity(const Snapshot& before, const Snapshot& after, const DiffOptions& options = {});

}  // namespace prodclone::schema
