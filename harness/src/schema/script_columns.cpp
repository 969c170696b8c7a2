// Columns.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include <prodclone/base/text.hpp>
#include <prodclone/pg/quote.hpp>
#include <prodclone/schema/statements.hpp>

#include "script_draft.hpp"
#include "script_types.hpp"

namespace prodclone::schema {

namespace {

constexpr auto brief_lock = "ACCESS EXCLUSIVE, for a moment";

std::string_view value(const Object& object, std::string_view name) {
  return attribute_value(object, name);
}

bool is_not_null(std::string_view not_null) {
  return not_null.starts_with("yes");
}

// A default that needs a routine is set once that is there: the routine may need the table.
bool default_comes_later(const Draft& draft, const Object& column) {
  const auto needed = draft.needs(column);
  return std::any_of(needed.begin(), needed.end(), [](const Object* y) {
    return y->kind == "function" || y->kind == "aggregate" || y->kind == "procedure";
  });
}

bool on_foreign_table(const Draft& draft, const Object& column) {
  return draft.parent(column)->kind == "foreign_table";
}

std::string not_null_name(const Draft& draft, const Object& column) {
  const auto given = value(column, "not_null_name");
  if (!given.empty()) return std::string(given);
  const auto* table = draft.parent(column);
  return (table ? table->name : split_name(column.parent).last) + '_' + column.name + "_not_null";
}

std::string not_null_text(const Draft& draft, const Object& column) {
  const auto not_null = value(column, "not_null");
  if (!is_not_null(not_null) || not_null.find("not valid") != std::string_view::npos) return {};
  std::string text;
  // The server chooses another name while one of its schema has this one.
  if (draft.major() >= 18)
    if (const auto name = not_null_name(draft, column); !value(column, "not_null_name").empty() || draft.is_not_null_name_of_a(column.schema, name))
      text += " CONSTRAINT " + identifier(name);
  text += " NOT NULL";
  if (not_null.find("no inherit") != std::string_view::npos) text += " NO INHERIT";
  return text;
}

struct Writer {
  Draft& draft;
  const Object& column;  // in b
  std::string table = draft.parent(column) ? qualified_name(*draft.parent(column)) : column.parent;
  std::string name = identifier(column.name);
  std::string only = is_partitioned(*draft.parent(column)) ? "ONLY " : "";

  void statement(std::string sql, std::string note = brief_lock, std::string loses = {}, Run run = Run::in_transaction,
                 bool aside = false) {
    Step step{.sql = std::move(sql),
              .run = run,
              .rank = script_kind("column")->rank,
              .loses = std::move(loses),
              .note = std::move(note),
              .object = &column,
              .aside = aside};
    draft.add(std::move(step));
  }
  void alter(const std::string& action, std::string note = brief_lock, bool only_this = false) {
    statement(fmt::format("ALTER {} {}{} ALTER COLUMN {} {};", on_foreign_table(draft, column) ? "FOREIGN TABLE" : "TABLE",
                          only_this ? only : "", table, name, action),
              std::move(note));
  }

  // Proven by a CHECK that is validated while others read and write, so that SET NOT NULL need not scan.
  void set_not_null() {
    const auto not_null = value(column, "not_null");
    const auto given = value(column, "not_null_name");
    const bool plain = not_null == "yes" && given.empty();
    if (!plain && draft.major() >= 18) {
      const auto constraint = given.empty() ? column_constraint_name("_not_null") : std::string(given);
      const bool valid = not_null.find("not valid") == std::string_view::npos;
      statement(fmt::format("ALTER TABLE {} ADD CONSTRAINT {} NOT NULL {}{} NOT VALID;", table, identifier(constraint), name,
                            not_null.find("no inherit") == std::string_view::npos ? "" : " NO INHERIT"));
      if (valid) validate(constraint);
      return;
    }
    if (on_foreign_table(draft, column) || draft.options().one_transaction) {
      alter("SET NOT NULL", "scans the table under ACCESS EXCLUSIVE");
      return;
    }
    const auto constraint = "prodclone_" + column_constraint_name("_is_there");
    statement(fmt::format("ALTER TABLE {} ADD CONSTRAINT {} CHECK ({} IS NOT NULL) NOT VALID;", table, identifier(constraint), name));
    validate(constraint);
    alter("SET NOT NULL", "ACCESS EXCLUSIVE, for a moment: the constraint proves it");
    statement(fmt::format("ALTER TABLE {} DROP CONSTRAINT {};", table, identifier(constraint)), brief_lock, {}, Run::in_transaction, true);
  }
  void validate(const std::string& constraint) {
    statement(fmt::format("ALTER TABLE {} VALIDATE CONSTRAINT {};", table, identifier(constraint)),
              "scans the table under SHARE UPDATE EXCLUSIVE: blocks no reader and no writer. Fails where a row holds NULL: fill those first",
              {}, draft.options().one_transaction ? Run::in_transaction : Run::alone);
  }
  std::string column_constraint_name(std::string_view end) const {
    return draft.parent(column)->name + '_' + column.name + std::string(end);
  }

