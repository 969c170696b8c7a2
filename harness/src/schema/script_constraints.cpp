// Constraints of tables and domains.
#include <fmt/format.h>

#include <prodclone/base/text.hpp>
#include <prodclone/schema/kinds.hpp>
#include <prodclone/schema/statements.hpp>

#include "script_draft.hpp"

namespace prodclone::schema {

namespace {

constexpr auto brief_lock = "ACCESS EXCLUSIVE, for a moment";

std::string_view value(const Object& object, std::string_view name) {
  return attribute_value(object, name);
}

bool on_domain(const Draft& draft, const Object& constraint) {
  const auto* parent = draft.parent(constraint);
  return parent && parent->kind == "domain";
}

std::string alter_words(const Draft& draft, const Object& constraint) {
  if (on_domain(draft, constraint)) return "ALTER DOMAIN ";
  return draft.parent(constraint) && draft.parent(constraint)->kind == "foreign_table" ? "ALTER FOREIGN TABLE " : "ALTER TABLE ";
}

// "UNIQUE NULLS NOT DISTINCT (a, b) INCLUDE (c) DEFERRABLE" in its parts.
struct Key {
  bool primary = {};
  std::string before_columns = {};  // NULLS NOT DISTINCT stands after the columns of an index
  std::string columns = {};         // "(a, b) INCLUDE (c)"
  std::string timing = {};
};

std::optional<Key> parse_key(std::string_view definition) {
  Key key;
  key.primary = definition.starts_with("PRIMARY KEY ");
  if (!key.primary && !definition.starts_with("UNIQUE ")) return std::nullopt;
  const auto open = definition.find('(');
  if (open == std::string_view::npos) return std::nullopt;
  if (definition.substr(0, open).find("NULLS NOT DISTINCT") != std::string_view::npos) key.before_columns = " NULLS NOT DISTINCT";
  const auto closing = [&](std::size_t from) {
    bool quoted = false;
    for (std::size_t i = from; i < definition.size(); ++i) {
      if (definition[i] == '"') quoted = !quoted;
      if (definition[i] == ')' && !quoted) return i + 1;
    }
    return definition.size();
  };
  auto end = closing(open);
  if (definition.substr(open, end - open).find(" WITHOUT OVERLAPS") != std::string_view::npos) return std::nullopt;
  if (definition.substr(end).starts_with(" INCLUDE (")) end = closing(end);
  key.columns = std::string(definition.substr(open, end - open));
  key.timing = std::string(definition.substr(end));
  return key;
}

bool in_use(const Draft& draft, const Object& b) {
  const auto* table = draft.parent(b);
  return table && !draft.made(*table);
}

void attach_index(Draft& draft, const Object& b) {
  if (value(b, "attached_to").empty()) return;
  Step step{.sql = fmt::format("ALTER INDEX {} ATTACH PARTITION {}.{};", value(b, "attached_to"), identifier(b.schema), identifier(b.name)),
            .rank = 95,
            .object = &b,
            .aside = true};
  if (const auto* above = inherited_from(draft, b)) step.after_making.push_back(above);
  if (const auto* table = draft.parent(b)) step.after_all_of.push_back(table);
  draft.add(std::move(step));
}

// The index is built while others read and write, and then becomes the constraint.
bool make_key_from_index(Draft& draft, const Object& b) {
  const auto* table = draft.parent(b);
  const auto key = parse_key(value(b, "definition"));
  if (!key || is_partitioned(*table)) return false;
  const auto rank = script_kind(b.kind)->rank;
  const auto name = identifier(b.name);
  auto text = fmt::format("CREATE UNIQUE INDEX CONCURRENTLY {} ON {} {}{}", name, qualified_name(*table), key->columns, key->before_columns);
  if (!value(b, "options").empty()) text += fmt::format(" WITH ({})", option_list(value(b, "options")));
  if (!value(b, "tablespace").empty()) text += fmt::format(" TABLESPACE {}", identifier(value(b, "tablespace")));
  draft.add({.sql = text + ';',
             .run = Run::outside,
             .rank = rank,
             .note = "blocks no reader and no writer. When it fails, drop the invalid index that it leaves",
             .object = &b});
  draft.add({.sql = fmt::format("ALTER TABLE {} ADD CONSTRAINT {} {} USING INDEX {}{};", qualified_name(*table), name,
                                key->primary ? "PRIMARY KEY" : "UNIQUE", name, key->timing),
             .rank = rank,
             .note = brief_lock,
             .object = &b});
  return true;
}

}  // namespace

Way way_of_constraint(const Draft& draft, const Object& a, const Object& b) {
  const auto* t = draft.touched(a, "definition");
  if (!t) {
    if (draft.touched(a, "index_valid")) return Way::recreate;
    return Way::alter;
  }
  if (t->a == t->b + " NOT VALID") return Way::alter;
  if (a.inherited || b.inherited) return inherited_from(draft, b) ? Way::alter : Way::recreate;
  return Way::recreate;
}

void make_constraint(Draft& draft, const Object& b) {
  const auto* parent = draft.parent(b);
  if (!parent) return;
  const auto* above = b.inherited ? inherited_from(draft, b) : nullptr;
  const bool partition = is_partition(*parent);
  if (above && !is_index_like(b.kind)) {
    // The parent's statement reaches it, unless the table is made by itself and attached later.
    if (!(partition && draft.made(*parent))) return;
  }
  const auto rank = script_kind(b.kind)->rank;
  const auto definition = std::string(value(b, "definition"));
  const auto name = identifier(b.name);
  const auto words = alter_words(draft, b) + (is_partitioned(*parent) && b.kind != "check_constraint" && b.kind != "foreign_key" ? "ONLY " : "") +
                     qualified_name(*parent);
  const auto add = [&](const std::string& text, std::string note) {
    draft.add({.sql = fmt::format("{} ADD CONSTRAINT {} {};", words, name, text), .rank = rank, .note = std::move(note), .object = &b});
  };
  const bool used = in_use(draft, b);
  const bool gently = used && !draft.options().one_transaction;
  if (is_index_like(b.kind)) {
    if (!(gently && make_key_from_index(draft, b))) {
      auto text = definition;
      if (const auto key = parse_key(definition); key && !value(b, "options").empty())
        text.insert(text.size() - key->timing.size(), fmt::format(" WITH ({})", option_list(value(b, "options"))));
      add(text, used && !is_partitioned(*parent) ? "builds its index under ACCESS EXCLUSIVE: nothing else does this" : "");
      if (!parse_key(definition) && !value(b, "options").empty())
        draft.add({.sql = fmt::format("ALTER INDEX {}.{} SET ({});", identifier(b.schema), name, option_list(value(b, "options"))), .rank = rank, .object = &b});
      if (!value(b, "tablespace").empty())
        draft.add({.sql = fmt::format("ALTER INDEX {}.{} SET TABLESPACE {};", identifier(b.schema), name, identifier(value(b, "tablespace"))), .rank = rank, .object = &b});
    }
    settle_index(draft, b, nullptr);
    attach_index(draft, b);
    if (!value(b, "index_valid").empty()) draft.cannot(b, "An index that is not valid cannot be made on purpose.");
    return;
  }
  const bool not_valid = definition.ends_with(" NOT VALID");
  const bool enforced = definition.find(" NOT ENFORCED") == std::string::npos;
  const bool may_wait = gently && enforced && !(b.kind == "foreign_key" && is_partitioned(*parent) && draft.major() < 18);
  if (!may_wait || not_valid) {
    const bool scans = used && enforced && !not_valid;
    add(definition, scans ? "checks every row under its lock" : brief_lock);
  } else {
    add(definition + " NOT VALID", b.kind == "foreign_key" ? "SHARE ROW EXCLUSIVE on both tables, for a moment" : brief_lock);
    draft.add({.sql = fmt::format("{} VALIDATE CONSTRAINT {};", alter_words(draft, b) + qualified_name(*parent), name),
               .run = Run::alone,
               .rank = rank,
               .note = "checks every row under SHARE UPDATE EXCLUSIVE: blocks no reader and no writer",
               .object = &b});
  }
}

void alter_constraint(Draft& draft, const Object& a, const Object& b) {
  if (const auto* t = draft.touched(b, "definition")) {
    const auto* above = inherited_from(draft, b);
    if (above && (draft.touched(*above, "definition") || draft.made(*above))) {
      // Its parent's statements reach it.
    } else if (t->a == t->b + " NOT VALID") {
      draft.add({.sql = fmt::format("{}{} VALIDATE CONSTRAINT {};", alter_words(draft, b), b.parent, identifier(b.name)),
                 .run = Run::alone,
                 .rank = script_kind(b.kind)->rank,
                 .note = "checks every row under SHARE UPDATE EXCLUSIVE: blocks no reader and no writer",
                 .object = &b});
    } else {
      draft.cannot(b, "It comes from the parent of its table and differs from what the parent has.");
    }
  }
  if (is_index_like(b.kind)) {
    settle_index(draft, b, &a);
    if (const auto* t = draft.touched(b, "options"))
      for (const auto& action : option_actions(t->a, t->b))
        draft.add({.sql = fmt::format("ALTER INDEX {}.{} {};", identifier(b.schema), identifier(b.name), action), .rank = script_kind("index")->rank, .object = &b});
    if (const auto* t = draft.touched(b, "tablespace"))
      draft.add({.sql = fmt::format("ALTER INDEX {}.{} SET TABLESPACE {};", identifier(b.schema), identifier(b.name), t->b.empty() ? "pg_default" : identifier(t->b)),
                 .rank = script_kind("index")->rank,
                 .object = &b});
    if (draft.touched(b, "attached_to")) attach_index(draft, b);
  }
  if (draft.touched(b, "inheritance")) {
    const auto* table = draft.parent(b);
    if (!table || !(draft.touched(*table, "partition_of") || draft.touched(*table, "inherits")))
      draft.cannot(b, "Whether a constraint is inherited, local or both is decided when it is made.");
  }
}

void drop_constraint(Draft& draft, const Object& a) {
  const auto* parent = draft.parent(a);
  // Dropped together with the parent's index that its own is attached to.
  const bool early = draft.is_early(a);
  const auto [owner, last] = split_name(early ? qualified_name(a) : draft.now(a));
  draft.add({.sql = fmt::format("{}{} DROP CONSTRAINT {};", parent && parent->kind == "domain" ? "ALTER DOMAIN " : alter_words(draft, a), owner, last),
             .phase = early ? Phase::early : Phase::late,
             .rank = -script_kind(a.kind)->rank,
             .note = brief_lock,
             .object = &a});
}

}  // namespace prodclone::schema
