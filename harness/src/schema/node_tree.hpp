// A stored expression or view (pg_node_tree) in a form that two databases can be compared by: what it refers to by OID
// is told by name, and where it stood in its statement is left out.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "digest.hpp"

namespace prodclone::schema {

// What a tree says without any names, in a few bytes: a digest of its text with a mark for each OID, and those OIDs.
// Appended to `outline`; `scratch` is for the text. From `first_oid` on, OIDs stand for names.
void append_outline(std::string_view tree, std::uint32_t first_oid, std::string& scratch, std::string& outline);

struct NodeTreeNames {
  // Of what has this OID: its name and all of it that shows where it is printed; nothing where it is not known.
  std::function<std::optional<Digest>(std::uint32_t oid)> of = {};
  // Whether a constant of this type holds the OID of a label.
  std::function<bool(std::uint32_t type)> is_enum = {};
};

// False when the tree holds something that may be an OID inside a value that only its type can read: it is comparable
// to nothing.
bool add_outline(std::string_view outline, const NodeTreeNames& names, Digesting& digest);

}  // namespace prodclone::schema
