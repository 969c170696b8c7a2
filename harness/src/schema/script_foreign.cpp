// Foreign-data wrappers, servers, user mappings; subscriptions.
#include <fmt/format.h>

#include <map>

#include <prodclone/base/text.hpp>
#include <prodclone/schema/statements.hpp>

#include "script_draft.hpp"

namespace prodclone::schema {

namespace {

// "debug 'on', host 'x'" to what leads from one to the other.
std::string option_changes(std::string_view a, std::string_view b) {
  std::map<std::string, std::string> before;
  for (const auto& entry : cut_list(a)) before.insert(cut_name(entry));
  std::vector<std::string> parts;
  for (const auto& entry : cut_list(b)) {
    const auto [name, text] = cut_name(entry);
    const auto found = before.find(name);
    if (found == before.end())
      parts.push_back(fmt::format("ADD {} {}", name, text));
    else if (found->second != text)
      parts.push_back(fmt::format("SET {} {}", name, text));
    before.erase(name);
  }
  for (const auto& [name, text] : before) parts.push_back("DROP " + name);
  return fmt::format("OPTIONS ({})", joined(parts, ", "));
}

constexpr auto unknown_options = "Its options may hold secrets, so the snapshot has only their hashes.";

}  // namespace

Way way_of_foreign(const Draft& draft, const Object& a, const Object& b) {
  for (const auto& t : draft.touched(a)) {
    if (t.attribute == "wrapper" || t.attribute == "type") return Way::recreate;
    if (t.attribute == "version" && attribute_value(b, "version").empty()) return Way::recreate;
  }
  return Way::alter;
}

void alter_foreign(Draft& draft, const Object&, const Object& b) {
  std::string actions;
  for (const auto& t : draft.touched(b)) {
    if (t.attribute == "version") actions += " VERSION " + literal(t.b);
    if (t.attribute == "handler" || t.attribute == "validator")
      actions += t.b.empty() ? " NO " + upper(t.attribute) : fmt::format(" {} {}", upper(t.attribute), t.b);
  }
  if (const auto* t = draft.touched(b, "options")) actions += ' ' + option_changes(t->a, t->b);
  if (!actions.empty())
    draft.add({.sql = fmt::format("ALTER {} {}{};", b.kind == "server" ? "SERVER" : "FOREIGN DATA WRAPPER", qualified_name(b), actions),
               .rank = script_kind(b.kind)->rank,
               .object = &b});
}

Way way_of_user_mapping(const Draft&, const Object&, const Object&) {
  return Way::alter;
}
void make_user_mapping(Draft& draft, const Object& b) {
  if (b.definition.find("'***'") != std::string::npos) {
    draft.cannot(b, unknown_options);
    return;
  }
  draft.add({.sql = b.definition + ';', .rank = script_kind(b.kind)->rank, .object = &b});
}
void alter_user_mapping(Draft& draft, const Object&, const Object& b) {
  const auto* t = draft.touched(b, "options");
  if (!t) return;
  std::map<std::string, std::string> before;
  for (const auto& entry : cut_list(t->a)) before.insert(cut_name(entry));
  for (const auto& entry : cut_list(t->b)) {
    const auto [name, hash] = cut_name(entry);
    if (const auto old_one = before.find(name); old_one == before.end() || old_one->second != hash || !hash.starts_with('#')) {
      draft.cannot(b, unknown_options);
      return;
    }
    before.erase(name);
  }
  std::vector<std::string> drops;
  for (const auto& [name, hash] : before) drops.push_back("DROP " + name);
  constexpr auto create = std::string_view("CREATE ").size();
  draft.add({.sql = fmt::format("ALTER {} OPTIONS ({});", b.definition.substr(create, b.definition.find(" OPTIONS (") - create), joined(drops, ", ")),
             .rank = script_kind(b.kind)->rank,
             .object = &b});
}

Way way_of_subscription(const Draft&, const Object&, const Object&) {
  return Way::alter;
}
void make_subscription(Draft& draft, const Object& b) {
  draft.cannot(b, "Its connection may hold a password, so the snapshot does not have it.");
}
void alter_subscription(Draft& draft, const Object&, const Object& b) {
  const auto add = [&](const std::string& action) {
    draft.add({.sql = fmt::format("ALTER SUBSCRIPTION {} {};", qualified_name(b), action), .rank = script_kind(b.kind)->rank, .object = &b});
  };
  const auto* enabled = draft.touched(b, "enabled");
  if (enabled && !enabled->b.empty()) add("DISABLE");
  for (const auto& t : draft.touched(b)) {
    const auto setting = [&](std::string_view standard) {
      add(fmt::format("SET ({} = {})", t.attribute, t.b.empty() ? standard : t.b == "yes" ? "true" : t.b == "no" ? "false" : std::string_view(t.b)));
    };
    if (t.attribute == "comment")
      draft.add({.sql = fmt::format("COMMENT ON SUBSCRIPTION {} IS {};", qualified_name(b), t.b.empty() ? "NULL" : literal(t.b)),
                 .rank = script_kind(b.kind)->rank,
                 .object = &b});
    else if (t.attribute == "publications")
      add(fmt::format("SET PUBLICATION {} WITH (refresh = false)", t.b));
    else if (t.attribute == "slot")
      add("SET (slot_name = " + t.b + ')');
    else if (t.attribute == "synchronous_commit")
      add(fmt::format("SET (synchronous_commit = {})", literal(t.b)));
    else if (t.attribute == "binary" || t.attribute == "disable_on_error" || t.attribute == "run_as_owner" || t.attribute == "streaming")
      setting("false");
    else if (t.attribute == "password_required")
      setting("true");
    else if (t.attribute == "origin")
      setting("any");
    else if (t.attribute == "two_phase" || t.attribute == "failover")
      draft.cannot(b, fmt::format("{} is also a property of its slot on the publisher.", t.attribute));
  }
  if (enabled && enabled->b.empty()) add("ENABLE");
}
void drop_subscription(Draft& draft, const Object& a) {
  const auto name = qualified_name(a);
  const auto slot = attribute_value(a, "slot");
  const auto add = [&](std::string sql, std::string loses = {}) {
    draft.add({.sql = std::move(sql), .phase = Phase::late, .rank = -script_kind(a.kind)->rank, .loses = std::move(loses), .object = &a});
  };
  add(fmt::format("ALTER SUBSCRIPTION {} DISABLE;", name));
  if (slot != "none") add(fmt::format("ALTER SUBSCRIPTION {} SET (slot_name = NONE);", name));
  add(fmt::format("DROP SUBSCRIPTION {};", name),
      fmt::format("where {} stands{}", name,
                  slot == "none" ? "" : fmt::format("; its slot {} stays on the publisher and keeps WAL until it is dropped there", slot)));
}

}  // namespace prodclone::schema
