#include <prodclone/schema/diff.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include <prodclone/base/text.hpp>
#include <prodclone/pg/quote.hpp>
#include <prodclone/schema/kinds.hpp>
#include <prodclone/schema/majors.hpp>

#include "matching.hpp"

namespace prodclone::schema {

namespace {

// Text that people write and the server stores as it stands: a rename does not reach it.
bool is_free_text(std::string_view kind, std::string_view attribute) {
  return attribute == "body" || ((kind == "comment" || kind == "security_label") && attribute == "text");
}

// Properties that no definition shows are shown under it.
std::string with_hidden(const Object& object, const std::vector<Touched>& touched, bool side_a) {
  std::string text = object.definition;
  for (const auto& t : touched) {
    const auto& value = side_a ? t.a : t.b;
    text += fmt::format("\n-- {}: {}", t.attribute, value.empty() ? "(default)" : replaced(value, "\n", "\n--   "));
  }
  return text;
}

class Comparison {
 public:
  Comparison(const Snapshot& a, const Snapshot& b, Matching matching, bool lineage, const DiffOptions& options)
      : a_(a.objects), b_(b.objects), matching_(std::move(matching)), lineage_(lineage), options_(options) {}

  Differences run() {
    for (std::size_t j = 0; j < b_.size(); ++j) {
      if (!matching_.b_to_a[j])
        add_one_sided(Change::added, b_[j]);
      else
        compare(a_[*matching_.b_to_a[j]], b_[j]);
    }
    for (std::size_t i = 0; i < a_.size(); ++i)
      if (!matching_.a_to_b[i]) add_one_sided(Change::removed, a_[i]);
    if (options_.strict) compare_column_order();
    return split_off_consequences();
  }

 private:
  struct Found {
    Difference difference;
    const Object* object;  // in b; in a when removed
  };

  void add_one_sided(Change change, const Object& object) {
    if (object.kind == "default_privileges" && !options_.privileges) return;
    Difference d;
    d.change = change;
    d.kind = object.kind;
    d.name = qualified_name(object);
    (change == Change::added ? d.b : d.a) = object.definition;
    (change == Change::added ? d.identity_b : d.identity_a) = object.identity;
    if (object.kind == "index" && !attribute_value(object, "valid").empty())
      d.touched = {change == Change::added ? Touched{"valid", "", "no"} : Touched{"valid", "no", ""}};
    found_.push_back({std::move(d), &object});
  }

  // Moves with its table: its schema is not its own.
  bool follows_its_table(const Object& x, const Object& y) const {
    if (x.kind == "statistics") return false;
    if (x.parent_identity) return true;
    return x.kind == "sequence" && !attribute_value(x, "owned_by").empty() && !attribute_value(y, "owned_by").empty();
  }

  // A cast is named by its types, a published table by its publication: what they are called is not their own.
  bool is_named_by_others(const Object& x) const {
    return is_published(x.kind) || (kind_facts(x.kind).naming == Naming::in_words && x.kind != "operator");
  }

  bool renamed(const Object& x, const Object& y) const {
    if (is_named_by_others(x) && x.name != y.name) {
      const auto name_of = [&](const Object& o) {
        return is_published(o.kind) ? pg::quote_identifier_if_needed(o.name) : o.name;
      };
      return !matching_.renames.explains(name_of(x), name_of(y), {});
    }
    if (x.name != y.name) return true;
    if (kind_facts(x.kind).naming == Naming::by_itself || follows_its_table(x, y)) return false;
    return matching_.renames.schema(x.schema) != y.schema;
  }

