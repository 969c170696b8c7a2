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

void make_user_mapping(Draft& draft, const Object& b) {
  if (b.definition.find("'***'") != std::string::npos) {
    draft.cannot(b, "Its options may hold secrets, so the snapshot has only their hashes.");
    return;
  }
  draft.add({.sql = b.definition + ';', .rank = script_kind(b.kind)->rank, .object = &b});
}

Way way_of_subscription(const Draft& draft, const Object& a, const Object&) {
  if (draft.touched(a).size() == 1 && draft.touched(a, "comment")) return Way::alter;
  const_cast<Draft&>(draft).cannot(a, "A subscription is changed where its publisher is known.");
  return Way::impossible;
}
void make_subscription(Draft& draft, const Object& b) {
  draft.cannot(b, "Its connection may hold a password, so the snapshot does not have it.");
}
void alter_subscription(Draft& draft, const Object&, const Object& b) {
  const auto* t = draft.touched(b, "comment");
  draft.add({.sql = fmt::format("COMMENT ON SUBSCRIPTION {} IS {};", qualified_name(b), t->b.empty() ? "NULL" : literal(t->b)),
             .rank = script_kind(b.kind)->rank,
             .object = &b});
}
void drop_subscription(Draft& draft, const Object& a) {
  draft.cannot(a, "DROP SUBSCRIPTION also drops a slot on the publisher.");
}

}  // namespace prodclone::schema
