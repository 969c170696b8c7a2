#include "matching.hpp"

#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>

#include <prodclone/base/text.hpp>
#include <prodclone/pg/quote.hpp>
#include <prodclone/schema/kinds.hpp>

namespace prodclone::schema {

namespace {

std::string key_of(const Object& object) {
  return object.kind + '\0' + qualified_name(object);
}

// Objects whose definition is so telling that an equal one in the same place under another name is a rename. A column
// or a table with equal properties may well be another one.
bool may_be_proposed(const Object& object) {
  if (is_constraint(object.kind)) return true;
  if (object.kind == "sequence") return !attribute_value(object, "owned_by").empty();
  for (const auto kind : {"index", "trigger", "policy", "rule", "view", "materialized_view", "function", "procedure",
                          "statistics", "aggregate", "operator_class", "text_search_configuration", "event_trigger"})
    if (object.kind == kind) return true;
  return false;
}

class Matcher {
 public:
  Matcher(const Snapshot& a, const Snapshot& b) : a_(a), b_(b) {
    result_.a_to_b.resize(a.objects.size());
    result_.b_to_a.resize(b.objects.size());
  }

  void by_identity() {
    std::map<std::pair<std::string_view, Identity>, std::size_t> there;
    for (std::size_t j = 0; j < b_.objects.size(); ++j)
      if (b_.objects[j].identity)
        there.emplace(std::pair{std::string_view(b_.objects[j].kind), b_.objects[j].identity}, j);
    for (std::size_t i = 0; i < a_.objects.size(); ++i) {
      const auto& object = a_.objects[i];
      if (const auto found = there.find({object.kind, object.identity}); found != there.end())
        pair_lineage(i, found->second);
    }
  }

  // Parents first, so that what stands on them is looked for under their new names.
  void by_name(bool lineage) {
    std::unordered_map<std::string, std::size_t> there;
    for (std::size_t j = 0; j < b_.objects.size(); ++j)
      if (!result_.b_to_a[j]) there.emplace(key_of(b_.objects[j]), j);
    if (lineage) index_a();
    for (int depth = 0; depth < 3; ++depth)
      for (std::size_t i = 0; i < a_.objects.size(); ++i) {
        const auto& object = a_.objects[i];
        if (result_.a_to_b[i] || depth_of(object) != depth) continue;
        const auto found = there.find(key_of(lineage ? under_new_names(object) : object));
        if (found == there.end() || result_.b_to_a[found->second]) continue;
        if (lineage)
          pair_lineage(i, found->second);
        else
          pair(i, found->second);
      }
  }

  // A function made again for arguments of a renamed type: f(legal_entity) is now f(tenant).
  void by_signature_under_new_names() {
    for (std::size_t i = 0; i < a_.objects.size(); ++i) {
      if (result_.a_to_b[i] || a_.objects[i].signature.empty()) continue;
      const auto wanted = under_new_names(a_.objects[i]);
      for (std::size_t j = 0; j < b_.objects.size(); ++j) {
        const auto& object = b_.objects[j];
        if (result_.b_to_a[j] || object.kind != wanted.kind || object.name != wanted.name ||
            object.schema != wanted.schema)
          continue;
        if (!result_.renames.explains(wanted.signature, object.signature, {})) continue;
        pair_lineage(i, j);
        break;
      }
    }
  }

  void by_equal_definition(bool lineage) {
    // A partition's index names the one that it is attached to, which may be renamed itself.
    while (propose(lineage) && !lineage) {
    }
  }

  // What stands on an object follows it under its proposed name, then what is said about all of these.
  void by_parent() {
    by_parent(Naming::in_parent);
    by_parent(Naming::by_parent);
  }

  Matching result() { return std::move(result_); }

 private:
  void by_parent(Naming naming) {
    using Place = std::tuple<std::string_view, Identity, std::string>;
    std::map<Place, std::size_t> there;
    for (std::size_t j = 0; j < b_.objects.size(); ++j)
      if (const auto& object = b_.objects[j]; !result_.b_to_a[j] && object.parent_identity)
        there.emplace(Place{object.kind, object.parent_identity, name_in_place(object)}, j);
    if (there.empty()) return;
    std::unordered_map<Identity, std::size_t> owners;
    for (std::size_t i = 0; i < a_.objects.size(); ++i)
      if (kind_facts(a_.objects[i].kind).naming != Naming::by_parent) owners.emplace(a_.objects[i].identity, i);
    for (std::size_t i = 0; i < a_.objects.size(); ++i) {
      const auto& object = a_.objects[i];
      if (result_.a_to_b[i] || !object.parent_identity || (kind_facts(object.kind).naming == Naming::by_parent) != (naming == Naming::by_parent)) continue;
      const auto owner = owners.find(object.parent_identity);
      if (owner == owners.end() || !result_.a_to_b[owner->second]) continue;
      const auto found = there.find({object.kind, b_.objects[*result_.a_to_b[owner->second]].identity, name_in_place(object)});
      if (found != there.end() && !result_.b_to_a[found->second]) pair(i, found->second);
    }
  }

