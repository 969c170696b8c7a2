#include "layouts.hpp"

#include <algorithm>

#include <prodclone/base/error.hpp>
#include <prodclone/base/text.hpp>

namespace prodclone::migrations {

namespace {

bool bytes_before(const std::string& a, const std::string& b) {
  return a < b;
}

const ToolFacts golang_migrate{
    .layout = Layout::up_down_pairs,
    .tool = "golang-migrate",
    .state_table = "schema_migrations",
    .files = "000012_name.up.sql and 000012_name.down.sql",
    .on_dirty =
        "refuses every command with \"Dirty database version\" until someone forces a version: the next deploy stops "
        "there",
    .on_edited =
        "keeps no checksum and never looks at an applied file again: production and a database made from nothing "
        "differ",
    .on_missing_file =
        "stops with \"no migration found for version\" when the current version's file is gone, and says nothing about "
        "older ones",
    .on_older = "keeps only the highest version and skips a lower one without a word: it would never be applied",
    .on_missing_down = "takes a missing down script as empty: it moves the version back and undoes nothing",
    .own_transaction =
        "put the statement alone into a migration of its own: golang-migrate opens no transaction, but several "
        "statements of one file form one.",
    .high_water_mark = true};

const ToolFacts migratus_facts{
    .layout = Layout::migratus,
    .tool = "Migratus",
    .state_table = "schema_migrations",
    .files = "20260424-name.up.sql and 20260424-name.down.sql",
    .on_dirty =
        "logs that the migration is \"reserved by another instance\" and stops with success: CI is green and nothing "
        "was done",
    .on_edited =
        "keeps no checksum and never looks at an applied file again: production and a database made from nothing "
        "differ",
    .on_missing_file = "says nothing: its rollback passes over the row without undoing anything",
    .on_older = "applies it without a word, in another order than on a database made from nothing",
    .on_missing_down = "stops a rollback with \"Down commands not found\"",
    .own_transaction = "put the statement into a migration of its own whose first line is `-- :disable-transaction`."};

const ToolFacts diesel{
    .layout = Layout::folder_pairs,
    .tool = "Diesel",
    .state_table = "__diesel_schema_migrations",
    .files = "2026-04-24-101500_name/up.sql and down.sql",
    .on_dirty = "keeps no failed state",
    .on_edited =
        "keeps no checksum and never looks at an applied file again: production and a database made from nothing "
        "differ",
    .on_missing_file = "says nothing on the way up and stops a revert with \"Unknown migration version\"",
    .on_older = "applies it without a word, in another order than on a database made from nothing",
    .on_missing_down = "stops a revert of it with an error",
    .own_transaction =
        "put the statement alone into a migration of its own whose metadata.toml says `run_in_transaction = false`."};

const ToolFacts any_command{.layout = Layout::command,
                            .tool = "the migration tool",
                            .state_table = "",
                            .files = "anything, with the commands up, down and status configured",
                            .on_dirty = "may refuse to run",
                            .on_edited = "may not notice",
                            .on_missing_file = "may not notice",
                            .on_older = "may skip it or apply it",
                            .on_missing_down = "cannot go back",
                            .own_transaction = "see the tool's own manual."};

}  // namespace

const std::vector<LayoutRow>& layout_rows() {
  static const std::vector<LayoutRow> rows{
      {Layout::up_down_pairs, golang_migrate, is_up_down_pair, read_up_down_pairs, number_before},
      {Layout::migratus, migratus_facts, is_migratus_script, read_migratus, number_before},
      {Layout::folder_pairs, diesel, is_folder_script, read_folder_pairs, bytes_before},
      {Layout::command, any_command, nullptr, nullptr, bytes_before},
  };
  return rows;
}

const LayoutRow& layout_row(Layout layout) {
  for (const auto& row : layout_rows())
    if (row.layout == layout) return row;
  throw std::logic_error("a layout that has no row");
}

const ToolFacts& tool_facts(Layout layout) {
  return layout_row(layout).facts;
}

bool sorts_before(Layout layout, const std::string& a, const std::string& b) {
  return layout_row(layout).sorts_before(a, b);
}

std::string_view to_string(Layout layout) {
  switch (layout) {
    case Layout::automatic:
      return "auto";
    case Layout::up_down_pairs:
      return "up_down_pairs";
    case Layout::migratus:
      return "migratus";
    case Layout::folder_pairs:
      return "folder_pairs";
    case Layout::command:
      return "command";
  }
  return "auto";
}

Layout parse_layout(std::string_view name) {
  std::vector<std::string> names;
  for (const auto layout :
       {Layout::automatic, Layout::up_down_pairs, Layout::migratus, Layout::folder_pairs, Layout::command}) {
    if (to_string(layout) == name) return layout;
    names.emplace_back(to_string(layout));
  }
  const auto near = nearest(name, names);
  throw Error(Failure::usage, "\"" + std::string(name) + "\" is no migrations layout.",
              near ? "Did you mean \"" + *near + "\"?" : "Write one of: " + joined(names, ", ") + '.');
}

std::string without_leading_zeros(const std::string& digits) {
  const auto first = digits.find_first_not_of('0');
  return first == std::string::npos ? "0" : digits.substr(first);
}

bool number_before(const std::string& a, const std::string& b) {
  const bool a_negative = a.starts_with('-'), b_negative = b.starts_with('-');
  if (a_negative != b_negative) return a_negative;
  if (a_negative) return number_before(b.substr(1), a.substr(1));
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

}  // namespace prodclone::migrations
