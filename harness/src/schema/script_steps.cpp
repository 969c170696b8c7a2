// Which statements a draft consists of.
#include "script_draft.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <prodclone/base/text.hpp>
#include <prodclone/schema/kinds.hpp>
#include <prodclone/schema/statements.hpp>

namespace prodclone::schema {

void Draft::add(Step step) {
  if (step.object) by_object_[step.object].push_back(steps_.size());
  steps_.push_back(std::move(step));
}

void Draft::cannot(const Object& object, std::string why) {
  auto texts = differences_of(object);
  if (texts.empty()) texts.push_back(fmt::format("{} {}", kind_facts(object.kind).noun, qualified_name(object)));
  for (auto& text : texts) {
    NotExpressed one{std::move(text), why};
    if (std::find(not_expressed_.begin(), not_expressed_.end(), one) == not_expressed_.end())
      not_expressed_.push_back(std::move(one));
  }
}

void Draft::write_renames() {
  struct Rename {
    const Object *from, *to;
    int level;
    std::string name, schema;  // as it is called by now
  };
  std::vector<Rename> rest;
  // The rename of a column or check reaches the tables that inherit it.
  const auto follows = [&](const Object& from, const Object& to) {
    if (!to.inherited || is_index_like(to.kind)) return false;
    const auto* above = inherited_from(*this, to);
    const auto* before = above ? partner(*above) : nullptr;
    return before && before->name == from.name;
  };
  for (const auto& [from, to] : renames_)
    if (fate(*from) == Fate::stay && !follows(*from, *to))
      rest.push_back({from, to, from->kind == "schema" ? 0 : from->parent_identity ? 2 : 1, from->name, from->schema});
  std::stable_sort(rest.begin(), rest.end(), [](const auto& x, const auto& y) { return x.level < y.level; });
  int number = 0;
  const auto rename = [&](const Rename& one, const std::string& name) {
    Object current = *one.to;
    current.name = one.name;
    const auto* on = parent(*one.to);
    add({.sql = on && on->kind == "domain"
                    ? fmt::format("ALTER DOMAIN {} RENAME CONSTRAINT {} TO {};", one.to->parent, identifier(one.name), identifier(name))
                    : rename_statement(one.to->kind, qualified_name(current), name),
         .phase = Phase::rename,
         .rank = ++number,
         .note = "an exclusive lock, for a moment",
         .object = one.to});
  };
  while (!rest.empty()) {
    const auto taken = [&](const Rename& one) {
      const auto names = names_of(*one.to);
      return std::any_of(rest.begin(), rest.end(), [&](const Rename& other) {
        if (other.from == one.from) return false;
        Object still = *other.to;
        still.name = other.name;
        still.schema = other.schema;
        const auto theirs = names_of(still);
        return std::find_first_of(names.begin(), names.end(), theirs.begin(), theirs.end()) != names.end();
      });
    };
    auto next = std::find_if(rest.begin(), rest.end(), [&](const auto& one) {
      return one.level == rest.front().level && !taken(one);
    });
    if (next == rest.end()) {  // two that swap their names
      auto& first = rest.front();
      const auto between = fmt::format("prodclone_between_{}", ++number);
      rename(first, between);
      first.name = between;
      continue;
    }
    const auto one = *next;
    rest.erase(next);
    const bool own_schema = kind_facts(one.to->kind).naming == Naming::in_schema && !one.from->parent_identity &&
                            !(one.to->kind == "sequence" && !attribute_value(*one.to, "owned_by").empty());
    const auto& schema_by_now = matching_.renames.schema(one.schema);
    if (own_schema && schema_by_now != one.to->schema) {
      Object current = *one.to;
      current.name = one.name;
      current.schema = schema_by_now;
      add({.sql = fmt::format("ALTER {} {} SET SCHEMA {};", upper(kind_facts(one.to->kind).noun), qualified_name(current),
                              identifier(one.to->schema)),
           .phase = Phase::rename,
           .rank = ++number,
           .note = "an exclusive lock, for a moment",
           .object = one.to});
    }
    if (one.name != one.to->name) rename(one, one.to->name);
  }
}

void Draft::write() {
  for (const auto& object : a_.objects) {
    const auto* kind = script_kind(object.kind);
    if (!kind) {
      if (goes(object) || !touched(object).empty()) cannot(object, "prodclone does not know how to write this kind.");
      continue;
    }
    if (goes(object)) {
      if (default_goes_.contains(&object)) drop_default_early(*this, object);
      if (goes_with_another(object)) continue;
      if (kind->drop)
        kind->drop(*this, object);
      else
        add({.sql = drop_statement(object.kind, is_early(object) ? qualified_name(object) : now(object)),
             .phase = is_early(object) ? Phase::early : Phase::late,
             .rank = -kind->rank,
             .object = &object});
      continue;
    }
    const auto* b = partner(object);
    if (!b || (touched(object).empty() && !is_retyped(object) && !loses_default(object))) continue;
    if (structure_differs(object) && kind->way && kind->way(*this, object, *b) == Way::impossible) continue;  // it said why
    if (kind->alter && (structure_differs(object) || is_retyped(object) || loses_default(object) || object.kind == "default_privileges")) kind->alter(*this, object, *b);
    alter_access(*this, object, *b);
  }
  for (const auto& object : b_.objects) {
    if (!made(object)) continue;
    const auto* kind = script_kind(object.kind);
    if (!kind) {
      cannot(object, "prodclone does not know how to write this kind.");
      continue;
    }
    if (kind->make)
      kind->make(*this, object);
    else
      add({.sql = create_statement(object.kind, qualified_name(object), object.definition), .rank = kind->rank, .object = &object});
    restore_access(*this, object);
  }
}

}  // namespace prodclone::schema
