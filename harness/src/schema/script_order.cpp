// What must run before what, and the order that follows from it.
#include "script_draft.hpp"

#include <algorithm>
#include <map>

namespace prodclone::schema {

std::vector<std::size_t> Draft::steps_of(const Object& object, bool also_aside) const {
  std::vector<std::size_t> result;
  if (const auto found = by_object_.find(&object); found != by_object_.end())
    for (const auto step : found->second)
      if (also_aside || !steps_[step].aside) result.push_back(step);
  return result;
}

// The steps after which an object of b is there as it should be.
std::vector<std::size_t> Draft::makes(const Object& b) const {
  auto result = steps_of(b, false);
  if (!result.empty()) return result;
  if (!made(b)) return {};
  if (const auto* on = find_b(b.parent_identity); on && on != &b && made(*on)) return makes(*on);
  if (b.inherited)
    if (const auto* above = inherited_from(*this, b)) return makes(*above);
  if (b.kind == "sequence")
    for (const auto* owner : needs(b))
      if (owner->kind == "column") return makes(*owner);
  if (const auto* on = find_b(b.parent_identity); on && b.kind == "column" && !attribute_value(*on, "of_type").empty())
    for (const auto* type : needs(*on))
      if (type->kind == "type") return steps_of(*type, false);
  return {};
}

std::vector<std::size_t> Draft::drops(const Object& a) const {
  if (!goes(a)) return {};
  auto own = steps_of(a, true);
  std::erase_if(own, [&](auto step) { return steps_[step].phase != Phase::early && steps_[step].phase != Phase::late; });
  if (!own.empty()) return own;
  if (const auto* on = find_a(a.parent_identity); on && on != &a && goes(*on)) return drops(*on);
  if (a.inherited)
    if (const auto* above = inherited_from(*this, a)) return drops(*above);
  if (a.kind == "sequence")
    for (const auto* owner : needs(a))
      if (goes(*owner)) return drops(*owner);
  return {};
}

void Draft::connect() {
  // Steps of one object one after the other, in each phase.
  for (const auto& [object, own] : by_object_)
    for (std::size_t i = 1; i < own.size(); ++i)
      if (steps_[own[i - 1]].phase == steps_[own[i]].phase) steps_[own[i]].after.insert(own[i - 1]);
  connect_drops();
  connect_makes();
  connect_names();
}

void Draft::connect_drops() {
  std::map<std::string_view, std::size_t> schemas;
  for (const auto& x : a_.objects)
    if (x.kind == "schema")
      for (const auto step : drops(x)) schemas[x.name] = step;
  for (const auto& x : a_.objects)
    if (const auto schema = schemas.find(x.schema); schema != schemas.end() && x.kind != "schema" && x.kind != "comment")
      for (const auto step : drops(x))
        if (step != schema->second) steps_[schema->second].after.insert(step);
  for (const auto& x : a_.objects) {
    const auto own = drops(x);
    const auto* b = partner(x);
    for (const auto* y : needs(x)) {
      // The server changes no type under what still stands on it.
      if (!own.empty() && y->kind == "column" && is_retyped(*y) && partner(*y))
        for (const auto step : steps_of(*partner(*y), true))
          if (steps_[step].phase == Phase::build && step != own.back()) steps_[step].after.insert(own.back());
      const auto others = drops(*y);
      if (others.empty()) continue;
      // Its default went early.
      if (default_goes_.contains(&x) && y->kind != "type" && y->kind != "domain") continue;
      auto& after = steps_[others.back()].after;
      if (!own.empty()) {
        if (own.back() != others.back()) after.insert(own.back());
        continue;
      }
      // An owned sequence that stays leaves its column first; so does whatever is altered away from it.
      if (b)
        for (const auto step : steps_of(*b, x.kind == "sequence" || x.kind == "table")) after.insert(step);
      for (const auto step : steps_of(x, true)) after.insert(step);
    }
  }
}

void Draft::connect_makes() {
  for (const auto& x : b_.objects) {
    const auto own = steps_of(x, true);
    if (own.empty()) continue;
    auto needed = needs(x);
    if (x.kind == "sequence") std::erase_if(needed, [](const Object* y) { return y->kind == "column"; });
    if (x.kind == "table" || x.kind == "foreign_table") {
      if (is_partition(x)) std::erase_if(needed, [](const Object* y) { return y->kind == "table"; });
      if (made(x))
        for (const auto* column : children(x))
          if (column->kind == "column" && steps_of(*column, false).empty())
            for (const auto* y : needs(*column)) needed.push_back(y);
    }
    for (const auto step : own) {
      if (steps_[step].phase != Phase::build) continue;
      for (const auto* y : needed)
        for (const auto other : makes(*y))
          if (other != step && steps_[other].object != &x) steps_[step].after.insert(other);
      for (const auto* y : steps_[step].after_making)
        for (const auto other : makes(*y))
          if (other != step) steps_[step].after.insert(other);
      for (const auto* y : steps_[step].after_all_of)
        for (const auto other : steps_of(*y, true))
          if (other != step) steps_[step].after.insert(other);
    }
  }
}

void Draft::connect_names() {
  std::map<std::string, std::size_t> vacated;
  for (const auto& x : a_.objects)
    if (const auto own = drops(x); !own.empty()) {
      for (const auto& name : names_of(x)) vacated.emplace(name, own.front());
      if (const auto* b = partner(x))
        for (const auto make : steps_of(*b, true))
          if (steps_[make].phase == Phase::build) steps_[make].after.insert(own.front());
    }
  for (const auto& x : b_.objects) {
    if (!made(x)) continue;
    auto own = makes(x);
    for (const auto& name : names_of(x))
      if (const auto found = vacated.find(name); found != vacated.end())
        for (const auto make : own)
          if (make != found->second) steps_[make].after.insert(found->second);
  }
}

std::vector<Step> Draft::order() {
  const auto place = [](Phase phase) { return phase == Phase::late ? Phase::build : phase; };
  std::vector<std::size_t> waiting(steps_.size());
  std::vector<std::vector<std::size_t>> next(steps_.size());
  for (std::size_t i = 0; i < steps_.size(); ++i)
    for (const auto other : steps_[i].after) {
      if (place(steps_[other].phase) < place(steps_[i].phase)) continue;
      ++waiting[i];
      next[other].push_back(i);
    }
  std::vector<Step> result;
  std::vector<bool> done(steps_.size());
  for (const auto phase : {Phase::labels, Phase::early, Phase::rename, Phase::build}) {
    using Entry = std::tuple<int, int, std::size_t>;  // late, rank, number
    std::set<Entry> ready[2];                         // by whether they may be in a transaction
    const auto put = [&](std::size_t i) {
      ready[steps_[i].run == Run::in_transaction ? 0 : 1].emplace(steps_[i].phase == Phase::late ? 1 : 0, steps_[i].rank, i);
    };
    std::size_t left = 0;
    for (std::size_t i = 0; i < steps_.size(); ++i)
      if (place(steps_[i].phase) == phase) {
        ++left;
        if (waiting[i] == 0) put(i);
      }
    int mode = 0;
    while (left > 0 && !(ready[0].empty() && ready[1].empty())) {
      if (ready[mode].empty() ||
          (!ready[1 - mode].empty() && std::get<0>(*ready[1 - mode].begin()) < std::get<0>(*ready[mode].begin())))
        mode = 1 - mode;
      const auto i = std::get<2>(*ready[mode].begin());
      ready[mode].erase(ready[mode].begin());
      done[i] = true;
      --left;
      result.push_back(steps_[i]);
      for (const auto other : next[i])
        if (--waiting[other] == 0 && place(steps_[other].phase) == phase) put(other);
    }
  }
  for (std::size_t i = 0; i < steps_.size(); ++i)
    if (!done[i] && steps_[i].object)
      cannot(*steps_[i].object, "It needs what needs it: there is no order in which these statements run. (" + steps_[i].sql + ")");
  return result;
}

std::set<Draft::Key> Draft::destructive() {
  std::vector<bool> found(steps_.size());
  for (bool again = true; again;) {
    again = false;
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      if (found[i]) continue;
      const auto& after = steps_[i].after;
      if (steps_[i].loses.empty() && std::none_of(after.begin(), after.end(), [&](auto other) { return found[other]; })) continue;
      found[i] = again = true;
    }
  }
  std::set<Key> keys;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    const auto* object = steps_[i].object;
    if (!found[i] || !object || (steps_[i].loses.empty() && differences_of(*object).empty())) continue;
    const auto* b = is_of_a(*object) ? partner(*object) : object;
    keys.emplace(object->kind, qualified_name(b ? *b : *object));
    // The column's own sequence, the comment on it: they go and come with it.
    for (const auto* child : children(*object))
      if (goes(*child) || made(*child))
        if (const auto* there = is_of_a(*child) && partner(*child) ? partner(*child) : child)
          keys.emplace(there->kind, qualified_name(*there));
  }
  return keys;
}

}  // namespace prodclone::schema
