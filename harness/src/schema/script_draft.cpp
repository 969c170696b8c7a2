#include "script_draft.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include <prodclone/base/text.hpp>
#include <prodclone/schema/kinds.hpp>
#include <prodclone/schema/statements.hpp>

namespace prodclone::schema {

namespace {

constexpr std::array dependent_on_column_type = {
    std::string_view("view"),    std::string_view("materialized_view"), std::string_view("rule"),
    std::string_view("policy"),  std::string_view("trigger"),           std::string_view("function"),
    std::string_view("procedure"), std::string_view("foreign_key")};

std::string key_of(const Object& object) {
  return object.kind + '\0' + qualified_name(object);
}

// The names that an object takes: no other may have them at the same time.
std::vector<std::string> names_of(const Object& object) {
  const auto& kind = object.kind;
  const auto in_schema = identifier(object.schema) + '.' + identifier(object.name);
  if (kind == "table" || kind == "foreign_table" || kind == "view" || kind == "materialized_view")
    return {"relation " + in_schema, "type " + in_schema};
  if (kind == "type") {
    std::vector<std::string> names{"relation " + in_schema, "type " + in_schema};
    if (attribute_value(object, "flavour") == "range") {
      const auto given = attribute_value(object, "multirange");
      const auto at = object.name.find("range");
      const auto chosen = at == std::string::npos ? object.name.substr(0, 51) + "_multirange" : std::string(object.name).insert(at, "multi").substr(0, 63);
      names.push_back("type " + (given.empty() ? identifier(object.schema) + '.' + identifier(chosen) : std::string(given)));
    }
    return names;
  }
  if (kind == "domain") return {"type " + in_schema};
  if (kind == "index" || kind == "sequence") return {"relation " + in_schema};
  if (kind == "function" || kind == "procedure" || kind == "aggregate")
    return {"routine " + in_schema + object.signature};
  if (is_constraint(kind)) {
    std::vector<std::string> names{"constraint " + object.parent + '.' + identifier(object.name)};
    if (is_index_like(kind)) names.push_back("relation " + in_schema);
    return names;
  }
  return {kind + ' ' + qualified_name(object)};
}

}  // namespace

const Object* Draft::find(const Identities& map, const Identity& id) {
  const auto found = map.find(id);
  return found == map.end() ? nullptr : found->second;
}

Draft::Draft(const Snapshot& a, const Snapshot& b, const ScriptOptions& options, const std::set<Key>& withheld)
    : a_(a), b_(b), options_(options), matching_(options.lineage ? match_by_identity(a, b) : match_by_name(a, b)) {
  index(a_, identities_a_);
  index(b_, identities_b_);
  read_differences(withheld);
  decide();
  decide_phases();
  write_renames();
  write();
  connect();
}

void Draft::index(const Snapshot& snapshot, Identities& identities) {
  for (const auto& object : snapshot.objects) {
    if (kind_facts(object.kind).naming == Naming::by_parent) continue;
    identities.emplace(object.identity, &object);
    if (object.index) identities.emplace(object.index, &object);
  }
  for (const auto& object : snapshot.objects) {
    if (const auto* on = find(identities, object.parent_identity)) children_[on].push_back(&object);
    std::set<const Object*> known;
    for (const auto* needed : needs(object))
      if (known.insert(needed).second) dependents_[needed].push_back(&object);
  }
}

bool Draft::is_of_a(const Object& object) const {
  return &object >= a_.objects.data() && &object < a_.objects.data() + a_.objects.size();
}

const Object* Draft::partner(const Object& object) const {
  if (is_of_a(object)) {
    const auto j = matching_.a_to_b[static_cast<std::size_t>(&object - a_.objects.data())];
    return j ? &b_.objects[*j] : nullptr;
  }
  const auto i = matching_.b_to_a[static_cast<std::size_t>(&object - b_.objects.data())];
  return i ? &a_.objects[*i] : nullptr;
}

const Object* Draft::parent(const Object& object) const {
  return is_of_a(object) ? find_a(object.parent_identity) : find_b(object.parent_identity);
}

const std::vector<const Object*>& Draft::dependents(const Object& object) const {
  static const std::vector<const Object*> none;
  const auto found = dependents_.find(&object);
  return found == dependents_.end() ? none : found->second;
}

const std::vector<const Object*>& Draft::children(const Object& object) const {
  static const std::vector<const Object*> none;
  const auto found = children_.find(&object);
  return found == children_.end() ? none : found->second;
}

std::vector<const Object*> Draft::needs(const Object& object) const {
  const auto& identities = is_of_a(object) ? identities_a_ : identities_b_;
  std::vector<const Object*> result;
  if (const auto* on = find(identities, object.parent_identity); on && on != &object) result.push_back(on);
  for (const auto& id : object.depends) {
    const auto* needed = find(identities, id);
    if (!needed && id.sub != 0) needed = find(identities, {id.catalog, id.oid, 0});  // a column of a view
    if (needed && needed != &object) result.push_back(needed);
  }
  return result;
}

const std::vector<Touched>& Draft::touched(const Object& object) const {
  static const std::vector<Touched> none;
  const auto found = touched_.find(&object);
  return found == touched_.end() ? none : found->second;
}

const Touched* Draft::touched(const Object& object, std::string_view attribute) const {
  for (const auto& t : touched(object))
    if (t.attribute == attribute) return &t;
  return nullptr;
}

Fate Draft::fate(const Object& object) const {
  const auto found = fates_.find(&object);
  return found == fates_.end() ? Fate::stay : found->second;
}

bool Draft::is_forced(const Object& object) const {
  const auto* other = partner(object);
  return forced_.contains(&object) || (other && forced_.contains(other));
}

bool Draft::is_retyped(const Object& column) const {
  const auto* other = partner(column);
  return retyped_.contains(&column) || (other && retyped_.contains(other));
}

std::vector<std::string> Draft::differences_of(const Object& object) const {
  for (const auto* one : {&object, partner(object)})
    if (const auto found = differences_.find(one); one && found != differences_.end()) return found->second;
  return {};
}

void Draft::read_differences(const std::set<Key>& withheld) {
  const auto differences = options_.lineage ? diff_by_identity(a_, b_, options_.compared) : diff(a_, b_, options_.compared);
  std::map<std::pair<bool, std::string>, std::vector<const Difference*>> found;  // is it called by its name in a
  for (const auto* list : {&differences.entries, &differences.consequences})
    for (const auto& d : *list) found[{d.change == Change::removed, d.kind + '\0' + d.name}].push_back(&d);
  const auto is_withheld = [&](const Object& object) { return withheld.contains({object.kind, qualified_name(object)}); };
  for (const auto& object : b_.objects) {
    const auto* old_one = partner(object);
    if (is_withheld(object)) {
      withheld_.insert(&object);
      if (old_one) withheld_.insert(old_one);
      continue;
    }
    if (const auto entry = found.find({false, key_of(object)}); entry != found.end())
      for (const auto* d : entry->second) {
        differences_[&object].push_back(to_string(*d));
        if (d->change == Change::changed) touched_[&object] = touched_[old_one] = d->touched;
        if (d->change == Change::renamed) renames_.emplace_back(old_one, &object);
      }
  }
  for (const auto& object : a_.objects) {
    if (partner(object)) continue;
    if (is_withheld(object)) {
      withheld_.insert(&object);
      continue;
    }
    if (const auto entry = found.find({true, key_of(object)}); entry != found.end())
      for (const auto* d : entry->second) differences_[&object].push_back(to_string(*d));
  }
}

void Draft::set_fate(const Object& a, Fate fate) {
  fates_[&a] = fate;
  if (const auto* b = partner(a); b && fate == Fate::recreate) fates_[b] = fate;
  worklist_.push_back(&a);
}

void Draft::force(const Object& a) {
  if (fate(a) != Fate::stay) return;
  forced_.insert(&a);
  set_fate(a, Fate::recreate);
}

void Draft::decide() {
  for (const auto& object : b_.objects)
    if (!partner(object) && !withheld_.contains(&object)) fates_[&object] = Fate::one_sided;
  for (const auto& object : a_.objects) {
    if (withheld_.contains(&object)) continue;
    const auto* other = partner(object);
    if (!other) {
      set_fate(object, Fate::one_sided);
      continue;
    }
    if (touched(object).empty()) continue;
    const auto* kind = script_kind(object.kind);
    const auto way = !kind ? Way::impossible : kind->way ? kind->way(*this, object, *other) : Way::recreate;
    if (way == Way::recreate) set_fate(object, Fate::recreate);
    if (way == Way::alter && object.kind == "column" && (touched(object, "type") || touched(object, "collation")))
      retyped_.insert(&object);
  }
  for (const auto* column : std::set(retyped_)) disturb_dependents_of_retyped(*column);
  while (!worklist_.empty()) {
    const auto* next = worklist_.back();
    worklist_.pop_back();
    disturb_dependents(*next);
  }
  // A routine may need the table whose default needs it.
  for (const auto& column : a_.objects) {
    if (column.kind != "column" || !goes(column) || attribute_value(column, "default").empty()) continue;
    const auto needed = needs(column);
    if (std::any_of(needed.begin(), needed.end(), [&](const Object* y) { return y->kind == "function" && goes(*y); }))
      default_goes_.insert(&column);
  }
}

void Draft::disturb_dependents(const Object& a) {
  const bool comes_back = fate(a) == Fate::recreate;
  for (const auto* x : dependents(a)) {
    if (fate(*x) != Fate::stay || !partner(*x) || withheld_.contains(x)) continue;
    const bool stands_on_it = find_a(x->parent_identity) == &a;
    if (stands_on_it) {
      force(*x);
    } else if (x->kind == "column") {
      if (a.kind == "type" || a.kind == "domain") {
        if (retyped_.insert(x).second) disturb_dependents_of_retyped(*x);
      } else if (!attribute_value(*x, "generated").empty()) {
        if (comes_back || touched(*x).empty()) force(*x);
      } else if (comes_back || !touched(*x, "default")) {
        default_goes_.insert(x);
      }
    } else if (x->kind == "table" || x->kind == "foreign_table") {
      if (!touched(*x, "partition_of") && !touched(*x, "inherits") && !touched(*x, "of_type") && !touched(*x, "server"))
        force(*x);
    } else if (x->kind == "sequence") {
      if (!touched(*x, "owned_by")) force(*x);
    } else {
      const auto* kind = script_kind(x->kind);
      const bool leaves_it = !comes_back && !touched(*x).empty() && kind && kind->way &&
                             kind->way(*this, *x, *partner(*x)) == Way::alter;
      if (!leaves_it) force(*x);
    }
  }
}

// The server rebuilds what it can (indexes, keys, checks) and refuses while the rest is there. A foreign key could be
// rebuilt, but not when both of its sides change, and it is checked again under an exclusive lock.
void Draft::disturb_dependents_of_retyped(const Object& column) {
  for (const auto* x : dependents(column)) {
    if (!partner(*x) || withheld_.contains(x)) continue;
    const bool listed = std::find(dependent_on_column_type.begin(), dependent_on_column_type.end(), x->kind) !=
                        dependent_on_column_type.end();
    const bool generated = x->kind == "column" && !attribute_value(*x, "generated").empty();
    const bool rebuilt_otherwise = (is_constraint(x->kind) || x->kind == "index") && !touched(*x).empty();
    if (listed || generated || rebuilt_otherwise) force(*x);
  }
}

bool Draft::goes_with_another(const Object& a) const {
  if (!goes(a) || a.kind == "user_mapping") return false;  // a server with mappings is not dropped
  // Two tables that refer to each other could not go one after the other.
  if (a.kind == "foreign_key") {
    const auto* own = find_a(a.parent_identity);
    const auto needed = needs(a);
    if (std::any_of(needed.begin(), needed.end(), [&](const Object* y) { return y != own && y->kind == "table" && goes(*y); })) return false;
    if (std::any_of(needed.begin(), needed.end(), [&](const Object* y) { return parent(*y) && parent(*y) != own && goes(*parent(*y)); })) return false;
  }
  if (const auto* on = find_a(a.parent_identity); on && on != &a && goes(*on)) return true;
  if (a.kind == "sequence" && !attribute_value(a, "owned_by").empty())
    for (const auto* owner : needs(a))
      if ((owner->kind == "column" || owner->kind == "table") && goes(*owner)) return true;
  if (a.inherited)
    if (const auto* above = inherited_from(*this, a); above && goes(*above)) return true;
  return false;
}

// What is dropped early has its old name then, so nothing that goes later may stand in its way.
void Draft::decide_phases() {
  for (const auto& object : a_.objects)
    if (const auto* kind = script_kind(object.kind); kind && kind->dropped_early && goes(object)) early_.insert(&object);
  // A name that a rename needs must be free by then.
  std::set<std::string> wanted;
  for (const auto& [from, to] : renames_)
    if (fate(*from) == Fate::stay)
      for (const auto& name : names_of(*to)) wanted.insert(name);
  for (const auto& object : a_.objects) {
    if (!goes(object)) continue;
    const auto names = names_of(object);
    if (std::any_of(names.begin(), names.end(), [&](const auto& name) { return wanted.contains(name); }))
      early_.insert(&object);
  }
  for (bool again = true; again;) {
    again = false;
    for (const auto* x : std::set(early_))
      for (const auto* y : dependents(*x))
        if (goes(*y) && !goes_with_another(*y) && !early_.contains(y)) again = early_.erase(x) > 0 || again;
  }
}

std::string Draft::now(const Object& a) const {
  // What is made again is not renamed before.
  if (const auto* b = partner(a); b && !withheld_.contains(&a) && fate(a) == Fate::stay) return qualified_name(*b);
  if (matching_.renames.empty() && renames_.empty()) return qualified_name(a);
  Object moved;
  moved.kind = a.kind;
  moved.name = a.name;
  moved.signature = now_signature(a.signature);
  moved.schema = a.schema;
  moved.parent = a.parent;
  for (const auto& object : a_.objects)
    if (object.kind == "schema" && object.name == a.schema && partner(object)) moved.schema = partner(object)->name;
  if (const auto* on = find_a(a.parent_identity); on && on != &a) {
    moved.parent = now(*on);
    if (const auto* b = partner(*on)) moved.schema = b->schema;
  }
  return qualified_name(moved);
}

std::string Draft::now_signature(std::string signature) const {
  for (const auto& type : a_.objects)
    if (const auto aside = name_while_replaced(*this, type); !aside.empty())
      for (const auto* end : {",", ")", "["}) signature = replaced(signature, qualified_name(type) + end, aside + end);
  for (const auto& [from, to] : renames_)
    if (const auto old_name = qualified_name(*from); from->signature.empty() && kind_facts(from->kind).naming == Naming::in_schema)
      for (const auto* end : {",", ")", "["})
        signature = replaced(signature, old_name + end, qualified_name(*to) + end);
  return signature;
}

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
    if (kind->way && kind->way(*this, object, *b) == Way::impossible) continue;  // it said why
    if (kind->alter) kind->alter(*this, object, *b);
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
