// Views and materialised views.
#include <fmt/format.h>

#include <map>
#include <set>

#include <prodclone/base/text.hpp>
#include <prodclone/schema/statements.hpp>

#include "script_draft.hpp"
#include "script_types.hpp"

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

// "note statistics 50 external pglz (n_distinct=7)" as words by what they set.
std::map<std::string, std::string> settings_of(std::string_view entry) {
  std::map<std::string, std::string> settings;
  if (const auto open = entry.find('('); open != std::string_view::npos) {
    settings["options"] = std::string(entry.substr(open + 1, entry.rfind(')') - open - 1));
    entry = entry.substr(0, open);
  }
  const auto words = split(std::string(trimmed(entry)), ' ');
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "statistics" && i + 1 < words.size()) settings["statistics"] = words[++i];
    else if (words[i] == "pglz" || words[i] == "lz4") settings["compression"] = words[i];
    else if (!words[i].empty()) settings["storage"] = words[i];
  }
  return settings;
}

// The word DEFAULT is one of 16 on; before, the type's own must be named.
std::string storage_word(const Draft& draft, const Object& view, const std::string& column, const std::string& storage) {
  if (!storage.empty()) return upper(storage);
  if (draft.major() >= 16) return "DEFAULT";
  for (const auto& entry : cut_list(value(view, "columns")))
    if (const auto [name, type] = cut_name(entry); name == column) return standard_storage_of(type);
  return "EXTENDED";
}

void set_column_settings(Draft& draft, const Object& b, std::string_view before) {
  std::map<std::string, std::string> was, is;
  for (const auto& entry : cut_list(before)) was.insert(cut_name(entry));
  for (const auto& entry : cut_list(value(b, "column_settings"))) is.insert(cut_name(entry));
  std::set<std::string> columns;
  for (const auto* side : {&was, &is})
    for (const auto& [column, settings] : *side) columns.insert(column);
  for (const auto& column : columns) {
    auto old_one = settings_of(was[column]), new_one = settings_of(is[column]);
    const auto alter = [&](const std::string& action) {
      draft.add({.sql = fmt::format("ALTER MATERIALIZED VIEW {} ALTER COLUMN {} {};", qualified_name(b), column, action), .rank = script_kind(b.kind)->rank, .object = &b});
    };
    if (old_one["statistics"] != new_one["statistics"]) alter("SET STATISTICS " + (new_one["statistics"].empty() ? "-1" : new_one["statistics"]));
    if (old_one["storage"] != new_one["storage"]) alter("SET STORAGE " + storage_word(draft, b, column, new_one["storage"]));
    if (old_one["compression"] != new_one["compression"]) alter("SET COMPRESSION " + (new_one["compression"].empty() ? "default" : new_one["compression"]));
    for (const auto& action : option_actions(old_one["options"], new_one["options"])) alter(action);
  }
}

}  // namespace

Way way_of_view(const Draft& draft, const Object& a, const Object& b) {
  for (const auto& t : draft.touched(a)) {
    if (t.attribute == "options" || t.attribute == "defaults" || t.attribute == "column_settings" || t.attribute == "owner" || t.attribute == "privileges") continue;
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
  set_column_settings(draft, b, {});
}

void alter_view(Draft& draft, const Object& a, const Object& b) {
  if (draft.touched(b, "query") || draft.touched(b, "columns"))
    draft.add({.sql = view_text(b, true), .rank = script_kind(b.kind)->rank, .note = "ACCESS EXCLUSIVE, for a moment", .object = &b});
  if (const auto* t = draft.touched(b, "options"))
    for (const auto& action : option_actions(t->a, t->b))
      draft.add({.sql = fmt::format("ALTER {} {} {};", b.kind == "view" ? "VIEW" : "MATERIALIZED VIEW", qualified_name(b), action), .rank = script_kind(b.kind)->rank, .object = &b});
  if (draft.touched(b, "defaults")) set_defaults(draft, b, value(a, "defaults"));
  if (draft.touched(b, "column_settings")) set_column_settings(draft, b, value(a, "column_settings"));
}

}  // namespace prodclone::schema
