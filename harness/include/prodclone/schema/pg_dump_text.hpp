// The text of `pg_dump -s --no-owner --no-privileges`, cut into objects by its own entries.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <prodclone/schema/diff.hpp>

namespace prodclone::schema {

struct DumpEntry {
  std::string type = {};    // "TABLE", "FK CONSTRAINT", as pg_dump writes it
  std::string name = {};    // "document", "document document_tenant_fkey", "f(integer)": pg_dump's tag, unquoted
  std::string schema = {};  // empty for "-"
  std::string text = {};    // its statements, without SET lines
  friend bool operator==(const DumpEntry&, const DumpEntry&) = default;
};

struct DumpText {
  std::vector<DumpEntry> entries = {};  // sorted by (type, name, schema, text)
  std::string normalised() const;       // the same for equal schemas: no tokens, no SET lines, no versions
};

// Cuts at the entries' comments, only outside quotes and dollar quotes: a function body may hold lines that look like
// them. SET lines, set_config and \restrict go only where a statement may begin.
// Throws Error(could_not_check) when the text holds statements but no entry: it is not what pg_dump writes.
DumpText parse_dump_text(std::string_view text);

struct DumpDifference {
  Change change = Change::changed;  // pg_dump knows no renames
  std::string type = {}, name = {}, schema = {};
  std::string a = {}, b = {};
  bool only_order = {};  // the same lines in another order: columns of a table
  friend bool operator==(const DumpDifference&, const DumpDifference&) = default;
};

std::string to_string(const DumpDifference& difference);

std::vector<DumpDifference> compare_dumps(const DumpText& a, const DumpText& b);

}  // namespace prodclone::schema
