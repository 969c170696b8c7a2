#include "state_tables.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <prodclone/pg/quote.hpp>

#include "layouts.hpp"

namespace prodclone::migrations {

namespace {

using pg::quote_literal;
using Columns = std::vector<std::string>;

bool has(const Columns& columns, std::string_view name) {
  return std::find(columns.begin(), columns.end(), name) != columns.end();
}

// golang-migrate: one row, the highest version, and whether it is in the middle of something.

std::vector<std::string> ensure_version_row(const std::string& table, const Columns& existing) {
  if (!existing.empty()) return {};
  return {"CREATE TABLE IF NOT EXISTS " + table + " (version bigint not null primary key, dirty boolean not null)"};
}

std::string query_version_row(const std::string& table, const Columns&) {
  return "SELECT version::text AS version, dirty FROM " + table + " LIMIT 1";
}

void read_version_row(const pg::Result& rows, const Project& project, State& state) {
  if (rows.empty()) return;
  const auto& version = rows.text(0, "version");
  const bool dirty = rows.boolean(0, "dirty");
  bool known = false;
  for (const auto& migration : project.migrations) {
    if (number_before(version, migration.id)) break;
    if (migration.id == version) {
      known = true;
      if (dirty) break;  // began, and nobody knows how far it got
    }
    state.applied.push_back({.id = migration.id, .assumed = migration.id != version});
  }
  if (dirty)
    state.dirty.push_back({DirtyKind::flagged, version});
  else if (!known && !version.starts_with('-'))
    state.applied.push_back({.id = version});
}

// "-1" is golang-migrate's name for "before the first".
std::string version_before(const Project& project, const std::string& id) {
  std::string before = "-1";
  for (const auto& migration : project.migrations) {
    if (migration.id == id) break;
    before = migration.id;
  }
  return before;
}

std::vector<std::string> set_version(const std::string& table, const std::string& version, bool dirty) {
  std::vector<std::string> statements{"TRUNCATE " + table};
  if (!version.starts_with('-') || dirty)
    statements.push_back(fmt::format("INSERT INTO {} (version, dirty) VALUES ({}, {})", table, version, dirty));
  return statements;
}

Bookkeeping keep_version_row(const Project& project, const std::string& table, const Migration& migration,
                             Direction direction) {
  const auto target = direction == Direction::up ? migration.id : version_before(project, migration.id);
  return {
      .before = set_version(table, target, true), .after = set_version(table, target, false), .own_transaction = true};
}

// Migratus: a row per migration, and row -1 while one is running.

std::vector<std::string> ensure_ids(const std::string& table, const Columns& existing) {
  if (existing.empty())
    return {"CREATE TABLE " + table + " (id BIGINT UNIQUE NOT NULL, applied TIMESTAMP, description VARCHAR(1024))"};
  if (has(existing, "applied") && has(existing, "description")) return {};
  return {"ALTER TABLE " + table + " ADD COLUMN description varchar(1024)",
          "ALTER TABLE " + table + " ADD COLUMN applied timestamp"};
}

std::string query_ids(const std::string& table, const Columns& columns) {
  const bool old = !has(columns, "applied");
  return fmt::format("SELECT id::text AS id, {} AS applied, {} AS description FROM {} ORDER BY {}id",
                     old ? "NULL" : "applied::text", old ? "NULL" : "description", table,
                     old ? "" : "applied NULLS FIRST, ");
}

void read_ids(const pg::Result& rows, const Project&, State& state) {
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    const auto& id = rows.text(row, "id");
    if (id == "-1")
      state.dirty.push_back({DirtyKind::reserved, id});
    else
      state.applied.push_back(
          {.id = id, .description = rows.text(row, "description"), .applied_at = rows.optional_text(row, "applied")});
  }
}

Bookkeeping keep_ids(const Project&, const std::string& table, const Migration& migration, Direction direction) {
  const auto unreserve = fmt::format("DELETE FROM {} WHERE id=-1", table);
  const auto dash = migration.name.find('-');
  const auto done = direction == Direction::up
                        ? fmt::format("INSERT INTO {} (id, applied, description) VALUES ({}, clock_timestamp(), {})",
                                      table, migration.id, quote_literal(migration.name.substr(dash + 1)))
                        : fmt::format("DELETE FROM {} WHERE id={}", table, migration.id);
  return {.before = {fmt::format("INSERT INTO {} (id) VALUES (-1)", table)},
          .after = {done, unreserve},
          .after_failure = {unreserve},
          .backs_out = direction == Direction::up};
}

// Diesel: a row per version.

std::vector<std::string> ensure_versions(const std::string& table, const Columns& existing) {
  if (!existing.empty()) return {};
  return {"CREATE TABLE IF NOT EXISTS " + table +
          " (version VARCHAR(50) PRIMARY KEY NOT NULL, run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)"};
}

std::string query_versions(const std::string& table, const Columns&) {
  return "SELECT version, run_on::text AS run_on FROM " + table + " ORDER BY version COLLATE \"C\"";
}

void read_versions(const pg::Result& rows, const Project&, State& state) {
  for (std::size_t row = 0; row < rows.rows(); ++row)
    state.applied.push_back({.id = rows.text(row, "version"), .applied_at = rows.optional_text(row, "run_on")});
}

Bookkeeping keep_versions(const Project&, const std::string& table, const Migration& migration, Direction direction) {
  const auto version = quote_literal(migration.id);
  if (direction == Direction::up)
    return {.after = {fmt::format("INSERT INTO {} (version) VALUES ({})", table, version)}};
  return {.after = {fmt::format("DELETE FROM {} WHERE version = {}", table, version)}};
}

}  // namespace

const StateTableRow* state_table_row(Layout layout) {
  static const std::vector<StateTableRow> rows{
      {Layout::up_down_pairs,
       {"version", "dirty"},
       {},
       true,
       ensure_version_row,
       query_version_row,
       read_version_row,
       keep_version_row},
      {Layout::migratus, {"id"}, {"applied", "description"}, false, ensure_ids, query_ids, read_ids, keep_ids},
      {Layout::folder_pairs,
       {"version", "run_on"},
       {},
       false,
       ensure_versions,
       query_versions,
       read_versions,
       keep_versions},
  };
  for (const auto& row : rows)
    if (row.layout == layout) return &row;
  return nullptr;
}

}  // namespace prodclone::migrations
