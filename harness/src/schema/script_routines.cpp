// Functions, procedures, aggregates; triggers, rules, event triggers.
#include <fmt/format.h>

#include <prodclone/base/text.hpp>
#include <prodclone/schema/statements.hpp>

#include "script_draft.hpp"

namespace prodclone::schema {

namespace {

std::string_view value(const Object& object, std::string_view name) {
  return attribute_value(object, name);
}

// CREATE OR REPLACE may change a default and add one, not take one away, nor touch a name or a mode.
bool replaceable_arguments(std::string_view a, std::string_view b) {
  const auto before = cut_list(a), after = cut_list(b);
  if (before.size() != after.size()) return false;
  for (std::size_t i = 0; i < before.size(); ++i) {
    const auto cut_x = before[i].find(" DEFAULT "), cut_y = after[i].find(" DEFAULT ");
    if (before[i].substr(0, cut_x) != after[i].substr(0, cut_y)) return false;
    if (cut_x != std::string::npos && cut_y == std::string::npos) return false;
  }
  return true;
}

std::string switch_text(const Object& b) {
  const auto state = value(b, "enabled");
  const std::string_view action = state == "disabled" ? "DISABLE" : state == "replica" ? "ENABLE REPLICA" : state == "always" ? "ENABLE ALWAYS" : "ENABLE";
  if (b.kind == "event_trigger") {
    const auto cut = action.find(' ');
    return fmt::format("ALTER EVENT TRIGGER {} {}{};", identifier(b.name), action.substr(0, cut), cut == std::string_view::npos ? "" : std::string(action.substr(cut)));
  }
  return fmt::format("ALTER TABLE {} {} {} {};", b.parent, action, b.kind == "rule" ? "RULE" : "TRIGGER", identifier(b.name));
}

// A partition's copy of its parent's trigger: only its state is its own.
const Object* copied_from(const Draft& draft, const Object& trigger) {
  const auto* table = draft.parent(trigger);
  return trigger.kind == "trigger" && table && is_partition(*table) ? inherited_from(draft, trigger) : nullptr;
}

}  // namespace

Way way_of_routine(const Draft& draft, const Object& a, const Object&) {
  if (a.kind == "aggregate") {
    for (const auto& t : draft.touched(a))
      if (t.attribute != "owner" && t.attribute != "privileges") return Way::recreate;
    return Way::alter;
  }
  for (const auto& t : draft.touched(a)) {
    if (t.attribute == "result" || t.attribute == "window") return Way::recreate;
    if (t.attribute == "arguments" && !replaceable_arguments(t.a, t.b)) return Way::recreate;
  }
  return Way::alter;
}

void alter_routine(Draft& draft, const Object&, const Object& b) {
  if (b.kind == "aggregate") return;
  for (const auto& t : draft.touched(b))
    if (t.attribute != "owner" && t.attribute != "privileges") {
      draft.add({.sql = create_statement(b.kind, qualified_name(b), b.definition), .rank = script_kind(b.kind)->rank, .object = &b});
      return;
    }
}

void drop_routine(Draft& draft, const Object& a) {
  const bool early = draft.is_early(a);
  Object by_now = a;
  by_now.signature = early ? a.signature : draft.now_signature(a.signature);
  if (const auto* b = draft.partner(a); b && !early) by_now.schema = b->schema;
  draft.add({.sql = drop_statement(a.kind, qualified_name(by_now)),
             .phase = early ? Phase::early : Phase::late,
             .rank = -script_kind(a.kind)->rank,
             .object = &a});
}

Way way_of_switchable(const Draft& draft, const Object& a, const Object&) {
  for (const auto& t : draft.touched(a))
    if (t.attribute != "enabled" && t.attribute != "owner") return Way::recreate;
  return Way::alter;
}

void make_switchable(Draft& draft, const Object& b) {
  const auto rank = script_kind(b.kind)->rank;
  if (const auto* above = copied_from(draft, b)) {
    draft.add({.sql = switch_text(b), .rank = rank + 5, .object = &b, .after_making = {above}});
    return;
  }
  draft.add({.sql = create_statement(b.kind, qualified_name(b), b.definition),
             .rank = rank,
             .note = b.kind == "trigger" ? "SHARE ROW EXCLUSIVE, for a moment" : "",
             .object = &b});
  if (!value(b, "enabled").empty()) draft.add({.sql = switch_text(b), .rank = rank, .object = &b});
}

void alter_switchable(Draft& draft, const Object&, const Object& b) {
  if (draft.touched(b, "enabled"))
    draft.add({.sql = switch_text(b), .rank = script_kind(b.kind)->rank, .note = "SHARE ROW EXCLUSIVE, for a moment", .object = &b});
}

void drop_switchable(Draft& draft, const Object& a) {
  if (const auto* above = copied_from(draft, a)) {
    // It is not listed in b because it has its parent's state there, or because there is none any more.
    if (draft.fate(*above) != Fate::stay || !draft.partner(*above)) return;
    Object as_above = a;
    as_above.attributes = draft.partner(*above)->attributes;
    as_above.parent = draft.partner(*draft.parent(a)) ? qualified_name(*draft.partner(*draft.parent(a))) : a.parent;
    draft.add({.sql = switch_text(as_above), .rank = script_kind(a.kind)->rank + 5, .object = &a});
    return;
  }
  const bool early = draft.is_early(a);
  draft.add({.sql = drop_statement(a.kind, early ? qualified_name(a) : draft.now(a)),
             .phase = early ? Phase::early : Phase::late,
             .rank = -script_kind(a.kind)->rank,
             .object = &a});
}

}  // namespace prodclone::schema