  void settings(const Object* before) {
    const auto was = [&](std::string_view attribute) { return before ? value(*before, attribute) : std::string_view(); };
    const auto differs = [&](std::string_view attribute) { return was(attribute) != value(column, attribute); };
    if (differs("storage"))
      alter("SET STORAGE " + (value(column, "storage").empty() ? standard_storage() : upper(value(column, "storage"))), brief_lock, true);
    if (differs("compression"))
      alter("SET COMPRESSION " + (value(column, "compression").empty() ? std::string("default") : std::string(value(column, "compression"))),
            brief_lock, true);
    if (differs("statistics"))
      alter("SET STATISTICS " + (value(column, "statistics").empty() ? std::string("-1") : std::string(value(column, "statistics"))),
            "SHARE UPDATE EXCLUSIVE: blocks no reader and no writer", true);
    if (differs("options"))
      for (const auto& action : option_actions(was("options"), value(column, "options")))
        alter(action, "SHARE UPDATE EXCLUSIVE: blocks no reader and no writer", true);
    if (before && differs("foreign_options")) alter(foreign_option_changes(was("foreign_options"), value(column, "foreign_options")));
  }

  // `DEFAULT` is a word of 16 on; before, the type's own must be named.
  std::string standard_storage() const {
    if (draft.major() >= 16) return "DEFAULT";
    for (const auto& type : draft.objects_b())
      if (type.kind == "type" && qualified_name(type) == value(column, "type"))
        if (const auto layout = value(type, "layout"), word = std::string_view("STORAGE = "); layout.find(word) != std::string_view::npos)
          return upper(layout.substr(layout.find(word) + word.size()));
    return standard_storage_of(value(column, "type"));
  }
};

// A table that stays of its type gets and loses columns with that.
bool comes_with_type(const Draft& draft, const Object& column) {
  const auto* table = draft.parent(column);
  return table && !value(*table, "of_type").empty() && draft.fate(*table) == Fate::stay && !draft.touched(*table, "of_type");
}

// The statements on the parent reach its children.
bool follows_parent(const Draft& draft, const Object& a, const Object& b, std::string_view attribute) {
  if (value(b, "inheritance").empty() || value(a, "inheritance").empty()) return false;
  const auto* above = inherited_from(draft, b);
  const auto* t = above ? draft.touched(*above, attribute) : nullptr;
  return t && t->b == value(b, attribute);
}

bool recurses(std::string_view attribute) {
  return attribute == "type" || attribute == "collation" || attribute == "not_null" || attribute == "not_null_name" ||
         attribute == "generated" || attribute == "identity";
}

void change_identity(Writer& writer, const Object& a, const Object& b) {
  auto& draft = writer.draft;
  const auto before = value(a, "identity"), after = value(b, "identity");
  if (!before.empty() && !after.empty()) {
    writer.alter("SET GENERATED " + upper(after));
  } else if (!after.empty()) {
    writer.alter("ADD " + identity_text(draft, b));
    if (const auto counted = counting_before(draft, a)) writer.statement(*counted, "");
  } else {
    writer.alter("DROP IDENTITY");
    if (const auto renamed = counting_after(draft, b)) writer.statement(*renamed);
  }
}

}  // namespace

std::string column_text(const Draft& draft, const Object& column) {
  std::string text = identifier(column.name) + ' ' + std::string(value(column, "type"));
  if (const auto collation = value(column, "collation"); !collation.empty()) text += fmt::format(" COLLATE {}", collation);
  if (const auto options = value(column, "foreign_options"); !options.empty()) text += ' ' + foreign_options(options);
  if (const auto generated = value(column, "generated"); !generated.empty()) {
    const bool stored = generated.ends_with(" stored");
    text += fmt::format(" GENERATED ALWAYS AS ({}){}", generated.substr(0, generated.rfind(' ')), stored ? " STORED" : " VIRTUAL");
  } else if (const auto standard = value(column, "default"); !standard.empty() && !default_comes_later(draft, column)) {
    text += fmt::format(" DEFAULT {}", standard);
  }
  const auto* table = draft.parent(column);
  if (!value(column, "identity").empty() && !(table && is_partition(*table))) text += ' ' + identity_text(draft, column);
  return text + not_null_text(draft, column);
}

Way way_of_column(const Draft& draft, const Object& a, const Object& b) {
  if (draft.touched(a, "generated") && !follows_parent(draft, a, b, "generated")) {
    const auto before = value(a, "generated"), after = value(b, "generated");
    if (after.empty() && before.ends_with(" stored")) return Way::alter;
    if (draft.major() >= 17 && !before.empty() && !after.empty() && before.ends_with(" stored") == after.ends_with(" stored"))
      return Way::alter;
    return Way::recreate;
  }
  return Way::alter;
}

void make_column(Draft& draft, const Object& b) {
  const auto* table = draft.parent(b);
  if (!table) return;
  Writer writer{draft, b};
  if (comes_with_type(draft, b)) {
    writer.settings(nullptr);
    return;
  }
  if (b.inherited && !draft.made(*table)) {
    if (const auto* above = inherited_from(draft, b); above && draft.made(*above)) return;
    draft.cannot(b, "A column cannot become inherited without its table's parent getting it.");
    return;
  }
  const bool inline_there = draft.made(*table) && (is_partition(*table) || value(b, "inheritance") != "inherited");
  if (!inline_there && !draft.made(*table)) {
    const bool must_be_filled = is_not_null(value(b, "not_null")) && value(b, "default").empty() && value(b, "generated").empty() &&
                                value(b, "identity").empty();
    auto text = column_text(draft, b);
    if (must_be_filled) text = text.substr(0, text.size() - not_null_text(draft, b).size());
    const bool fills = !value(b, "generated").empty() || !value(b, "identity").empty();
    writer.statement(fmt::format("ALTER {} {} ADD COLUMN {};", on_foreign_table(draft, b) ? "FOREIGN TABLE" : "TABLE", writer.table, text),
                     fills ? "rewrites the table under ACCESS EXCLUSIVE" : std::string(brief_lock));
    if (must_be_filled) writer.set_not_null();
  }
  if (draft.made(*table) && !inline_there) {
    const auto* above = inherited_from(draft, b);
    if (above && value(*above, "default") != value(b, "default"))
      writer.alter(value(b, "default").empty() ? "DROP DEFAULT" : fmt::format("SET DEFAULT {}", value(b, "default")));
  }
  if (!value(b, "default").empty() && value(b, "generated").empty() && default_comes_later(draft, b))
    writer.alter(fmt::format("SET DEFAULT {}", value(b, "default")), brief_lock, true);
  writer.settings(nullptr);
}

void alter_column(Draft& draft, const Object& a, const Object& b) {
  Writer writer{draft, b};
  const auto differs = [&](std::string_view attribute) {
    const auto* t = draft.touched(b, attribute);
    return t && !(recurses(attribute) && follows_parent(draft, a, b, attribute));
  };
  const auto* above = inherited_from(draft, b);
  const bool follows_retyped = !value(b, "inheritance").empty() && !value(a, "inheritance").empty() && above && draft.is_retyped(*above);
  const bool retyped = !comes_with_type(draft, b) && (differs("type") || differs("collation") || draft.is_retyped(b)) && !follows_retyped;
  const bool had_default = !value(a, "default").empty();
  const bool default_goes = had_default && (retyped || draft.loses_default(a) || (draft.touched(b, "default") && value(b, "default").empty()));
  if (draft.loses_default(a) && had_default)
    drop_default_early(draft, a);
  else if (default_goes)
    writer.alter("DROP DEFAULT", brief_lock, !retyped);
  const bool identity_goes = differs("identity") && !value(a, "identity").empty() && value(b, "identity").empty();
  if (identity_goes) change_identity(writer, a, b);
  if (differs("generated")) {
    const auto after = value(b, "generated");
    if (after.empty())
      writer.alter("DROP EXPRESSION");
    else
      writer.alter(fmt::format("SET EXPRESSION AS ({})", after.substr(0, after.rfind(' '))), "rewrites the table under ACCESS EXCLUSIVE");
  }
  if (retyped) {
    const auto from = std::string(value(a, "type")), to = std::string(value(b, "type"));
    const auto change = type_change(from, to);
    const auto* t = draft.touched(b, "type");
    std::string action = "TYPE " + to;
    if (const auto collation = value(b, "collation"); !collation.empty())
      action += fmt::format(" COLLATE {}", collation);
    if (!(t || draft.touched(b, "collation")))  // the type itself is made anew
      action += fmt::format(" USING {}::text::{}", writer.name, to);
    else if (t && !change.using_cast.empty())
      action += fmt::format(" USING {}{}", writer.name, change.using_cast);
    writer.statement(fmt::format("ALTER TABLE {} ALTER COLUMN {} {};", writer.table, writer.name, action),
                     change.in_place && t ? "ACCESS EXCLUSIVE, for a moment: nothing is rewritten" : "rewrites the table under ACCESS EXCLUSIVE",
                     t && change.narrows ? fmt::format("what of {} does not fit {}", qualified_name(b), to) : std::string());
  }
  const auto standard = value(b, "default");
  if (!standard.empty() && value(b, "generated").empty() && (draft.touched(b, "default") || default_goes))
    writer.alter(fmt::format("SET DEFAULT {}", standard), brief_lock, !retyped);
  if (differs("not_null") || (differs("not_null_name") && value(a, "not_null") == value(b, "not_null"))) {
    const auto before = value(a, "not_null"), after = value(b, "not_null");
    const auto name_of = [&](const Object& column) {
      const auto given = value(column, "not_null_name");
      return identifier(given.empty() ? writer.column_constraint_name("_not_null") : std::string(given));
    };
    if (before == after)
      writer.statement(fmt::format("ALTER TABLE {} RENAME CONSTRAINT {} TO {};", writer.table, name_of(a), name_of(b)));
    else if (before.ends_with(" not valid") && after == before.substr(0, before.size() - 10) && value(a, "not_null_name") == value(b, "not_null_name"))
      writer.validate(std::string(value(b, "not_null_name").empty() ? writer.column_constraint_name("_not_null") : std::string(value(b, "not_null_name"))));
    else if (after.empty())
      writer.alter("DROP NOT NULL");
    else {
      if (!before.empty()) writer.alter("DROP NOT NULL");
      writer.set_not_null();
    }
  }
  // A partition's own identity is its parent's.
  if (differs("identity") && !identity_goes && !(is_partition(*draft.parent(b)) && !value(b, "inheritance").empty()))
    change_identity(writer, a, b);
  if (draft.touched(b, "storage") || draft.touched(b, "compression") || draft.touched(b, "statistics") || draft.touched(b, "options") ||
      draft.touched(b, "foreign_options"))
    writer.settings(&a);
  if (const auto* t = draft.touched(b, "inheritance")) {
    const auto* table_b = draft.parent(b);
    const bool table_changes = table_b && (draft.touched(*table_b, "partition_of") || draft.touched(*table_b, "inherits"));
    const bool settled = table_changes && t->b != "inherited";
    const bool partition = table_changes && is_partition(*table_b);
    if (!settled && !partition)
      draft.cannot(b, "Whether a column is inherited, local or both is decided when it is made.");
  }
}

bool Draft::is_not_null_name_of_a(const std::string& schema, const std::string& name) const {
  if (!not_null_names_) {
    not_null_names_.emplace();
    for (const auto& object : a_.objects)
      if (object.kind == "column" && is_not_null(value(object, "not_null"))) not_null_names_->emplace(object.schema, not_null_name(*this, object));
  }
  return not_null_names_->contains({schema, name});
}

void drop_default_early(Draft& draft, const Object& a) {
  draft.add({.sql = fmt::format("ALTER TABLE {} ALTER COLUMN {} DROP DEFAULT;", a.parent, identifier(a.name)),
             .phase = Phase::early,
             .rank = -200,
             .note = brief_lock});
}

void drop_column(Draft& draft, const Object& a) {
  if (comes_with_type(draft, a)) return;
  const auto* table = draft.parent(a);
  const auto name = draft.is_early(a) ? qualified_name(a) : draft.now(a);
  const auto [owner, last] = split_name(name);
  const bool derived = !value(a, "generated").empty();
  draft.add({.sql = fmt::format("ALTER {} {} DROP COLUMN {};", table && table->kind == "foreign_table" ? "FOREIGN TABLE" : "TABLE", owner, last),
             .phase = draft.is_early(a) ? Phase::early : Phase::late,
             .rank = -script_kind("column")->rank,
             .loses = derived ? std::string() : fmt::format("the values of {}", name),
             .note = brief_lock,
             .object = &a});
}

}  // namespace prodclone::schema
