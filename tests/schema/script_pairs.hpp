// Pairs of schemas that a script must lead between, and what no script can.
#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace prodclone::schema {

struct ScriptPair {
  std::string name = {};
  std::string a = {}, b = {};
  int from_major = 13;
  std::vector<std::string> cannot_there = {}, cannot_back = {};  // the differences that are said to be not expressed
};

const std::vector<ScriptPair>& script_pairs();

inline void PrintTo(const ScriptPair& pair, std::ostream* out) {
  *out << pair.name;
}

// Of a planted difference: the lineage back, there by names, back by names.
struct NotExpressible {
  std::vector<std::string> lineage_back = {}, there = {}, back = {};
};
NotExpressible not_expressible(std::string_view planted_difference);

// Of the mutations, by their DDL: in one direction at least PostgreSQL has no statement for it, and the script says so.
struct MutationNotExpressed {
  std::string ddl = {}, why = {};
};
const std::vector<MutationNotExpressed>& mutations_not_expressed();

}  // namespace prodclone::schema
