// The renames found between two states of one lineage, and whether two texts differ by nothing else.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <prodclone/schema/object.hpp>

#include "sql_tokens.hpp"

namespace prodclone::schema {

class RenameMap {
 public:
  // A matched pair; remembers what is renamed or moved in it.
  void add(const Object& before, const Object& after);
  bool empty() const { return everywhere_.empty() && moved_.empty() && columns_.empty() && labels_.empty(); }

  // The name of a schema of `before` in `after`.
  const std::string& schema(const std::string& before) const;

  // True when `after` is `before` with renamed things called by their new names. What may differ where: names of
  // tables, types, functions and the like anywhere; names of columns where their table is mentioned or `home`, the
  // qualified name of the table that the text belongs to; enum labels and names in literals where a cast says so.
  bool explains(std::string_view before, std::string_view after, const std::string& home) const;

 private:
  using Pair = std::pair<std::string, std::string>;
  struct Comparison;

  std::set<Pair> everywhere_;                      // simple names
  std::map<Pair, std::set<std::string>> moved_;    // (schema, name) in `before`: schemas it is in now
  std::map<std::string, std::set<Pair>> columns_;  // by qualified name of the table in `before`
  std::map<std::string, std::set<Pair>> labels_;   // by qualified name of the type in `before`
  std::map<std::string, std::string> schemas_;
};

}  // namespace prodclone::schema
