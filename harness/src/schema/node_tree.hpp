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

struct NodeTreeNames {
  // Of what has this OID: its name and all of it that shows where it is printed; nothing where it is not known.
  std::function<std::optional<Digest>(std::uint32_t oid)> of = {};
  // Whether a constant of this type holds the OID of a label.
  std::function<bool(std::uint32_t type)> is_enum = {};
  std::uint32_t first_oid = 16384;  // below, an OID means the same on both sides
};

// False when the tree holds something that may be an OID inside a value that only its type can read: it is comparable
// to nothing.
bool append_canonical(std::string_view tree, const NodeTreeNames& names, std::string& canonical);

}  // namespace prodclone::schema
