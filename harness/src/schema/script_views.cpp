// Views and materialised views.
#include <fmt/format.h>

#include <map>

#include <prodclone/base/text.hpp>
#include <prodclone/schema/statements.hpp>

#include "script_draft.hpp"

namespace prodclone::schema {

namespace {

std::string_view value(const Object& object, std::string_view name) {
  return attribute_value(object, name);
}

std::string view_text(const Object& b, bool replace) {
  const bool materialized = b.kind == "materialized_view";
  auto text = fmt::format("CREATE {}{} {}", replace ? "OR REPLACE " : "", materialized ? "MATERIALIZED VIEW" : "VIEW", qualified_name(b));
  if (!value(b, "access_method").empty()) text += fmt::format(" USING {}", identifier(value(b, "access_method")));
  auto options = option_list(value(b, "options"));
  if (!value(b, "toast_options").empty()) options += (options.empty() ? "" : ", ") + option_list(value(b, "toast_options"), "toast.");
  if (!options.empty()) text += fmt::format(" WITH ({})", options);
  if (!value(b, "tablespace").empty()) text += fmt::format(" TABLESPACE {}", identifier(value(b, "tablespace")));
  auto query = std::string(trimmed(value(b, "query")));
  while (query.ends_with(';')) query.pop_back();
  return text + " AS\n " + query + ';';
}

void set_defaults(Draft& draft, const Object& b, std::string_view before) {
  std::map<std::string, std::string> was;
  for (const auto& entry : cut_list(before)) was.insert(cut_name(entry));
  const auto alter = [&](const std::string& column, const std::string& action) {
    draft.add({.sql = fmt::format("ALTER VIEW {} ALTER COLUMN {} {};", qualified_name(b), column, action), .rank = script_kind("view")->rank, .object = &b});
  };
  for (const auto& entry : cut_list(value(b, "defaults"))) {
    const auto [column, expression] = cut_name(entry);
    if (const auto old_one = was.find(column); old_one == was.end() || old_one->second != expression) alter(column, "SET DEFAULT " + expression);
    was.erase(column);
  }
  for (const auto& [column, expression] : was) alter(column, "DROP DEFAULT");
}

}  // namespace

Way way_of_view(const Draft& draft, const Object& a, const Object& b) {
  for (const auto& t : draft.touched(a)) {
    if (t.attribute == "options" || t.attribute == "defaults" || t.attribute == "owner" || t.attribute == "privileges") continue;
    if (a.kind == "materialized_view") return Way::recreate;
    if (t.attribute == "query") continue;
    // New columns may only follow the old ones.
    if (t.attribute == "columns" && (t.b == t.a || t.b.starts_with(t.a + ", "))) continue;
    return Way::recreate;
  }
  // A view that no longer needs what goes is replaced before that; one that needs something else of that name is not.
  (void)b;
  return Way::alter;
}

void make_view(Draft& draft, const Object& b) {
  draft.add({.sql = view_text(b, false), .rank = script_kind(b.kind)->rank, .note = b.kind == "materialized_view" ? "runs its query" : "", .object = &b});
  set_defaults(draft, b, {});
  if (!value(b, "column_settings").empty()) draft.cannot(b, "Storage, statistics and the like of its columns are not written.");
}

void alter_view(Draft& draft, const Object& a, const Object& b) {
  if (draft.touched(b, "query") || draft.touched(b, "columns"))
    draft.add({.sql = view_text(b, true), .rank = script_kind(b.kind)->rank, .note = "ACCESS EXCLUSIVE, for a moment", .object = &b});
  if (const auto* t = draft.touched(b, "options"))
    for (const auto& action : option_actions(t->a, t->b))
      draft.add({.sql = fmt::format("ALTER {} {} {};", b.kind == "view" ? "VIEW" : "MATERIALIZED VIEW", qualified_name(b), action), .rank = script_kind(b.kind)->rank, .object = &b});
  if (draft.touched(b, "defaults")) set_defaults(draft, b, value(a, "defaults"));
}

}  // namespace prodclone::schema
