// Enums, composite types, ranges, domains.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include <prodclone/base/text.hpp>
#include <prodclone/schema/statements.hpp>

#include "script_draft.hpp"

namespace prodclone::schema {

namespace {

std::string_view value(const Object& object, std::string_view name) {
  return attribute_value(object, name);
}

std::string_view words(const Object& type) {
  return type.kind == "domain" ? "DOMAIN" : "TYPE";
}

// How the labels of an enum become those of another without a new type.
struct LabelPlan {
  std::vector<std::pair<std::string, std::string>> renamed = {};  // as literals
  struct Added {
    std::string label, place;
  };
  std::vector<Added> added = {};
};

// Nothing when labels go or change places. Within one lineage a label is known by its OID.
std::optional<LabelPlan> plan_labels(const Object& a, const Object& b, bool lineage) {
  auto before = cut_list(value(a, "labels"));
  const auto after = cut_list(value(b, "labels"));
  LabelPlan plan;
  std::map<std::string, std::string> old_name;  // by the new one
  if (lineage) {
    const auto* oids_a = attribute(a, "label_oids");
    const auto* oids_b = attribute(b, "label_oids");
    if (oids_a && oids_b) {
      const auto x = split(oids_a->raw, ','), y = split(oids_b->raw, ',');
      if (x.size() == before.size() && y.size() == after.size())
        for (std::size_t i = 0; i < x.size(); ++i)
          if (const auto there = std::find(y.begin(), y.end(), x[i]); there != y.end()) {
            const auto& to = after[static_cast<std::size_t>(there - y.begin())];
            if (before[i] == to) continue;
            plan.renamed.emplace_back(before[i], to);
            old_name[to] = before[i];
            before[i] = to;
          }
    }
  }
  const auto as_before = [&](const std::string& label) { return old_name.contains(label) ? old_name[label] : label; };
  std::size_t i = 0;
  for (std::size_t j = 0; j < after.size(); ++j) {
    if (i < before.size() && before[i] == after[j]) {
      ++i;
      continue;
    }
    if (std::find(before.begin(), before.end(), after[j]) != before.end()) return std::nullopt;
    std::string place;
    if (i < before.size())
      place = j > 0 ? " AFTER " + as_before(after[j - 1]) : " BEFORE " + as_before(before[i]);
    plan.added.push_back({after[j], place});
  }
  return i == before.size() ? std::optional(plan) : std::nullopt;
}

// Actions of ALTER TYPE, or nothing when attributes would have to change places.
std::optional<std::vector<std::string>> attribute_actions(const Object& a, const Object& b, bool lineage) {
  auto before = cut_list(value(a, "attributes"));
  const auto after = cut_list(value(b, "attributes"));
  const auto find = [](const std::vector<std::string>& list, const std::string& name) {
    return std::find_if(list.begin(), list.end(), [&](const auto& one) { return cut_name(one).first == name; });
  };
  std::vector<std::string> actions, order;
  // In one lineage another name in the same place, of the same type, is a rename.
  if (lineage && before.size() == after.size())
    for (std::size_t i = 0; i < before.size(); ++i) {
      const auto [old_one, type] = cut_name(before[i]);
      const auto [new_one, same] = cut_name(after[i]);
      if (old_one == new_one || type != same || find(before, new_one) != before.end() || find(after, old_one) != after.end()) continue;
      actions.push_back(fmt::format("RENAME ATTRIBUTE {} TO {}", old_one, new_one));
      before[i] = after[i];
    }
  for (const auto& one : before) {
    const auto [name, type] = cut_name(one);
    const auto there = find(after, name);
    if (there == after.end()) {
      actions.push_back("DROP ATTRIBUTE " + name);
      continue;
    }
    order.push_back(*there);
    if (*there != one) actions.push_back(fmt::format("ALTER ATTRIBUTE {} TYPE {}", name, cut_name(*there).second));
  }
  for (const auto& one : after)
    if (find(before, cut_name(one).first) == before.end()) {
      actions.push_back("ADD ATTRIBUTE " + one);
      order.push_back(one);
    }
  return order == after ? std::optional(actions) : std::nullopt;
}

// "RECEIVE = f", of which ALTER TYPE can set some. Nothing when it must change what it cannot.
std::optional<std::vector<std::string>> base_settings(const Object& a, const Object& b) {
  std::vector<std::string> settings;
  for (const auto list : {"functions", "layout"}) {
    std::map<std::string, std::string> was, is;
    for (const auto& entry : cut_list(value(a, list))) was.insert(cut_name(entry));
    for (const auto& entry : cut_list(value(b, list))) is.insert(cut_name(entry));
    for (const auto& [name, text] : was) is.emplace(name, "= NONE");
    for (const auto& [name, text] : is) {
      if (was[name] == text) continue;
      const bool settable = name == "STORAGE" ? text != "= plain" && was[name] != "= plain"
                                              : std::string_view(list) == "functions" && name != "INPUT" && name != "OUTPUT";
      if (!settable) return std::nullopt;
      settings.push_back(name + ' ' + text);
    }
  }
  return settings;
}

bool is_of_a_table(const Draft& draft, const Object& a) {
  const auto& all = draft.dependents(a);
  return std::any_of(all.begin(), all.end(), [](const Object* x) { return x->kind == "table"; });
}

bool holds_values(const Draft& draft, const Object& a) {
  const auto& all = draft.dependents(a);
  return std::any_of(all.begin(), all.end(), [&](const Object* x) {
    if (draft.partner(*x) == nullptr) return false;
    return x->kind == "column" || ((x->kind == "domain" || x->kind == "type") && holds_values(draft, *x));
  });
}

// The type that is replaced, while columns change over to the new one.
std::string old_name(const Object& a) {
  auto name = "prodclone_old_" + a.name;
  if (name.size() > 63) name.resize(63);
  return name;
}

}  // namespace

std::string name_while_replaced(const Draft& draft, const Object& a) {
  if ((a.kind != "type" && a.kind != "domain") || draft.fate(a) != Fate::recreate || !holds_values(draft, a)) return {};
  Object aside = a;
  aside.name = old_name(a);
  return qualified_name(aside);
}

Way way_of_type(const Draft& draft, const Object& a, const Object& b) {
  const auto impossible = [&](std::string why) {
    const_cast<Draft&>(draft).cannot(a, std::move(why));  // said while writing; a const draft can only decide
    return Way::impossible;
  };
  if (draft.touched(a, "flavour")) return Way::recreate;
  if (value(a, "flavour") == "range" && draft.touched(a, "range") && holds_values(draft, a))
    return impossible("Columns hold values of this range type, and its multirange type would be in the new one's way.");
  if (value(a, "flavour") == "base") {
    for (const auto& t : draft.touched(a))
      if (t.attribute != "functions" && t.attribute != "layout" && t.attribute != "owner" && t.attribute != "privileges")
        return impossible(fmt::format("Nothing changes the {} of a base type, and it cannot be made again: it and its functions need each other.", t.attribute));
    if (!base_settings(a, b)) return impossible("Nothing changes the form of a base type, and it cannot be made again: it and its functions need each other.");
    return Way::alter;
  }
  if (draft.touched(a, "labels")) return plan_labels(a, b, draft.options().lineage) ? Way::alter : Way::recreate;
  if (draft.touched(a, "attributes")) {
    const auto actions = attribute_actions(a, b, draft.options().lineage);
    if (!actions && is_of_a_table(draft, a)) return impossible("A table is made of this type, and the order of its attributes cannot change.");
    if (!holds_values(draft, a)) return actions ? Way::alter : Way::recreate;
    const bool changes = !actions || std::any_of(actions->begin(), actions->end(), [](const auto& one) { return one.starts_with("ALTER"); });
    if (!changes) return Way::alter;
    return impossible("Columns hold values of this composite type; the server changes no attribute's type or place under them.");
  }
  if (a.kind == "domain") return draft.touched(a, "type") || draft.touched(a, "collation") ? Way::recreate : Way::alter;
  if (!draft.touched(a, "owner") && !draft.touched(a, "privileges")) return Way::recreate;
  return draft.touched(a).size() > 1 && !(draft.touched(a, "owner") && draft.touched(a, "privileges") && draft.touched(a).size() == 2) ? Way::recreate
                                                                                                                                     : Way::alter;
}

void make_type(Draft& draft, const Object& b) {
  std::string loses;
  if (const auto* a = draft.partner(b); a && holds_values(draft, *a)) {
    const auto after = cut_list(value(b, "labels"));
    std::vector<std::string> gone;
    for (const auto& label : cut_list(value(*a, "labels")))
      if (std::find(after.begin(), after.end(), label) == after.end()) gone.push_back(label);
    if (!gone.empty()) loses = fmt::format("{}, which no row of {} may hold by then", joined(gone, ", "), qualified_name(b));
    if (a->kind == "domain" && draft.touched(*a, "type")) loses = fmt::format("what of {} does not fit {}", qualified_name(b), value(b, "type"));
  }
  draft.add({.sql = b.definition + ';', .rank = script_kind(b.kind)->rank, .loses = loses, .object = &b});
}

void alter_type(Draft& draft, const Object& a, const Object& b) {
  const auto name = qualified_name(b);
  const auto rank = script_kind(b.kind)->rank;
  const auto alter = [&](const std::string& action, std::string loses = {}, std::string note = {}) {
    draft.add({.sql = fmt::format("ALTER {} {} {};", words(b), name, action), .rank = rank, .loses = std::move(loses), .note = std::move(note), .object = &b});
  };
  if (draft.touched(b, "labels")) {
    const auto plan = plan_labels(a, b, draft.options().lineage);
    for (const auto& [from, to] : plan->renamed)
      draft.add({.sql = fmt::format("ALTER TYPE {} RENAME VALUE {} TO {};", name, from, to), .rank = rank, .object = &b});
    for (const auto& [label, place] : plan->added)
      draft.add({.sql = fmt::format("ALTER TYPE {} ADD VALUE {}{};", qualified_name(a), label, place),
                 .phase = Phase::labels,
                 .run = draft.options().one_transaction ? Run::in_transaction : Run::outside,
                 .note = "by itself: a transaction cannot use a label that it added",
                 .object = &b});
  }
  if (draft.touched(b, "attributes")) {
    const bool tables = is_of_a_table(draft, a);
    for (const auto& action : attribute_actions(a, b, draft.options().lineage).value_or(std::vector<std::string>()))
      alter(action + (tables ? " CASCADE" : ""),
            action.starts_with("DROP") && (tables || holds_values(draft, a)) ? fmt::format("that attribute of all values of {}", name) : "",
            tables ? "ACCESS EXCLUSIVE on the tables of this type" : "");
  }
  if (draft.touched(b, "functions") || draft.touched(b, "layout"))
    if (const auto settings = base_settings(a, b)) alter(fmt::format("SET ({})", joined(*settings, ", ")));
  if (const auto* t = draft.touched(b, "default")) alter(t->b.empty() ? "DROP DEFAULT" : "SET DEFAULT " + t->b);
  if (const auto* t = draft.touched(b, "not_null_name"); t && !draft.touched(b, "not_null")) {
    const auto name_of = [&](const std::string& given) { return identifier(given.empty() ? b.name + "_not_null" : given); };
    alter(fmt::format("RENAME CONSTRAINT {} TO {}", name_of(t->a), name_of(t->b)));
  }
  if (const auto* t = draft.touched(b, "not_null"))
    alter(t->b.empty() ? "DROP NOT NULL" : "SET NOT NULL", {}, t->b.empty() ? "" : "checks every column of this domain under SHARE: blocks writers");
}

void drop_type(Draft& draft, const Object& a) {
  const auto rank = script_kind(a.kind)->rank;
  if (const auto aside = name_while_replaced(draft, a); !aside.empty()) {
    draft.add({.sql = fmt::format("ALTER {} {} RENAME TO {};", words(a), qualified_name(a), identifier(old_name(a))), .phase = Phase::early, .rank = 0, .object = &a});
    draft.add({.sql = fmt::format("DROP {} {};", words(a), aside), .phase = Phase::late, .rank = -rank, .object = &a});
    return;
  }
  draft.add({.sql = fmt::format("DROP {} {};", words(a), draft.is_early(a) ? qualified_name(a) : draft.now(a)),
             .phase = draft.is_early(a) ? Phase::early : Phase::late,
             .rank = -rank,
             .object = &a});
}

}  // namespace prodclone::schema