  bool propose(bool lineage) {
    struct Candidates {
      std::vector<std::size_t> a, b;
    };
    std::map<std::string, Candidates> places;
    for (std::size_t i = 0; i < a_.objects.size(); ++i)
      if (!result_.a_to_b[i] && may_be_proposed(a_.objects[i]))
        places[content_key(lineage ? under_new_names(a_.objects[i]) : a_.objects[i], lineage)].a.push_back(i);
    for (std::size_t j = 0; j < b_.objects.size(); ++j)
      if (!result_.b_to_a[j] && may_be_proposed(b_.objects[j]))
        places[content_key(b_.objects[j], lineage)].b.push_back(j);
    bool found_any = false;
    for (const auto& [key, found] : places) {
      if (found.a.size() != 1 || found.b.size() != 1) continue;
      pair_lineage(found.a[0], found.b[0]);
      const auto& before = a_.objects[found.a[0]];
      const auto& after = b_.objects[found.b[0]];
      if (is_index_like(before.kind)) attached_.emplace(index_name(before), index_name(after));
      found_any = true;
    }
    return found_any;
  }

  static std::string index_name(const Object& object) {
    return pg::quote_identifier_if_needed(object.schema) + '.' + pg::quote_identifier_if_needed(object.name);
  }

  void pair(std::size_t i, std::size_t j) {
    result_.a_to_b[i] = j;
    result_.b_to_a[j] = i;
  }
  void pair_lineage(std::size_t i, std::size_t j) {
    pair(i, j);
    result_.renames.add(a_.objects[i], b_.objects[j]);
  }

  // Of a comment, what of its object it is on: a column, or the object itself.
  static std::string name_in_place(const Object& object) {
    if (object.kind != "comment" && object.kind != "security_label") return object.name + object.signature;
    return object.name + '\0' + (object.identity == object.parent_identity ? std::string() : split_name(object.parent).last);
  }

  static int depth_of(const Object& object) {
    if (object.parent.empty()) return 0;
    return kind_facts(object.kind).naming == Naming::by_parent && object.kind != "row_security" ? 2 : 1;
  }

  void index_a() {
    for (std::size_t i = 0; i < a_.objects.size(); ++i)
      if (kind_facts(a_.objects[i].kind).naming != Naming::by_parent) a_by_identity_.emplace(a_.objects[i].identity, i);
  }

  Object under_new_names(const Object& before) const {
    Object object;
    object.kind = before.kind;
    object.schema = result_.renames.schema(before.schema);
    object.name = before.name;
    object.signature = before.signature;
    object.parent = before.parent;
    object.attributes = before.attributes;
    if (!before.parent_identity) return object;
    const auto found = a_by_identity_.find(before.parent_identity);
    if (found == a_by_identity_.end()) return object;
    if (const auto j = result_.a_to_b[found->second]) {
      const auto& parent = b_.objects[*j];
      object.parent = qualified_name(parent);
      object.schema = parent.schema;
      if (before.kind == "comment" || before.kind == "security_label")
        object.parent = std::string(kind_facts(parent.kind).noun) + ' ' + object.parent;
      if (before.kind == "security_label")
        object.parent = pg::quote_identifier_if_needed(before.name) + " on " + object.parent;
    }
    return object;
  }

  // In one lineage by raw values, which do not know names.
  std::string content_key(const Object& object, bool lineage) const {
    std::string key = object.kind + '\0' + object.schema + '\0' + object.parent + object.signature;
    for (const auto& a : object.attributes) {
      if (a.value.empty() && !lineage) continue;
      const auto* text = lineage && !a.raw.empty() ? &a.raw : &a.value;
      if (!lineage && a.name == "attached_to")
        if (const auto renamed = attached_.find(*text); renamed != attached_.end()) text = &renamed->second;
      key += '\0' + a.name + '=' + *text;
    }
    return key;
  }

  const Snapshot& a_;
  const Snapshot& b_;
  Matching result_;
  std::unordered_map<Identity, std::size_t> a_by_identity_;
  std::map<std::string, std::string> attached_;  // indexes of `a` that are proposed, under their names in b
};

}  // namespace

Matching match_by_name(const Snapshot& a, const Snapshot& b) {
  Matcher matcher(a, b);
  matcher.by_name(false);
  matcher.by_equal_definition(false);
  matcher.by_parent();
  return matcher.result();
}

Matching match_by_identity(const Snapshot& before, const Snapshot& after) {
  Matcher matcher(before, after);
  matcher.by_identity();
  matcher.by_name(true);
  matcher.by_signature_under_new_names();
  matcher.by_equal_definition(true);
  matcher.by_parent();
  return matcher.result();
}

}  // namespace prodclone::schema
