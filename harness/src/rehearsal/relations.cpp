#include "relations.hpp"

#include <prodclone/pg/quote.hpp>

#include <sql/relations.hpp>

namespace prodclone::rehearsal {

namespace {

std::string kind_of(const std::string& relkind) {
  static const std::map<std::string, std::string> kinds = {
      {"r", "table"}, {"p", "partitioned_table"}, {"i", "index"}, {"I", "partitioned_index"}, {"S", "sequence"},
      {"t", "toast_table"}, {"v", "view"}, {"m", "materialized_view"}, {"c", "composite_type"}, {"f", "foreign_table"}};
  const auto found = kinds.find(relkind);
  return found == kinds.end() ? "relation" : found->second;
}

Oid oid(const pg::Result& result, std::size_t row, std::string_view column) {
  return static_cast<Oid>(result.integer(row, column));
}

Relation read(const pg::Result& result, std::size_t row) {
  Relation relation{.oid = oid(result, row, "oid"),
                    .schema = result.text(row, "nspname"),
                    .name = result.text(row, "relname"),
                    .kind = kind_of(result.text(row, "relkind")),
                    .table = oid(result, row, "table_oid"),
                    .storage = oid(result, row, "relfilenode")};
  relation.first_name = relation.qualified_now();
  return relation;
}

}  // namespace

std::string Relation::qualified_now() const {
  return pg::quote_identifier_if_needed(schema) + '.' + pg::quote_identifier_if_needed(name);
}

Relations::Relations(pg::Session& session) : Relations(session.query(sql::relations)) {}

Relations::Relations(const pg::Result& result) {
  for (std::size_t row = 0; row < result.rows(); ++row) {
    auto relation = read(result, row);
    relation.size = {result.integer(row, "size")};
    relation.rows = result.integer(row, "rows");
    relation.pre_existing = true;
    relations_.emplace(relation.oid, std::move(relation));
  }
}

const Relation* Relations::find(Oid wanted) const {
  const auto found = relations_.find(wanted);
  return found == relations_.end() ? nullptr : &found->second;
}

const Relation& Relations::table_of(const Relation& relation) const {
  const Relation* current = &relation;
  for (int hops = 0; hops < 3 && current->table != current->oid; ++hops) {
    const auto* next = find(current->table);
    if (next == nullptr) break;
    current = next;
  }
  return *current;
}

const Relation* Relations::only_one_named(const std::string& name) const {
  const Relation* only = nullptr;
  for (const auto& [_, relation] : relations_) {
    if (relation.name != name) continue;
    if (only != nullptr) return nullptr;
    only = &relation;
  }
  return only;
}

const Relation* Relations::first_named(const std::string& qualified) const {
  for (const auto& [_, relation] : relations_)
    if (relation.pre_existing && relation.first_name == qualified) return &relation;
  return nullptr;
}

const Relation& Relations::update(const pg::Result& result, std::size_t row) {
  auto now = read(result, row);
  const auto found = relations_.find(now.oid);
  if (found == relations_.end()) {
    before_.try_emplace(now.oid, std::nullopt);
    return relations_.emplace(now.oid, std::move(now)).first->second;
  }
  auto& known = found->second;
  before_.try_emplace(now.oid, known);
  known.schema = now.schema;
  known.name = now.name;
  known.storage = now.storage;
  if (now.table != now.oid) known.table = now.table;
  return known;
}

void Relations::undo() {
  for (auto& [changed, state] : before_) {
    if (state) relations_.at(changed) = std::move(*state);
    else relations_.erase(changed);
  }
  before_.clear();
}

}  // namespace prodclone::rehearsal