  void compare(const Object& x, const Object& y) {
    Difference d;
    d.kind = y.kind;
    d.name = qualified_name(y);
    d.identity_a = x.identity;
    d.identity_b = y.identity;
    if (renamed(x, y)) {
      auto rename = d;
      rename.change = Change::renamed;
      rename.old_name = qualified_name(x);
      rename.a = x.definition;
      rename.b = y.definition;
      found_.push_back({std::move(rename), &y});
    }
    std::vector<Touched> by_rename;
    d.touched = touched(x, y, by_rename);
    if (d.touched.empty()) {
      if (by_rename.empty()) return;
      d.by_rename = true;
      d.touched = std::move(by_rename);
    }
    d.change = Change::changed;
    const bool hidden = x.definition == y.definition;
    d.a = hidden ? with_hidden(x, d.touched, true) : x.definition;
    d.b = hidden ? with_hidden(y, d.touched, false) : y.definition;
    found_.push_back({std::move(d), &y});
  }

  // `by_rename` gets what differs only because something is called otherwise, where that is not known but proposed.
  std::vector<Touched> touched(const Object& x, const Object& y, std::vector<Touched>& by_rename) const {
    std::vector<Touched> result;
    static const Attribute none;
    std::size_t i = 0, k = 0;  // both sorted by name
    while (i < x.attributes.size() || k < y.attributes.size()) {
      const bool has_x = i < x.attributes.size(), has_y = k < y.attributes.size();
      const int order = !has_y ? -1 : !has_x ? 1 : x.attributes[i].name.compare(y.attributes[k].name);
      const auto& old_one = order <= 0 ? x.attributes[i++] : none;
      const auto& new_one = order >= 0 ? y.attributes[k++] : none;
      if (!same(x, old_one, new_one))
        (!lineage_ && explained(x, old_one, new_one) ? by_rename : result)
            .push_back({order <= 0 ? old_one.name : new_one.name, old_one.value, new_one.value});
    }
    if (options_.owners && x.owner != y.owner) result.push_back({"owner", x.owner, y.owner});
    if (options_.privileges && x.privileges != y.privileges)
      result.push_back({"privileges", joined(x.privileges, ", "), joined(y.privileges, ", ")});
    return result;
  }

  bool same(const Object& x, const Attribute& old_one, const Attribute& new_one) const {
    if (old_one.value == new_one.value) return true;
    if (!lineage_) return false;
    if (!is_free_text(x.kind, old_one.name) && !old_one.raw.empty() && old_one.raw == new_one.raw) return true;
    return explained(x, old_one, new_one);
  }

  bool explained(const Object& x, const Attribute& old_one, const Attribute& new_one) const {
    return !is_free_text(x.kind, old_one.name) &&
           matching_.renames.explains(
               old_one.value, new_one.value,
               kind_facts(x.kind).naming == Naming::in_schema && !x.parent_identity ? qualified_name(x) : x.parent);
  }

  void compare_column_order() {
    std::unordered_map<Identity, std::vector<const Object*>> columns;
    for (const auto& object : b_)
      if (object.kind == "column") columns[object.parent_identity].push_back(&object);
    for (std::size_t j = 0; j < b_.size(); ++j) {
      const auto table = matching_.b_to_a[j];
      if (!table || (b_[j].kind != "table" && b_[j].kind != "foreign_table")) continue;
      std::vector<std::pair<int, const Object*>> in_a, in_b;
      for (const auto* column : columns[b_[j].identity]) {
        const auto i = matching_.b_to_a[static_cast<std::size_t>(column - b_.data())];
        if (!i) continue;
        in_a.emplace_back(a_[*i].ordinal, column);
        in_b.emplace_back(column->ordinal, column);
      }
      const auto list = [](auto& order) {
        std::sort(order.begin(), order.end());
        std::vector<std::string> names;
        for (const auto& [ordinal, column] : order) names.push_back(pg::quote_identifier_if_needed(column->name));
        return joined(names, ", ");
      };
      const auto order_a = list(in_a), order_b = list(in_b);
      if (order_a == order_b) continue;
      Difference d{.change = Change::changed, .kind = b_[j].kind, .name = qualified_name(b_[j])};
      d.a = a_[*table].definition;
      d.b = b_[j].definition;
      d.touched = {{"column_order", order_a, order_b}};
      d.identity_a = a_[*table].identity;
      d.identity_b = b_[j].identity;
      found_.push_back({std::move(d), &b_[j]});
    }
  }

