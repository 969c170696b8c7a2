// What holds rows in one database, as plain values: relations, their columns, and what tells their rows apart.
// OIDs and column numbers identify things between copies of one database, whatever they are called there.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace prodclone::pg {
class Session;
}

namespace prodclone::data {

// How a column's values are best hashed; a domain counts as what it is made of, an enum as its labels.
enum class TypeClass { integer, boolean, numeric, floating, date, timestamp, timestamptz, uuid, json, jsonb, text, object, other };

struct Column {
  int number = 0;
  std::string name = {};          // quoted where needed
  std::string type = {};          // "character varying(20)"
  TypeClass type_class = TypeClass::other;
  bool generated = false;
  std::uint32_t enum_type = 0;    // 0: none
  bool enum_array = false;        // of that type
  friend bool operator==(const Column&, const Column&) = default;
};

enum class Kind { table, partitioned, foreign, materialized_view };

struct Relation {
  std::uint32_t oid = 0;
  Kind kind = Kind::table;
  std::string name = {};          // qualified, quoted where needed
  std::uint32_t root = 0;         // of a partition: the table that it is part of
  std::string extension = {};     // that owns it
  std::int64_t rows = 0, pages = 0;             // the planner's estimates
  std::vector<Column> columns = {};             // by number
  std::vector<std::vector<int>> keys = {};      // unique and not null, best first: column numbers
  friend bool operator==(const Relation&, const Relation&) = default;
};

struct Sequence {
  std::uint32_t oid = 0;
  std::string name = {};
  bool used = false, descending = false;
  std::int64_t last_value = 0;
  friend bool operator==(const Sequence&, const Sequence&) = default;
};

struct EnumLabel {
  std::uint32_t oid = 0, type = 0;
  std::string label = {};
  friend bool operator==(const EnumLabel&, const EnumLabel&) = default;
};

struct Catalog {
  int server_version = 0;
  std::vector<Relation> relations = {};         // by name
  std::vector<Sequence> sequences = {};         // by name
  std::vector<EnumLabel> labels = {};
  std::int64_t large_objects = 0;
  friend bool operator==(const Catalog&, const Catalog&) = default;
};

// Five queries, whatever the number of tables.
Catalog read_catalog(pg::Session& session);

const Relation* find_relation(const Catalog& catalog, std::uint32_t oid);
const Relation* find_relation(const Catalog& catalog, const std::string& name);
const Column* find_column(const Relation& relation, const std::string& name);
const Column* find_column(const Relation& relation, int number);

}  // namespace prodclone::data
