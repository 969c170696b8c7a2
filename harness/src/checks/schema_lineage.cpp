#include <prodclone/checks/schema_lineage.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include <prodclone/base/text.hpp>
#include <prodclone/schema/kinds.hpp>
#include <prodclone/schema/statements.hpp>

#include "schema_words.hpp"

namespace prodclone::checks {

using schema::attribute;
using schema::attribute_value;
using schema::Change;
using schema::Difference;
using schema::Identity;
using schema::Object;
using schema::qualified_name;

namespace {

// Words that half of all schemas use for something of their own.
constexpr std::array everyday_words = {"name",  "names", "type",  "types", "status", "state",  "value", "values",
                                       "data",  "date",  "time",  "user",  "users",  "item",   "items", "list",
                                       "code",  "kind",  "key",   "text",  "title",  "label",  "level", "number",
                                       "order", "group", "role",  "event", "entry",  "record", "note",  "notes",
                                       "file",  "files", "count", "index", "table",  "view",   "total", "amount"};

std::string unquoted(std::string text) {
  text = text.substr(0, text.find('('));
  if (text.size() > 1 && text.front() == '"') return replaced(text.substr(1, text.size() - 2), "\"\"", "\"");
  return text;
}

// X became Y.
struct Rename {
  const Difference* difference;
  std::string old_name, new_name;  // simple
  NameParts parts, new_parts;
  bool distinctive() const { return parts.size() > 1; }
  bool everyday() const {
    return parts.size() == 1 && (parts[0].size() < 4 || std::find(everyday_words.begin(), everyday_words.end(),
                                                                  parts[0]) != everyday_words.end());
  }
  std::string told() const {
    const auto [owner, last] = schema::split_name(*difference->old_name);
    const auto noun = schema::kind_facts(difference->kind).noun;
    return difference->kind == "column" ? fmt::format("{} {} of {}, now {}", noun, last, owner, new_name)
                                        : fmt::format("{} {}, now {}", noun, *difference->old_name, new_name);
  }
};

struct LabelRename {
  std::string type, old_label, new_label;
};

std::string line_of(std::string_view body, std::size_t line) {
  const auto lines = lines_of(body);
  return line - 1 < lines.size() ? std::string(trimmed(lines[line - 1])) : std::string();
}

class LeftoverSearch {
 public:
  LeftoverSearch(const schema::Snapshot& after, const schema::Differences& lineage,
                 const std::vector<LeftoverWaiver>& waivers)
      : objects_(after.objects), database_(after.database), waivers_(waivers) {
    for (const auto& object : objects_)
      if (schema::kind_facts(object.kind).naming != schema::Naming::by_parent)
        by_identity_.emplace(object.identity, &object);
    for (const auto& d : lineage.entries) collect(d);
    for (const auto& d : lineage.consequences) collect(d);
  }

  Findings run() {
    for (const auto& rename : names_) everywhere(rename);
    for (const auto& rename : columns_) around_column(rename);
    for (const auto& rename : labels_) label(rename);
    return std::move(findings_);
  }

 private:
  void collect(const Difference& d) {
    static const std::set<std::string> bearers = {"table", "foreign_table", "view",     "materialized_view", "sequence",
                                                  "type",  "domain",        "function", "procedure",         "schema"};
    if (d.kind == "type" && d.change == Change::changed) collect_labels(d);
    if (d.change != Change::renamed) return;
    Rename rename{
        &d, unquoted(schema::split_name(*d.old_name).last), unquoted(schema::split_name(d.name).last), {}, {}};
    rename.parts = parts_of(rename.old_name);
    rename.new_parts = parts_of(rename.new_name);
    if (rename.old_name == rename.new_name || rename.parts.empty()) return;
    if (d.kind == "column")
      columns_.push_back(std::move(rename));
    else if (bearers.contains(d.kind))
      names_.push_back(std::move(rename));
    // A sequence or a function may carry the table's name: the table's own rename says all of it.
    std::stable_sort(names_.begin(), names_.end(), [](const Rename& x, const Rename& y) {
      return (x.difference->kind == "table") > (y.difference->kind == "table");
    });
  }

