// Tables, partitions, inheritance, foreign tables.
#include <fmt/format.h>

#include <algorithm>

#include <prodclone/base/text.hpp>
#include <prodclone/schema/kinds.hpp>
#include <prodclone/schema/statements.hpp>

#include "script_draft.hpp"

namespace prodclone::schema {

namespace {

constexpr auto brief_lock = "ACCESS EXCLUSIVE, for a moment";
constexpr auto rewrites = "rewrites the table under ACCESS EXCLUSIVE";

std::string_view value(const Object& object, std::string_view name) {
  return attribute_value(object, name);
}

void detach(Draft& draft, const Object& a, const Object& b) {
  draft.add({.sql = fmt::format("ALTER TABLE {} DETACH PARTITION {};", value(a, "partition_of"), qualified_name(b)),
             .rank = script_kind("table")->rank,
             .note = "ACCESS EXCLUSIVE on the parent too, for a moment",
             .object = &b});
}

// All that the partition brings along must be there, or the server makes its own with names of its own.
void attach(Draft& draft, const Object& b, bool with_rows) {
  Step step{.sql = fmt::format("ALTER TABLE {} ATTACH PARTITION {} {};", value(b, "partition_of"), qualified_name(b), value(b, "bound")),
            .rank = 88,
            .note = with_rows ? "scans the partition unless a CHECK constraint proves its bound" : "",
            .object = &b,
            .aside = true};
  for (const auto* child : draft.children(b))
    if (child->kind == "column" || child->kind == "check_constraint" || is_index_like(child->kind))
      step.after_making.push_back(child);
  for (const auto* needed : draft.needs(b))
    if (needed->kind == "table") step.after_making.push_back(needed);
  draft.add(std::move(step));
}

}  // namespace

bool is_partition(const Object& table) {
  return !attribute_value(table, "partition_of").empty();
}

bool is_partitioned(const Object& table) {
  return !attribute_value(table, "partition_key").empty();
}

const Object* inherited_from(const Draft& draft, const Object& object) {
  const auto* table = draft.parent(object);
  if (!table) return nullptr;
  for (const auto* above : draft.needs(*table)) {
    if (above->kind != "table" && above->kind != "foreign_table") continue;
    for (const auto* candidate : draft.children(*above)) {
      if (candidate->kind != object.kind) continue;
      if (is_index_like(object.kind)) {
        const auto attached = attribute_value(object, "attached_to");
        if (!attached.empty() && attached == identifier(candidate->schema) + '.' + identifier(candidate->name)) return candidate;
      } else if (candidate->name == object.name) {
        return candidate;
      }
    }
  }
  return nullptr;
}

Way way_of_table(const Draft& draft, const Object& a, const Object&) {
  if (draft.touched(a, "partition_key") || draft.touched(a, "server")) return Way::recreate;
  return Way::alter;
}

void make_table(Draft& draft, const Object& b) {
  const bool foreign = b.kind == "foreign_table";
  std::vector<std::string> columns;
  std::vector<const Object*> own;
  for (const auto* child : draft.children(b))
    if (child->kind == "column" && (is_partition(b) || value(*child, "inheritance") != "inherited")) own.push_back(child);
  std::sort(own.begin(), own.end(), [](const auto* x, const auto* y) { return x->ordinal < y->ordinal; });
  for (const auto* column : own) columns.push_back("\n    " + column_text(draft, *column));
  std::string text = "CREATE ";
  if (foreign) text += "FOREIGN ";
  if (value(b, "persistence") == "unlogged") text += "UNLOGGED ";
  text += fmt::format("TABLE {} ({}{})", qualified_name(b), joined(columns, ","), columns.empty() ? "" : "\n");
  if (!value(b, "inherits").empty()) text += fmt::format("\nINHERITS ({})", value(b, "inherits"));
  if (is_partitioned(b)) text += fmt::format("\nPARTITION BY {}", value(b, "partition_key"));
  if (foreign) {
    text += fmt::format("\nSERVER {}", identifier(value(b, "server")));
    if (!value(b, "foreign_options").empty()) text += ' ' + foreign_options(value(b, "foreign_options"));
  }
  if (!value(b, "access_method").empty()) text += fmt::format("\nUSING {}", identifier(value(b, "access_method")));
  auto options = option_list(value(b, "options"));
  if (!value(b, "toast_options").empty())
    options += (options.empty() ? "" : ", ") + option_list(value(b, "toast_options"), "toast.");
  if (!options.empty()) text += fmt::format("\nWITH ({})", options);
  if (!value(b, "tablespace").empty()) text += fmt::format("\nTABLESPACE {}", identifier(value(b, "tablespace")));
  const auto rank = script_kind("table")->rank;
  draft.add({.sql = text + ';', .rank = rank, .object = &b});
  if (!value(b, "of_type").empty())
    draft.add({.sql = fmt::format("ALTER TABLE {} OF {};", qualified_name(b), value(b, "of_type")), .rank = rank, .object = &b});
  if (const auto identity = value(b, "replica_identity"); !identity.empty() && identity != "index")
    draft.add({.sql = fmt::format("ALTER TABLE {} REPLICA IDENTITY {};", qualified_name(b), upper(identity)), .rank = rank, .object = &b, .aside = true});
  if (is_partition(b)) attach(draft, b, false);
}

void alter_table(Draft& draft, const Object& a, const Object& b) {
  const auto name = qualified_name(b);
  const auto rank = script_kind("table")->rank;
  const auto alter = [&](const std::string& action, const char* note = brief_lock) {
    draft.add({.sql = fmt::format("ALTER {} {} {};", b.kind == "foreign_table" ? "FOREIGN TABLE" : "TABLE", name, action),
               .rank = rank,
               .note = note,
               .object = &b});
  };
  bool partition = false;
  for (const auto& t : draft.touched(b)) {
    if (t.attribute == "persistence") {
      alter(t.b.empty() ? "SET LOGGED" : "SET UNLOGGED", rewrites);
    } else if (t.attribute == "options" || t.attribute == "toast_options") {
      for (const auto& action : option_actions(t.a, t.b, t.attribute == "options" ? "" : "toast."))
        alter(action, "SHARE UPDATE EXCLUSIVE: blocks no reader and no writer");
    } else if (t.attribute == "replica_identity") {
      if (t.b != "index") alter("REPLICA IDENTITY " + (t.b.empty() ? "DEFAULT" : upper(t.b)));
    } else if (t.attribute == "access_method") {
      if (draft.major() < 15)
        draft.cannot(b, "ALTER TABLE … SET ACCESS METHOD is there from PostgreSQL 15 on.");
      else
        alter("SET ACCESS METHOD " + (t.b.empty() ? "heap" : identifier(t.b)), rewrites);
    } else if (t.attribute == "tablespace") {
      alter("SET TABLESPACE " + (t.b.empty() ? "pg_default" : identifier(t.b)), "copies the table under ACCESS EXCLUSIVE");
    } else if (t.attribute == "of_type") {
      alter(t.b.empty() ? "NOT OF" : "OF " + t.b);
    } else if (t.attribute == "inherits") {
      const auto before = cut_list(t.a), after = cut_list(t.b);
      const auto has = [](const auto& list, const std::string& one) { return std::find(list.begin(), list.end(), one) != list.end(); };
      bool same_start = before.size() <= after.size() && std::equal(before.begin(), before.end(), after.begin());
      for (const auto& one : before)
        if (!same_start || !has(after, one)) alter("NO INHERIT " + one);
      for (const auto& one : after)
        if (!same_start || !has(before, one)) alter("INHERIT " + one);
    } else if (t.attribute == "partition_of" || t.attribute == "bound") {
      partition = true;
    } else if (t.attribute == "foreign_options") {
      alter(foreign_option_changes(t.a, t.b));
    } else if (t.attribute == "detach_pending") {
      if (t.b.empty())
        draft.add({.sql = fmt::format("ALTER TABLE {} DETACH PARTITION {} FINALIZE;", value(a, "partition_of"), name), .rank = rank, .object = &b});
      else
        draft.cannot(b, "An interrupted DETACH CONCURRENTLY cannot be made on purpose.");
    } else if (t.attribute != "owner" && t.attribute != "privileges") {
      draft.cannot(b, fmt::format("Nothing changes the {} of a table in place.", replaced(t.attribute, "_", " ")));
    }
  }
  if (partition && is_partition(a)) detach(draft, a, b);
  if (partition && is_partition(b)) attach(draft, b, true);
}

void drop_table(Draft& draft, const Object& a) {
  const bool foreign = a.kind == "foreign_table";
  const auto name = draft.is_early(a) ? qualified_name(a) : draft.now(a);
  draft.add({.sql = fmt::format("DROP {} {};", foreign ? "FOREIGN TABLE" : "TABLE", name),
             .phase = draft.is_early(a) ? Phase::early : Phase::late,
             .rank = -script_kind("table")->rank,
             .loses = foreign ? std::string() : fmt::format("all rows of {}", name),
             .note = brief_lock,
             .object = &a});
}

}  // namespace prodclone::schema