  // The tables of `side` that a table inherits from or is a partition of.
  static std::vector<Identity> parents_of(const Object& table) {
    std::vector<Identity> parents;
    for (const auto name : {"partition_of", "inherits"})
      if (const auto* a = attribute(table, name); a && !a->raw.empty())
        for (const auto& oid : split(a->raw, ','))
          parents.push_back({table.identity.catalog, static_cast<std::uint32_t>(std::stoul(oid)), 0});
    return parents;
  }

  Differences split_off_consequences() {
    // On which table each side's sequences, indexes and the rest stand.
    std::set<std::pair<Change, Identity>> one_sided;  // tables, views, domains, types
    for (const auto& f : found_)
      if ((f.difference.change == Change::added || f.difference.change == Change::removed) &&
          kind_facts(f.difference.kind).naming != Naming::by_parent)
        one_sided.emplace(f.difference.change, f.object->identity);
    std::unordered_map<Identity, const Object*> tables_a, tables_b;
    const auto collect = [](const std::vector<Object>& objects, auto& tables) {
      for (const auto& object : objects)
        if (object.kind == "table" || object.kind == "foreign_table") tables.emplace(object.identity, &object);
    };
    collect(a_, tables_a);
    collect(b_, tables_b);

    // What differs on each table, to recognise the same on its partitions.
    std::set<std::string> on_parents;
    const auto signature_of = [&](const Found& f, const Identity& table) {
      std::string text =
          fmt::format("{}|{}.{}|{}|", to_string(f.difference.change), table.catalog, table.oid, f.difference.kind);
      if (f.object->kind == "index" || is_index_like(f.object->kind)) {
        // Children have names of their own; what they are attached to tells.
        text += fmt::format("#{}", f.object->index ? f.object->index.oid : f.object->identity.oid);
      } else {
        text += f.object->name;
      }
      for (const auto& t : f.difference.touched) text += '|' + t.attribute;
      return text;
    };
    for (const auto& f : found_)
      if (f.object->parent_identity) on_parents.insert(signature_of(f, f.object->parent_identity));

    const auto stands_on_one_sided = [&](const Found& f) {
      const auto change = f.difference.change;
      if (change != Change::added && change != Change::removed) return false;
      if (f.object->parent_identity && one_sided.contains({change, f.object->parent_identity})) return true;
      if (f.object->kind == "sequence")
        if (const auto* owned = attribute(*f.object, "owned_by")) {
          const auto parts = split(owned->raw, '/');  // deptype/oid/attnum
          if (parts.size() == 3)
            return one_sided.contains({change, {1259, static_cast<std::uint32_t>(std::stoul(parts[1])), 0}}) ||
                   (parts[0] == "i" &&
                    one_sided.contains(
                        {change, {1259, static_cast<std::uint32_t>(std::stoul(parts[1])), std::stoi(parts[2])}}));
        }
      return false;
    };
    const auto is_of_one_sided_publication = [&](const Found& f) {
      return is_published(f.object->kind) &&
             std::any_of(f.object->depends.begin(), f.object->depends.end(),
                         [&](const Identity& id) { return one_sided.contains({f.difference.change, id}); });
    };
    std::set<std::string> changed_types;
    for (const auto& f : found_)
      if (f.difference.kind == "type") changed_types.insert(fmt::format("{}", f.object->identity.oid));
    const auto came_from_parent = [&](const Found& f) {
      const auto& tables = f.difference.change == Change::removed ? tables_a : tables_b;
      const auto table = tables.find(f.object->parent_identity);
      if (table == tables.end()) return false;
      if (const auto* type = attribute(*table->second, "of_type"); type && f.difference.kind == "column")
        if (changed_types.contains(type->raw)) return true;
      if (!f.object->inherited) return false;
      if (is_index_like(f.object->kind)) {
        const auto* attached = attribute(*f.object, "attached_to");
        if (!attached || attached->raw.empty()) return false;
        for (const auto& parent : parents_of(*table->second)) {
          std::string text = fmt::format("{}|{}.{}|{}|#{}", to_string(f.difference.change), parent.catalog, parent.oid,
                                         f.difference.kind, attached->raw);
          for (const auto& t : f.difference.touched) text += '|' + t.attribute;
          if (on_parents.contains(text)) return true;
        }
        return false;
      }
      for (const auto& parent : parents_of(*table->second))
        if (on_parents.contains(signature_of(f, parent))) return true;
      return false;
    };

    Differences result;
    for (auto& f : found_)
      (f.difference.by_rename || stands_on_one_sided(f) || is_of_one_sided_publication(f) || came_from_parent(f) ? result.consequences : result.entries)
          .push_back(f.difference);
    show_whole_tables(result);
    const auto before = [](const Difference& x, const Difference& y) {
      return std::tie(x.kind, x.name, x.change) < std::tie(y.kind, y.name, y.change);
    };
    std::sort(result.entries.begin(), result.entries.end(), before);
    std::sort(result.consequences.begin(), result.consequences.end(), before);
    return result;
  }