  void collect_labels(const Difference& d) {
    for (const auto& t : d.touched) {
      if (t.attribute != "labels") continue;
      const auto before = plain_literals(t.a), after = plain_literals(t.b);
      if (before.size() != after.size()) continue;
      for (std::size_t i = 0; i < before.size(); ++i)
        if (before[i] != after[i] && std::find(after.begin(), after.end(), before[i]) == after.end())
          labels_.push_back({d.name, before[i], after[i]});
    }
  }

  // One finding for each place, whichever rename finds it first.
  void report(const Object& object, const std::string& place, std::string kind, std::string name, const Rename& rename,
              std::string what, std::string remedy, std::vector<std::string> evidence = {},
              Severity severity = Severity::failure) {
    if (!reported_.insert(object.kind + ' ' + qualified_name(object) + ' ' + place).second) return;
    const auto waived = [&](const LeftoverWaiver& waiver) {
      return matches_glob(waiver.kind, kind) && matches_glob(waiver.name, name) &&
             matches_glob(waiver.word, rename.old_name);
    };
    if (std::any_of(waivers_.begin(), waivers_.end(), waived)) return;
    findings_.push_back(
        {.check = "schema/lineage",
         .severity = severity,
         .object = kind + ' ' + name,
         .what = std::move(what),
         .where = database_,
         .why = place == "body" ? "It is not looked at before it runs: then it fails, or goes on writing the old name."
                                : "Whoever reads the schema, or code that looks things up by name, meets a thing that "
                                  "no longer exists.",
         .remedy = std::move(remedy),
         .evidence = std::move(evidence)});
  }

  std::string subject(const Object& object) const {
    std::string noun(schema::kind_facts(object.kind).noun);
    noun[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(noun[0])));
    return noun + ' ' + qualified_name(object);
  }

  bool depends_on(const Object& object, const Identity& id, bool whole) const {
    const auto on = [&](const Identity& other) {
      return other.catalog == id.catalog && other.oid == id.oid && (whole || other.sub == id.sub);
    };
    if (on(object.parent_identity) && whole) return true;
    if (const auto* owned = attribute(object, "owned_by"); owned && !owned->raw.empty()) {
      const auto parts = split(owned->raw, '/');  // deptype/oid/attnum
      if (parts.size() == 3 && std::stoul(parts[1]) == id.oid && (whole || std::stoi(parts[2]) == id.sub)) return true;
    }
    if (std::any_of(object.depends.begin(), object.depends.end(), on)) return true;
    // What stands on a view or constraint that depends on it is too far away.
    return false;
  }

  // Rule 1 of the header: tables, types and the like.

  void everywhere(const Rename& rename) {
    const auto& self = rename.difference->identity_b;
    std::vector<NameParts> excused{rename.new_parts};
    std::vector<const Object*> relatives;
    if (!rename.everyday())
      for (const auto& object : objects_)
        if (is_relation_or_type(object) && object.identity != self) {
          const auto parts = parts_of(object.name);
          if (parts.size() > rename.parts.size() && borne_at(rename.parts, parts, {rename.new_parts}))
            relatives.push_back(&object);
        }
    for (const auto* relative : relatives) {
      name_of(*relative, rename, {rename.new_parts}, rename.distinctive() ? Severity::failure : Severity::warning);
      excused.push_back(parts_of(relative->name));
    }
    for (const auto& object : objects_) {
      if (object.identity == self && object.kind == rename.difference->kind) continue;
      if (rename.everyday()) {
        if (object.kind == "column" && object.parent_identity == self)
          not_null_of(object, rename, excused);
        else if (object.kind != "column" && depends_on(object, self, true))
          name_of(object, rename, excused);
        continue;
      }
      name_of(object, rename, excused);
      texts_of(object, rename, excused);
    }
  }

  static bool is_relation_or_type(const Object& object) {
    return object.kind == "table" || object.kind == "foreign_table" || object.kind == "view" ||
           object.kind == "materialized_view" || object.kind == "type" || object.kind == "domain";
  }

