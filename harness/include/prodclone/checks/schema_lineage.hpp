// Truth (c): after X became Y, nothing still bears X.
//
// Where the old name is looked for:
// 1. A table, view, sequence, type, domain, function or schema X that became Y: in every name, enum label, function
//    body, comment, view column and string literal of the schema. A name bears X when X's parts, cut at underscores,
//    follow each other in it (idx_document_legal_entity_id bears legal_entity), in the plural or singular too.
//    - X of one part: in bodies only as a whole identifier outside comments and literals; in comments a warning.
//    - X of one part that is short or an everyday word (name, type, status, user, …): only in the names of what stands
//      on or depends on the renamed object.
//    - A table or type whose name merely contains X (document_type beside document) is one finding of its own (a
//      warning when X has one part); what is named after it is not reported again. Neither is what bears Y when Y
//      contains X.
// 2. A column X of t that became Y: in the names of indexes, constraints, triggers, policies, statistics and sequences
//    that depend on that column; in the columns of views that depend on it; in bodies as NEW.X, OLD.X (trigger
//    functions of t) and t.X; when X has several parts, in every body and in comments on t, unless another table still
//    has a column X: then only in bodies that mention t. Not inside the name of another column of t (display_name, for
//    name).
// 3. An enum label X that became Y: as 'X' in bodies that mention the type or a table with a column of it, and in the
//    trigger functions of such tables.
#pragma once

#include <string>
#include <vector>

#include <prodclone/checks/finding.hpp>
#include <prodclone/schema/diff.hpp>

namespace prodclone::checks {

// Patterns with * and ?: what may keep the old name.
struct LeftoverWaiver {
  std::string kind = "*";  // "index", "function", "enum_value", …
  std::string name = "*";  // qualified, as the finding's object gives it
  std::string word = "*";  // the old name
  std::string reason = {};
};

// `lineage` from diff_by_identity(before, after). A finding for each place, with the ALTER … RENAME where there is one.
Findings schema_lineage(const schema::Snapshot& after, const schema::Differences& lineage,
                        const std::vector<LeftoverWaiver>& waivers = {});

}  // namespace prodclone::checks
