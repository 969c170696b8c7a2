// DDL that changes one thing in the kitchen sink, and what the diff must call it: for each kind, each attribute.
#pragma once

#include <string>
#include <vector>

namespace prodclone::schema {

struct Mutation {
  std::string ddl = {};                    // under search_path = app
  std::vector<std::string> expected = {};  // renderings, sorted
  int from_major = 13;
  // In one lineage where it is not the same; empty: the same.
  std::vector<std::string> lineage = {};
  bool on_request = {};  // seen with owners and privileges, and only then
};

const std::vector<Mutation>& mutations();

}  // namespace prodclone::schema