  void name_of(const Object& object, const Rename& rename, const std::vector<NameParts>& excused,
               Severity severity = Severity::failure) {
    if (object.inherited && (object.kind == "column" || object.kind == "check_constraint"))
      return;  // its parent has it too
    if (!object.name.empty() && borne_at(rename.parts, parts_of(object.name), excused)) {
      const auto better = with_new_name(object.name, rename.parts, rename.new_name);
      report(object, "name", object.kind, qualified_name(object), rename,
             fmt::format("{} still bears the old name of {}.", subject(object), rename.told()),
             rename_remedy(object, better), {}, severity);
    }
    not_null_of(object, rename, excused, severity);
  }

  // From 18 on a NOT NULL is a constraint with a name of its own.
  void not_null_of(const Object& column, const Rename& rename, const std::vector<NameParts>& excused,
                   Severity severity = Severity::failure) {
    const auto* not_null = attribute(column, "not_null_name");
    if (column.inherited || !not_null || not_null->raw.empty() ||
        !borne_at(rename.parts, parts_of(not_null->raw), excused))
      return;
    report(column, "not null", "not_null_constraint", column.parent + '.' + not_null->raw, rename,
           fmt::format("The NOT NULL constraint {} of {} still bears the old name of {}.", not_null->raw,
                       subject(column), rename.told()),
           fmt::format("ALTER TABLE {} RENAME CONSTRAINT {} TO {};", column.parent, schema::identifier(not_null->raw),
                       schema::identifier(with_new_name(not_null->raw, rename.parts, rename.new_name))),
           {}, severity);
  }

  std::string rename_remedy(const Object& object, const std::string& better) const {
    auto statement = schema::rename_statement(object.kind, qualified_name(object), better);
    const auto parent = by_identity_.find(object.parent_identity);
    if (schema::is_constraint(object.kind) && parent != by_identity_.end() && parent->second->kind == "domain")
      statement = replaced(statement, "ALTER TABLE ", "ALTER DOMAIN ");
    return statement;
  }

  void texts_of(const Object& object, const Rename& rename, const std::vector<NameParts>& excused) {
    if (object.kind == "type") enum_labels(object, rename, excused);
    if (object.kind == "comment") comment(object, rename, excused);
    if (object.kind == "view" || object.kind == "materialized_view") view_columns(object, rename, excused);
    if (const auto body = attribute_value(object, "body"); !body.empty())
      in_body(object, body, rename, [&](const Word& word) {
        if (rename.distinctive()) return borne_at(rename.parts, parts_of(word.text), excused).has_value();
        return !word.in_comment && !word.in_literal && lower(word.text) == lower(rename.old_name);
      });
    // What the server deparses shows other objects by their present names; literals are what somebody wrote.
    for (const auto name :
         {"query", "definition", "default", "generated", "using", "check", "on", "sql_body", "partition_key"})
      for (const auto& literal : plain_literals(attribute_value(object, name)))
        if (rename.distinctive() ? borne_at(rename.parts, parts_of(literal), excused).has_value()
                                 : lower(literal) == lower(rename.old_name))
          report(object, "literal " + literal, object.kind, qualified_name(object), rename,
                 fmt::format("{} holds the text '{}', the old name of {}.", subject(object), literal, rename.told()),
                 fmt::format("Define its {} again with '{}'.", name,
                             with_new_name(literal, rename.parts, rename.new_name)),
                 {object.definition});
  }

  void enum_labels(const Object& type, const Rename& rename, const std::vector<NameParts>& excused) {
    for (const auto& label : plain_literals(attribute_value(type, "labels"))) {
      if (!borne_at(rename.parts, parts_of(label), excused)) continue;
      if (!rename.distinctive() && lower(label) != lower(rename.old_name)) continue;
      report(type, "label " + label, "enum_value", qualified_name(type) + '.' + label, rename,
             fmt::format("The value '{}' of type {} still bears the old name of {}.", label, qualified_name(type),
                         rename.told()),
             schema::rename_label_statement(qualified_name(type), label,
                                            with_new_name(label, rename.parts, rename.new_name)));
    }
  }