  // An added or removed table, server or publication is one entry: its definition carries what stands on it.
  void show_whole_tables(Differences& result) const {
    for (auto& d : result.entries) {
      if (d.change != Change::added && d.change != Change::removed) continue;
      if (d.kind != "table" && d.kind != "foreign_table" && d.kind != "server" && d.kind != "publication") continue;
      const auto& objects = d.change == Change::added ? b_ : a_;
      const auto& id = d.change == Change::added ? d.identity_b : d.identity_a;
      auto& text = d.change == Change::added ? *d.b : *d.a;
      for (const auto& object : objects) {
        const bool published = d.kind == "publication" && is_published(object.kind) &&
                               std::find(object.depends.begin(), object.depends.end(), id) != object.depends.end();
        if ((object.parent_identity != id && !published) || object.kind == "column") continue;
        text += is_constraint(object.kind) ? fmt::format(";\nALTER TABLE {} ADD {}", d.name, object.definition)
                                           : ";\n" + object.definition;
      }
    }
  }

  const std::vector<Object>& a_;
  const std::vector<Object>& b_;
  Matching matching_;
  bool lineage_;
  const DiffOptions& options_;
  std::vector<Found> found_;
};

}  // namespace

std::string_view to_string(Change change) {
  switch (change) {
    case Change::added:
      return "added";
    case Change::removed:
      return "removed";
    case Change::changed:
      return "changed";
    case Change::renamed:
      return "renamed";
  }
  return "changed";
}

std::string to_string(const Difference& d) {
  const auto noun = kind_facts(d.kind).noun;
  const auto subject = fmt::format("{} {} {}{}", to_string(d.change), noun, d.kind == "comment" ? "on " : "",
                                   d.old_name.value_or(d.name));
  if (d.change == Change::renamed) {
    const auto from = split_name(*d.old_name), to = split_name(d.name);
    // A column keeps its table whatever that is called now; others show where they moved to.
    const bool in_place = kind_facts(d.kind).naming == Naming::in_parent || from.owner == to.owner;
    return fmt::format("{} -> {}", subject, in_place ? to.last : d.name);
  }
  if (d.change != Change::changed) return subject;
  std::vector<std::string> attributes;
  for (const auto& t : d.touched) attributes.push_back(t.attribute);
  return fmt::format("{} ({})", subject, joined(attributes, ", "));
}

Differences diff(const Snapshot& a, const Snapshot& b, const DiffOptions& options) {
  if (!of_one_major(a, b)) {
    auto one = a, other = b;
    bring_to_one_spelling(one, other);
    return Comparison(one, other, match_by_name(one, other), false, options).run();
  }
  return Comparison(a, b, match_by_name(a, b), false, options).run();
}

Differences diff_by_identity(const Snapshot& before, const Snapshot& after, const DiffOptions& options) {
  return Comparison(before, after, match_by_identity(before, after), true, options).run();
}

}  // namespace prodclone::schema
