// Indexes that no constraint owns, and what all indexes have besides their definition.
#include <fmt/format.h>

#include <prodclone/base/text.hpp>
#include <prodclone/schema/kinds.hpp>
#include <prodclone/schema/statements.hpp>

#include "script_draft.hpp"

namespace prodclone::schema {

namespace {

std::string_view value(const Object& object, std::string_view name) {
  return attribute_value(object, name);
}

std::string index_name(const Object& object) {
  return identifier(object.schema) + '.' + identifier(object.name);
}

std::string built_concurrently(const Object& b, const std::string& name) {
  const auto& text = b.definition;
  const auto at = text.find(" INDEX ") + 7;
  return text.substr(0, at) + "CONCURRENTLY " + identifier(name) + text.substr(at + identifier(b.name).size());
}

bool may_be_concurrent(const Draft& draft, const Object& index) {
  const auto* table = draft.parent(index);
  return !draft.options().one_transaction && table && !is_partitioned(*table) && table->kind != "materialized_view";
}

void put_in_tablespace(Draft& draft, const Object& b, const Object* a) {
  const auto before = a ? value(*a, "tablespace") : std::string_view();
  if (before == value(b, "tablespace")) return;
  draft.add({.sql = fmt::format("ALTER INDEX {} SET TABLESPACE {};", index_name(b),
                                value(b, "tablespace").empty() ? std::string("pg_default") : identifier(value(b, "tablespace"))),
             .rank = script_kind("index")->rank,
             .note = "copies the index under ACCESS EXCLUSIVE",
             .object = &b});
}

void attach(Draft& draft, const Object& b) {
  if (value(b, "attached_to").empty()) return;
  Step step{.sql = fmt::format("ALTER INDEX {} ATTACH PARTITION {};", value(b, "attached_to"), index_name(b)), .rank = 95, .object = &b, .aside = true};
  if (const auto* above = inherited_from(draft, b)) step.after_making.push_back(above);
  if (const auto* table = draft.parent(b)) step.after_all_of.push_back(table);
  draft.add(std::move(step));
}

}  // namespace

void settle_index(Draft& draft, const Object& b, const Object* a) {
  const auto rank = script_kind("index")->rank;
  const auto was = [&](std::string_view attribute) { return a ? value(*a, attribute) : std::string_view(); };
  const auto differs = [&](std::string_view attribute) { return was(attribute) != value(b, attribute); };
  const auto* table = draft.parent(b);
  if (differs("clustered"))
    draft.add({.sql = value(b, "clustered").empty() ? fmt::format("ALTER TABLE {} SET WITHOUT CLUSTER;", b.parent)
                                                    : fmt::format("ALTER TABLE {} CLUSTER ON {};", b.parent, identifier(b.name)),
               .rank = rank + (value(b, "clustered").empty() ? 0 : 10),
               .object = &b,
               .aside = true});
  if (differs("replica_identity")) {
    // Leaving it is the table's own statement, if it does not go to another index.
    if (!value(b, "replica_identity").empty())
      draft.add({.sql = fmt::format("ALTER TABLE {} REPLICA IDENTITY USING INDEX {};", b.parent, identifier(b.name)),
                 .rank = rank + 10,
                 .object = &b,
                 .aside = true,
                 .after_all_of = table ? std::vector<const Object*>{table} : std::vector<const Object*>{}});
  }
  if (differs("statistics")) {
    const auto columns = [](std::string_view text) {
      std::vector<std::pair<std::string, std::string>> result;
      for (const auto& entry : cut_list(text)) result.emplace_back(entry.substr(0, entry.find(':')), entry.substr(entry.find(':') + 1));
      return result;
    };
    const auto set = [&](const std::string& column, const std::string& target) {
      draft.add({.sql = fmt::format("ALTER INDEX {} ALTER COLUMN {} SET STATISTICS {};", index_name(b), column, target), .rank = rank, .object = &b});
    };
    for (const auto& [column, target] : columns(was("statistics"))) set(column, "-1");
    for (const auto& [column, target] : columns(value(b, "statistics"))) set(column, target);
  }
}

Way way_of_index(const Draft& draft, const Object& a, const Object& b) {
  const bool rebuilt = draft.touched(a, "on") || draft.touched(a, "unique") || draft.touched(a, "valid");
  if (!rebuilt) return Way::alter;
  const bool stands_alone = draft.dependents(a).empty() && value(a, "attached_to").empty() && value(b, "attached_to").empty();
  return stands_alone && may_be_concurrent(draft, a) && value(a, "replica_identity").empty() ? Way::alter : Way::recreate;
}

void make_index(Draft& draft, const Object& b) {
  const auto* table = draft.parent(b);
  if (!table) return;
  if (!value(b, "valid").empty() && value(b, "attached_to").empty() && !is_partitioned(*table)) {
    draft.cannot(b, "An index that is not valid cannot be made on purpose.");
    return;
  }
  const bool used = !draft.made(*table);
  const bool concurrent = used && may_be_concurrent(draft, b);
  draft.add({.sql = (concurrent ? built_concurrently(b, b.name) : b.definition) + ';',
             .run = concurrent ? Run::outside : Run::in_transaction,
             .rank = script_kind("index")->rank,
             .note = concurrent ? "blocks no reader and no writer. When it fails, drop the invalid index that it leaves"
                     : used && table->kind == "materialized_view" ? "SHARE: blocks REFRESH" : "",
             .object = &b});
  put_in_tablespace(draft, b, nullptr);
  settle_index(draft, b, nullptr);
  attach(draft, b);
}

void alter_index(Draft& draft, const Object& a, const Object& b) {
  const auto rank = script_kind("index")->rank;
  const bool rebuilt = draft.touched(b, "on") || draft.touched(b, "unique") || draft.touched(b, "valid");
  if (rebuilt) {
    if (!value(b, "valid").empty()) {
      draft.cannot(b, "An index that is not valid cannot be made on purpose.");
      return;
    }
    // The old one serves until the new one can.
    auto between = "prodclone_new_" + b.name;
    if (between.size() > 63) between.resize(63);
    draft.add({.sql = built_concurrently(b, between) + ';',
               .run = Run::outside,
               .rank = rank,
               .note = "blocks no reader and no writer. When it fails, drop the invalid index that it leaves",
               .object = &b});
    draft.add({.sql = fmt::format("DROP INDEX CONCURRENTLY {};", index_name(b)), .run = Run::outside, .rank = rank, .object = &b});
    draft.add({.sql = fmt::format("ALTER INDEX {}.{} RENAME TO {};", identifier(b.schema), identifier(between), identifier(b.name)), .rank = rank, .object = &b});
    put_in_tablespace(draft, b, nullptr);
    settle_index(draft, b, nullptr);
    return;
  }
  put_in_tablespace(draft, b, &a);
  settle_index(draft, b, &a);
  if (draft.touched(b, "attached_to")) attach(draft, b);
}

void drop_index(Draft& draft, const Object& a) {
  const bool early = draft.is_early(a);
  draft.add({.sql = fmt::format("DROP INDEX {};", early ? qualified_name(a) : draft.now(a)),
             .phase = early ? Phase::early : Phase::late,
             .rank = -script_kind("index")->rank,
             .note = "ACCESS EXCLUSIVE on the table, for a moment",
             .object = &a});
}

}  // namespace prodclone::schema
