// Which system catalogs hold a database's structure, and how their rows hang together. The comparison by digests reads
// exactly these; what a snapshot's query reads must be among them.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace prodclone::schema {

enum class Reading {
  names,      // only to call things by their name; no part of anything
  by_itself,  // each row is a unit of its own
  part_of,    // of the unit that its column `unit` names
};

struct Catalog {
  std::string_view name = {};
  Reading reading = Reading::by_itself;
  std::string_view unit = {};          // column with the OID of what the row is part of
  std::string_view unit_catalog = {};  // and the catalog that this is in
  std::string_view key = {};           // columns that make up its name, "namespace" columns first, separated by blanks
  std::string_view columns = {};       // nothing: all that can be read but `without`
  std::string_view without = {};       // says nothing of the structure
  std::string_view present_only = {};  // of these, only whether they are zero
  std::array<std::string_view, 3> links = {};  // "expression name": OIDs for the reader only
  std::string_view from = {};          // joins; the catalog is called x. Of what is joined nothing is read that can change
  std::string_view where = {};         // OIDs from {first} on
  // A number that tells its rows apart, as long as they are of different versions: "oid" where there is one. A dash: they
  // have no versions (views), or it is not worth while.
  std::string_view version_key = {};
  std::string_view version_where = {};  // not less than `where`, and quicker; nothing: the same
};

// In an order in which each can be read after those that it names.
std::span<const Catalog> catalogs();

// One column of a catalog on this server.
struct CatalogColumn {
  enum class Form { plain, reference, references, node_tree, owner, privileges, link };  // link: for the reader only
  std::string name = {};
  Form form = Form::plain;
  bool present_only = {};
  bool folded = {};  // into one digest with others, for nobody asks for it alone
};

struct CatalogReading {
  const Catalog* catalog = nullptr;
  std::uint32_t oid = 0;  // of the catalog
  std::vector<CatalogColumn> sent = {};     // as the server sends them
  std::vector<CatalogColumn> columns = {};  // as RowOutliner leaves them: what is folded comes last, as "rest"
  std::string list = {}, rows = {};  // SELECT <list> FROM pg_catalog.… x <rows>
  std::string version_key = {};      // empty: no versions
  std::string version_rows = {};
};

struct KnownColumn {
  std::string catalog = {}, name = {};
  std::uint32_t catalog_oid = 0, type = 0;
};

// For the columns that the server has. OIDs below `first_oid` mean the same in both databases.
std::vector<CatalogReading> catalog_readings(std::span<const KnownColumn> known, std::uint32_t first_oid);

}  // namespace prodclone::schema
