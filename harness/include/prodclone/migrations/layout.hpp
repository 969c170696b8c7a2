// How a team lays out its migration files, and what the tool behind that layout does and leaves unsaid.
// Adding a layout: an enumerator, a row in src/migrations/layouts.cpp, a reader and its bookkeeping.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace prodclone::migrations {

enum class Layout {
  automatic,      // found out from the file names
  up_down_pairs,  // 000012_name.up.sql, 000012_name.down.sql: golang-migrate
  migratus,       // 20260424-name.up.sql with `--;;` between commands: Migratus
  folder_pairs,   // 2026-04-24-101500_name/up.sql, down.sql: Diesel
  command,        // any other tool, through its own commands
};

// As prodclone.json names it: "auto", "up_down_pairs", …
std::string_view to_string(Layout layout);
// Throws Error(usage) that names the nearest layout.
Layout parse_layout(std::string_view name);

// What the tool does by itself, in words that complete "Golang-migrate …". For findings and errors.
struct ToolFacts {
  Layout layout = Layout::automatic;
  std::string_view tool = {};
  std::string_view state_table = {};  // its default name
  std::string_view files = {};        // what its file names look like
  std::string_view on_dirty = {};
  std::string_view on_edited = {};
  std::string_view on_missing_file = {};
  std::string_view on_older = {};  // a file that sorts before one already applied
  std::string_view on_missing_down = {};
  std::string_view own_transaction = {};  // how a statement gets out of the migration's transaction
  bool high_water_mark = false;           // one row: everything up to it is assumed applied
};
const ToolFacts& tool_facts(Layout layout);

}  // namespace prodclone::migrations
