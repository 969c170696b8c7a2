// Foreign keys and their orphans as values. Key values of orphans are personal data: they are read only when asked for.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace prodclone::data {

struct ForeignKey {
  std::string name = {};
  std::string child = {}, parent = {};                 // qualified, quoted where needed
  std::vector<std::string> child_columns = {}, parent_columns = {};
  bool match_full = false;
  bool validated = true;
  bool enforced = true;                                // PostgreSQL 18 can say NOT ENFORCED
  bool deferrable = false, initially_deferred = false;
  bool temporal = false;                               // PERIOD: the parent's ranges must cover the child's
  bool indexed = false;                                // an index of the child begins with the key's columns
  bool lookup_indexed = false;                         // an index finds the children of one parent; it may be partial
  std::int64_t child_rows = 0, parent_rows = 0;        // the planner's estimates
  std::string orphans_from = {};                       // "FROM … WHERE …": which rows of the child, alias fk, have no parent
  std::string sql_name = {}, sql_child = {};           // as SQL needs them
  friend bool operator==(const ForeignKey&, const ForeignKey&) = default;
};

struct Orphan {
  std::string table = {};                              // the partition that holds it
  std::string ctid = {};                               // finds the row on this copy and tells nothing of it
  std::vector<std::optional<std::string>> key = {};    // only when asked for
  friend bool operator==(const Orphan&, const Orphan&) = default;
};

struct ForeignKeyReport {
  ForeignKey key = {};
  std::optional<std::int64_t> orphans = {};            // absent: could not count
  std::string could_not_count = {};                    // the reason
  std::vector<Orphan> samples = {};
  std::chrono::microseconds took = {};
  friend bool operator==(const ForeignKeyReport&, const ForeignKeyReport&) = default;
};

struct ForeignKeyReports {
  std::string database = {};
  std::vector<ForeignKeyReport> keys = {};             // ordered by child, then name
  friend bool operator==(const ForeignKeyReports&, const ForeignKeyReports&) = default;
};

// A query that shows the orphans, and three ways out as comments to choose from: pasting it changes nothing.
std::string repair_sql(const ForeignKey& key);
// Lists the orphans with their keys.
std::string listing_sql(const ForeignKey& key);
std::string validate_sql(const ForeignKey& key);

}  // namespace prodclone::data
