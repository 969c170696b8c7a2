#include <prodclone/schema/causes.hpp>

#include <algorithm>
#include <array>

namespace prodclone::schema {

namespace {

using enum Change;

constexpr std::string_view index_like = "index primary_key unique_constraint exclusion_constraint";
constexpr std::string_view not_valid =
    "An index that is not valid is what a failed CREATE INDEX CONCURRENTLY leaves behind: drop it and build it again.";
constexpr std::string_view with_index = "primary_key unique_constraint exclusion_constraint";

// clang-format off
constexpr std::array table = {
    Cause{renamed, "primary_key unique_constraint exclusion_constraint foreign_key check_constraint", "",
          "A table or column was renamed, and its constraint kept its old name; or the name was left to the server, which chose another one."},
    Cause{renamed, "index", "", "A table or column was renamed, and its index kept its old name; or the name was left to the server, which chose another one."},
    Cause{renamed, "sequence", "", "A table or column was renamed, and the sequence behind it kept its old name."},
    Cause{renamed, "trigger policy rule statistics", "", "It was made by hand on one side, or renamed on one side only."},
    Cause{changed, "type", "labels",
          "The order of enum values counts: ADD VALUE without BEFORE or AFTER puts the value last."},
    Cause{changed, "type", "attributes", "ALTER TYPE … ADD ATTRIBUTE puts the attribute last, whatever its place in CREATE TYPE."},
    Cause{changed, "", "column_order", "A column that is dropped and added again goes last, as after a down and up again."},
    Cause{changed, index_like, "valid", not_valid},
    Cause{removed, "index", "valid", not_valid},
    Cause{added, "index", "valid", not_valid},
    Cause{changed, with_index, "index_valid", not_valid},
    Cause{changed, "trigger", "enabled", "A trigger is disabled on one side: left so after a bulk load or an incident?"},
    Cause{changed, "column", "not_null", "SET NOT NULL ran on one side only: where rows held NULL it fails, and on an empty database it does not."},
    Cause{changed, "column", "identity", "One side uses serial or a default, the other an identity column: the tool that makes tables was changed in between."},
    Cause{changed, "column", "default", "The default was set on one side only, or written by another version of the server or of the tool in other words."},
    Cause{changed, "column", "type", "The column was widened or converted on one side only: varchar(n) and text, integer and bigint, timestamp with and without time zone are the usual pairs."},
    Cause{changed, "column", "collation", "The column was made under another default collation, or a provider was changed."},
    Cause{changed, "column", "inheritance", "The column was added to parent and child separately, or the table was attached on one side only."},
    Cause{changed, "column", "storage", "Somebody tuned the table by hand."},
    Cause{changed, "column", "statistics", "Somebody tuned the table by hand: ALTER COLUMN … SET STATISTICS is rarely in a migration."},
    Cause{changed, "column", "compression", "The server's default_toast_compression differed when the column was made."},
    Cause{changed, "foreign_key check_constraint", "definition", "Often NOT VALID on one side: the VALIDATE CONSTRAINT that should follow never ran, or ran only there. Otherwise the constraint was made again with other words."},
    Cause{changed, "index", "on", "The index was built again by hand with other columns, order, method or condition."},
    Cause{changed, index_like, "clustered", "Somebody ran CLUSTER by hand."},
    Cause{changed, "table", "options", "Somebody tuned autovacuum or fillfactor by hand."},
    Cause{changed, "table", "replica_identity", "Logical replication was set up on one side only."},
    Cause{changed, "", "tablespace", "The storage was moved by hand, or default_tablespace differed when it was made."},
    Cause{changed, "table", "bound", "The partition was detached and attached again with other bounds."},
    Cause{changed, "table", "detach_pending", "DETACH PARTITION CONCURRENTLY was interrupted: run it again with FINALIZE."},
    Cause{changed, "sequence", "data_type", "The column was made a bigint, and the sequence behind it was not, or the other way round."},
    Cause{changed, "sequence", "owned_by", "The column was made again or the sequence by hand: OWNED BY was lost on the way."},
    Cause{changed, "view materialized_view", "query", "SELECT * keeps the columns that there were when the view was made; otherwise it was replaced on one side only."},
    Cause{changed, "function procedure", "body", "CREATE OR REPLACE ran on one side only, or an applied migration was edited; white space and line ends count."},
    Cause{changed, "function procedure", "configuration", "ALTER FUNCTION … SET was run by hand, often to pin search_path after a security review."},
    Cause{changed, "function procedure", "volatility", "CREATE OR REPLACE FUNCTION without a word on it makes it volatile again."},
    Cause{changed, "extension", "version", "ALTER EXTENSION … UPDATE ran on one side only, or the packages differ."},
    Cause{changed, "extension", "schema", "CREATE EXTENSION ran under another search_path."},
    Cause{changed, "policy", "", "The policy was dropped and made again by hand: who may see which rows differs."},
    Cause{changed, "row_security", "", "Row level security was switched by hand, or a restore left it off."},
    Cause{changed, "comment", "", "Comments are edited by hand, and by tools that keep their own marks in them."},
    Cause{changed, "", "owner", "The migrations ran as another role."},
    Cause{changed, "", "privileges", "Rights were granted by hand, or default privileges differed when it was made."},
    Cause{removed, "index", "", "Often an index that was made by hand in production, during an incident."},
    Cause{added, "index", "", "Often an index whose CREATE INDEX CONCURRENTLY was skipped or failed on the other side."},
    Cause{removed, "sequence", "", "Often left behind by a serial column whose default was dropped."},
    Cause{removed, "event_trigger", "", "Often left behind by a migration or audit tool."},
};
// clang-format on

bool names(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const auto end = std::min(words.find(' '), words.size());
    if (words.substr(0, end) == word) return true;
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return false;
}

bool touches(const Difference& difference, std::string_view attribute) {
  return std::any_of(difference.touched.begin(), difference.touched.end(),
                     [&](const Touched& touched) { return touched.attribute == attribute; });
}

}  // namespace

std::span<const Cause> causes() { return table; }

std::string_view usual_cause(const Difference& difference) {
  for (const auto& cause : table)
    if (cause.change == difference.change && (cause.kinds.empty() || names(cause.kinds, difference.kind)) &&
        (cause.attribute.empty() || touches(difference, cause.attribute)))
      return cause.text;
  return {};
}

}  // namespace prodclone::schema
