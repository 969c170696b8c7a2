// Which object one SQL statement of a dump makes or fills, as a person would name it.
#pragma once

#include <string>
#include <string_view>

namespace prodclone::dump {

struct StatementObject {
  std::string kind = {};        // "table", "foreign_key", "table_data", …; "statement" when it is none that we know
  std::string name = {};        // "public.b.b_a_fkey"; of a "statement": its first words
  std::string table_sql = {};   // of a constraint: its table, quoted
  std::string part = {};        // of a constraint: its own name
};

StatementObject object_of(std::string_view statement);

}  // namespace prodclone::dump
