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

}  // namespace

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
    if (kind_facts(object.kind).naming == Naming::by_parent || !object.identity) continue;
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

bool Draft::structure_differs(const Object& object) const {
  const auto& all = touched(object);
  return std::any_of(all.begin(), all.end(), [](const Touched& t) { return t.attribute != "owner" && t.attribute != "privileges"; });
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
    for (const auto& d : *list)
      if (!d.by_rename) found[{d.change == Change::removed, d.kind + '\0' + d.name}].push_back(&d);
  const auto is_withheld = [&](const Object& object) {
    if (object.kind == "default_privileges" && !options_.compared.privileges) return true;
    return withheld.contains({object.kind, qualified_name(object)});
  };
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
    const auto way = !kind ? Way::impossible : !structure_differs(object) ? Way::alter : kind->way ? kind->way(*this, object, *other) : Way::recreate;
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

}  // namespace prodclone::schema
