// One schema object as a plain value, as the catalogs tell it.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace prodclone::schema {

// Where the object stands in its catalog: kept by renames, moves and CREATE DATABASE … TEMPLATE, by nothing else.
struct Identity {
  std::uint32_t catalog = 0;  // classid; the same number on every server
  std::uint32_t oid = 0;
  std::int32_t sub = 0;  // a column's attnum
  explicit operator bool() const { return oid != 0; }
  auto operator<=>(const Identity&) const = default;
};

// One property that can differ. `value` is what people read, deparsed under search_path = pg_catalog; empty is the
// server's default. `raw` is the same in OIDs and attnums, where there is such a form: within one lineage equal raw
// means equal, whatever was renamed in between. A raw without a value is never compared.
struct Attribute {
  std::string name = {};
  std::string value = {};
  std::string raw = {};
  friend bool operator==(const Attribute&, const Attribute&) = default;
};

struct Object {
  std::string kind = {};       // see kinds.hpp
  std::string schema = {};     // empty: in none
  std::string name = {};       // unquoted; empty for row_security and comment, which are named by parent
  std::string signature = {};  // "(integer, public.status)" of functions
  std::string parent = {};     // qualified name of the table, view or domain it stands on
  Identity identity = {};
  Identity parent_identity = {};
  Identity index = {};                       // behind a constraint, which is one object with it
  int ordinal = 0;                           // physical position of a column
  bool inherited = false;                    // there only because its table's parent has it
  std::string definition = {};               // canonical SQL
  std::vector<Attribute> attributes = {};    // sorted by name; only these are compared, never the definition
  std::vector<Identity> depends = {};        // objects of users that it needs
  std::string owner = {};                    // compared only on request, as privileges
  std::vector<std::string> privileges = {};  // ACL items, sorted
  friend bool operator==(const Object&, const Object&) = default;
};

// "public.document.tenant_id", "public.f(integer)", for a comment what it stands on: "column public.document.id".
// Parts are quoted where they need it.
std::string qualified_name(const Object& object);

// "public.t" and "c" of "public.t.c", cut at the last dot outside quotes; a signature stays with the last part.
struct SplitName {
  std::string owner = {};
  std::string last = {};  // quoted as it was
  friend bool operator==(const SplitName&, const SplitName&) = default;
};
SplitName split_name(std::string_view qualified);

// Nullptr where it has none.
const Attribute* attribute(const Object& object, std::string_view name);
std::string_view attribute_value(const Object& object, std::string_view name);

}  // namespace prodclone::schema

template <>
struct std::hash<prodclone::schema::Identity> {
  std::size_t operator()(const prodclone::schema::Identity& id) const noexcept {
    return (static_cast<std::size_t>(id.oid) << 20) ^ (static_cast<std::size_t>(id.catalog) << 4) ^
           static_cast<std::size_t>(id.sub);
  }
};
