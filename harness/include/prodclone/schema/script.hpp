// The way from one schema to another: ordered statements, safest form first. Pure; whoever runs them proves them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <prodclone/schema/diff.hpp>

namespace prodclone::schema {

enum class Run {
  in_transaction,  // together with its neighbours
  alone,           // may be in a transaction, but would hold the others' locks for as long as it scans
  outside,         // the server refuses it in a transaction
};

struct ScriptStatement {
  std::string sql = {};  // with its semicolon
  Run run = Run::in_transaction;
  bool access = {};                      // gives an owner or privileges, no structure
  std::string loses = {};                // what is gone for good; empty: nothing
  std::string note = {};                 // its lock, and what to know before running it
  std::string assumes = {};              // what it takes for granted and nobody said
  std::vector<std::string> closes = {};  // differences, as to_string gives them
  friend bool operator==(const ScriptStatement&, const ScriptStatement&) = default;
};

struct NotExpressed {
  std::string difference = {};
  std::string why = {};
  friend bool operator==(const NotExpressed&, const NotExpressed&) = default;
};

struct Script {
  std::vector<ScriptStatement> statements = {};
  // Destructive ones that were not allowed, and what can only come after them. They are in order among themselves.
  std::vector<ScriptStatement> withheld = {};
  std::vector<NotExpressed> not_expressed = {};
  bool empty() const { return statements.empty() && withheld.empty() && not_expressed.empty(); }
  friend bool operator==(const Script&, const Script&) = default;
};

struct ScriptOptions {
  DiffOptions compared = {};
  bool lineage = {};            // b grew out of a or a out of b: renames are known, not proposed
  bool allow_destructive = {};  // drop what holds rows, narrow types
  bool keep_access = true;      // what is made again gets its owner and privileges back
  std::string runs_as = {};     // the role that will run it, where that is known: what it makes belongs to it anyway
  bool one_transaction = {};    // nothing concurrently: simple instead of gentle, for the way back out of a migration
};

// From `a` to `b`, both of one major.
Script write_script(const Snapshot& a, const Snapshot& b, const ScriptOptions& options = {});

struct ScriptPart {
  bool transaction = {};
  std::vector<const ScriptStatement*> statements = {};  // of the script that it was cut from
};

// Stretches that may share one transaction, and between them each statement that may not.
std::vector<ScriptPart> parts_of(const Script& script);

struct ScriptLabels {
  std::string a = "a", b = "b";
};

// For psql: BEGIN and COMMIT around the parts that may be transactions, what was withheld as comments, what is not
// expressed as lines that begin with `-- NOT EXPRESSED:`.
std::string to_sql(const Script& script, const ScriptLabels& labels = {});

// The server gives OIDs from one counter for all databases: two of them share objects only when one was copied from
// the other, or both from a third.
bool share_lineage(const Snapshot& a, const Snapshot& b);

}  // namespace prodclone::schema
