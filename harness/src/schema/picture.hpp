// What a database's structure is, in digests: one for each table with all that stands on it, each type, function and the
// like. Two pictures tell which of these are surely equal; only of the others must the definitions be read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <prodclone/schema/snapshot.hpp>

#include "digest.hpp"

namespace prodclone::pg {
class Driver;
}

namespace prodclone::schema {

// The type of a table's rows, which is no object of its own: only a comment may stand on it.
inline constexpr std::string_view row_type = "row type";

// A row of a catalog that has an OID.
struct Member {
  std::string_view catalog = {};  // as in catalogs(), or row_type
  std::uint32_t oid = 0;
};

// Equal digests mean equal definitions: all of its catalog rows are in them, with what they refer to by name, and of
// what a stored expression refers to also all that shows when it is printed. Unequal ones may still print the same.
struct Unit {
  std::uint32_t catalog = 0;
  std::string name = {};  // with its schema; in its own words, not quoted
  Digest structure = {};
  Digest access = {};                     // owners and privileges
  bool comparable = true;                 // false: compare definitions, whatever the digest
  std::vector<Member> members = {};
};

struct Picture {
  int server_version = 0;
  std::string database = {};
  Digest context = {};                    // what may change how anything is printed
  std::vector<Unit> units = {};           // sorted by (catalog, name)
};

class CatalogMemory;

// In the transaction that the driver is in; it should be a repeatable-read one. OIDs from `first_oid` on are told by
// name: 16384 for two databases of one cluster, 12000 for others of the same major. What `memory` holds of the first is
// not read again.
Picture take_picture(pg::Driver& driver, std::uint32_t first_oid, CatalogMemory* memory = nullptr);

// The members of all units that are not surely equal, of each side; nothing where only whole snapshots can be compared.
struct Apart {
  std::vector<Member> a = {}, b = {};
  std::size_t units = 0;
};
Apart apart(const Picture& a, const Picture& b, bool with_access);
bool of_one_context(const Picture& a, const Picture& b);

}  // namespace prodclone::schema
