// What a schema demands of its rows: foreign keys, checks, NOT NULLs, unique and exclusive keys. Read before and after
// the pending migrations ran on a copy without rows, they tell what the migrations add, to be tried on the rows before.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <prodclone/pg/session.hpp>

namespace prodclone::data {

enum class RequirementKind { foreign_key, check, not_null, unique, exclusion };

using Oid = std::uint32_t;
using ColumnNumber = std::pair<Oid, int>;        // of a table; attnum

struct Requirement {
  RequirementKind kind = RequirementKind::check;
  Oid oid = 0;                                   // of the constraint, of the index behind a key; of the table for NOT NULL
  std::string name = {};                         // quoted where it must be; a NOT NULL's is its column's
  std::string definition = {};
  Oid table = 0, parent = 0;
  std::vector<int> columns = {}, parent_columns = {};   // attnums; 0 stands for an expression
  std::vector<std::string> operators = {};       // of a foreign key (parent on the left) or an exclusion
  std::vector<std::string> expressions = {};     // of a check (one) or an index
  std::string predicate = {};                    // of a partial index
  bool validated = true;
  bool match_full = false;
  bool nulls_equal = false;                      // NULLS NOT DISTINCT
  std::string beyond_us = {};                    // why it cannot be tried
};

struct RequiredColumn {
  std::string name = {};                         // quoted where it must be
  std::string type = {};
  Oid type_oid = 0;
  int type_modifier = -1;
};

struct Requirements {
  struct Table {
    std::string name = {};                       // qualified, quoted where it must be
    bool partitioned = false;
  };
  std::map<Oid, Table> tables = {};
  std::map<ColumnNumber, RequiredColumn> columns = {};
  std::vector<Requirement> all = {};
};

// Of all tables of users. Partitions' and heirs' own copies of what their parent demands are left out.
Requirements read_requirements(pg::Session& session);

// One thing that the migrations add, as queries on the database before them. Names in the queries are those of before;
// each table is read through a subquery that gives its columns the names and types of after.
struct Trial {
  Requirement requirement = {};
  std::string table = {};                        // after; "public.tenant"
  std::string table_before = {};
  std::vector<std::string> columns = {};         // before
  std::string offenders_from = {};               // "FROM … WHERE …", for a key over groups of equal rows
  std::string listing = {};                      // shows them
  std::string repairs = {};                      // ways out, all comments
  std::string not_tried = {};                    // why there are no queries
};

std::vector<Trial> plan_trials(const Requirements& before, const Requirements& after);

struct TrialReport {
  Trial trial = {};
  std::optional<std::int64_t> offenders = {};    // rows, of keys the rows that share one; absent: not tried
  std::string not_tried = {};
  std::vector<std::string> samples = {};         // places, with values only when asked for
};

// Read-only, on a database whose schema is that of before.
std::vector<TrialReport> run_trials(const pg::ConnInfo& database, const std::vector<Trial>& trials, bool reveal_values);

}  // namespace prodclone::data