  void comment(const Object& object, const Rename& rename, const std::vector<NameParts>& excused) {
    const auto text = std::string(attribute_value(object, "text"));
    if (!borne_at(rename.parts, parts_of(text), excused)) return;  // "legal entity" in prose as well
    report(object, "text", "comment", object.parent, rename,
           fmt::format("The comment on {} still speaks of {}.", object.parent, rename.told()),
           fmt::format("COMMENT ON {} IS …;", object.parent), {text},
           rename.distinctive() ? Severity::failure : Severity::warning);
  }

  void view_columns(const Object& view, const Rename& rename, const std::vector<NameParts>& excused) {
    for (const auto& column : columns_of(view)) {
      if (!(rename.distinctive() ? borne_at(rename.parts, parts_of(column), excused).has_value()
                                 : lower(column) == lower(rename.old_name)))
        continue;
      report_view_column(view, column, rename);
    }
  }

  void report_view_column(const Object& view, const std::string& column, const Rename& rename) {
    report(view, "column " + column, "column", qualified_name(view) + '.' + schema::identifier(column), rename,
           fmt::format("{} still shows a column {}, the old name of {}: a view keeps its column names when what it "
                       "reads is renamed.",
                       subject(view), column, rename.told()),
           fmt::format("ALTER {} {} RENAME COLUMN {} TO {};", upper(schema::kind_facts(view.kind).noun),
                       qualified_name(view), schema::identifier(column),
                       schema::identifier(with_new_name(column, rename.parts, rename.new_name))));
  }

  // "id integer, \"My Name\" text, n numeric(10,2)": the names.
  static std::vector<std::string> columns_of(const Object& view) {
    std::vector<std::string> names;
    const auto list = attribute_value(view, "columns");
    int depth = 0;
    bool quoted = false, in_name = true;
    std::string name;
    for (const char c : list) {
      if (c == '"')
        quoted = !quoted;
      else if (quoted || (in_name && c != ' '))
        name += c;
      else if (c == ' ' && in_name && !name.empty()) {
        names.push_back(name);
        name.clear();
        in_name = false;
      } else if (c == '(')
        ++depth;
      else if (c == ')')
        --depth;
      else if (c == ',' && depth == 0)
        in_name = true;
    }
    return names;
  }

  template <typename Bears>
  void in_body(const Object& function, std::string_view body, const Rename& rename, Bears&& bears) {
    std::vector<std::string> evidence;
    std::size_t last_line = 0;
    for (const auto& word : words_of_body(body)) {
      if (word.line == last_line || !bears(word)) continue;
      last_line = word.line;
      evidence.push_back(fmt::format("line {}: {}", word.line, line_of(body, word.line)));
    }
    if (evidence.empty()) return;
    report(function, "body", function.kind, qualified_name(function), rename,
           fmt::format("The body of {} still bears the old name of {}.", qualified_name(function), rename.told()),
           fmt::format("CREATE OR REPLACE it with {}.", rename.new_name), evidence);
  }

  // Rule 2: columns.

  void around_column(const Rename& rename) {
    const auto& column = rename.difference->identity_b;
    const auto table = by_identity_.find({column.catalog, column.oid, 0});
    if (table == by_identity_.end()) return;
    std::vector<NameParts> excused{rename.new_parts};
    bool elsewhere = false;
    for (const auto& object : objects_) {
      if (object.kind != "column") continue;
      if (object.parent_identity == table->first) {
        if (auto parts = parts_of(object.name); parts.size() > rename.parts.size()) excused.push_back(std::move(parts));
      } else if (object.name == rename.old_name) {
        elsewhere = true;
      }
    }
    if (auto parts = parts_of(table->second->name); parts.size() > rename.parts.size())
      excused.push_back(std::move(parts));
    const auto trigger_functions = functions_of_triggers(table->first);
    const auto table_name = lower(table->second->name);
    for (const auto& object : objects_) {
      if (object.kind == "comment") {
        if (rename.distinctive() && stands_on(object, *table->second)) comment(object, rename, excused);
        continue;
      }
      const auto body = attribute_value(object, "body");
      if (!body.empty()) {
        const bool of_table = trigger_functions.contains(object.identity);
        const bool speaks_of_it = of_table || holds_word(body, table_name);
        in_body(object, body, rename, [&](const Word& word) {
          if (lower(word.text) != lower(rename.old_name)) return false;
          const auto before = lower(word.before);
          if (of_table && (before == "new" || before == "old")) return true;
          if (before == table_name) return true;
          return rename.distinctive() && (!elsewhere || speaks_of_it);
        });
        continue;
      }
      if (!depends_on(object, column, false)) continue;
      if (object.kind == "view" || object.kind == "materialized_view") {
        for (const auto& name : columns_of(object))
          if (name == rename.old_name) report_view_column(object, name, rename);
      } else if (object.kind != "column" && object.kind != "function" && object.kind != "table") {
        name_of(object, rename, excused);
      }
    }
    if (const auto self = by_identity_.find(column); self != by_identity_.end())
      not_null_of(*self->second, rename, excused);
  }

