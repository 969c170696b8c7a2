#include <prodclone/schema/script.hpp>

#include <fmt/format.h>

#include <algorithm>

#include <prodclone/base/text.hpp>

#include "script_draft.hpp"

namespace prodclone::schema {

namespace {

std::vector<ScriptStatement> statements_of(Draft& draft) {
  std::vector<ScriptStatement> result;
  for (const auto& step : draft.order())
    result.push_back({step.sql, step.run, step.access, step.loses, step.note, {}, step.object ? draft.differences_of(*step.object) : std::vector<std::string>()});
  return result;
}

}  // namespace

Script write_script(const Snapshot& a, const Snapshot& b, const ScriptOptions& options) {
  Script script;
  Draft whole(a, b, options, {});
  auto all = statements_of(whole);
  script.not_expressed = whole.not_expressed();
  if (options.allow_destructive) {
    script.statements = std::move(all);
    return script;
  }
  std::set<Draft::Key> withheld;
  for (auto more = whole.destructive(); !more.empty();) {
    const auto before = withheld.size();
    withheld.insert(more.begin(), more.end());
    Draft rest(a, b, options, withheld);
    script.statements = statements_of(rest);
    script.not_expressed = rest.not_expressed();
    more = rest.destructive();
    if (withheld.size() == before) break;
  }
  if (withheld.empty()) {
    script.statements = std::move(all);
    return script;
  }
  for (auto& one : all)
    if (std::none_of(script.statements.begin(), script.statements.end(), [&](const auto& kept) { return kept.sql == one.sql; }))
      script.withheld.push_back(std::move(one));
  return script;
}

std::vector<ScriptPart> parts_of(const Script& script) {
  std::vector<ScriptPart> parts;
  for (const auto& statement : script.statements) {
    const bool transaction = statement.run == Run::in_transaction;
    if (!transaction || parts.empty() || !parts.back().transaction) parts.push_back({.transaction = transaction});
    parts.back().statements.push_back(&statement);
  }
  return parts;
}

bool share_lineage(const Snapshot& a, const Snapshot& b) {
  std::set<std::pair<std::string_view, Identity>> known;
  const auto tells = [](const Object& object) { return object.identity.oid >= 16384 && object.identity.sub == 0; };
  for (const auto& object : a.objects)
    if (tells(object)) known.emplace(object.kind, object.identity);
  return std::any_of(b.objects.begin(), b.objects.end(),
                     [&](const Object& object) { return tells(object) && known.contains({object.kind, object.identity}); });
}

}  // namespace prodclone::schema