  std::unordered_set<Identity> functions_of_triggers(const Identity& table) const {
    std::unordered_set<Identity> functions;
    for (const auto& object : objects_)
      if (object.kind == "trigger" && object.parent_identity == table)
        for (const auto& id : object.depends)
          if (const auto found = by_identity_.find(id);
              found != by_identity_.end() && found->second->kind == "function")
            functions.insert(id);
    return functions;
  }

  static bool holds_word(std::string_view body, const std::string& word) {
    const auto words = words_of_body(body);
    return std::any_of(words.begin(), words.end(), [&](const Word& w) { return lower(w.text) == word; });
  }

  bool stands_on(const Object& comment, const Object& table) const {
    const auto name = qualified_name(table);
    return comment.parent_identity.oid == table.identity.oid || comment.parent.ends_with(' ' + name) ||
           comment.parent.find(' ' + name + '.') != std::string::npos;
  }

  // Rule 3: enum labels.

  void label(const LabelRename& label) {
    Difference difference{.change = Change::renamed, .kind = "type", .name = label.type, .old_name = label.type};
    const Rename rename{&difference, label.old_label, label.new_label, parts_of(label.old_label),
                        parts_of(label.new_label)};
    const auto told = fmt::format("value '{}' of type {}, now '{}'", label.old_label, label.type, label.new_label);
    const auto [tables, functions] = users_of(label.type);
    for (const auto& object : objects_) {
      const auto body = attribute_value(object, "body");
      const auto at = body.find(schema::literal(label.old_label));
      if (at == std::string_view::npos) continue;
      const auto speaks_of_it = [&](const std::string& name) { return holds_word(body, name); };
      if (!functions.contains(object.identity) && std::none_of(tables.begin(), tables.end(), speaks_of_it)) continue;
      const auto line =
          static_cast<std::size_t>(std::count(body.begin(), body.begin() + static_cast<std::ptrdiff_t>(at), '\n')) + 1;
      report(object, "body", object.kind, qualified_name(object), rename,
             fmt::format("The body of {} still uses {}.", qualified_name(object), told),
             fmt::format("CREATE OR REPLACE it with '{}'.", label.new_label),
             {fmt::format("line {}: {}", line, line_of(body, line))});
    }
  }

  // The type and the tables that have a column of it, by simple name, and the trigger functions of those tables.
  std::pair<std::set<std::string>, std::unordered_set<Identity>> users_of(const std::string& type) const {
    std::set<std::string> names{lower(unquoted(schema::split_name(type).last))};
    std::unordered_set<Identity> functions;
    for (const auto& object : objects_) {
      if (object.kind != "column" || attribute_value(object, "type") != type) continue;
      const auto table = by_identity_.find(object.parent_identity);
      if (table == by_identity_.end() || !names.insert(lower(table->second->name)).second) continue;
      functions.merge(functions_of_triggers(table->first));
    }
    return {names, functions};
  }

  const std::vector<Object>& objects_;
  const std::string& database_;
  const std::vector<LeftoverWaiver>& waivers_;
  std::unordered_map<Identity, const Object*> by_identity_;
  std::vector<Rename> names_, columns_;
  std::vector<LabelRename> labels_;
  std::set<std::string> reported_;
  Findings findings_;
};

}  // namespace

Findings schema_lineage(const schema::Snapshot& after, const schema::Differences& lineage,
                        const std::vector<LeftoverWaiver>& waivers) {
  return LeftoverSearch(after, lineage, waivers).run();
}

}  // namespace prodclone::checks
