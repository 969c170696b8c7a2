#include <prodclone/schema/rename_proposals.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include <prodclone/base/text.hpp>
#include <prodclone/pg/quote.hpp>
#include <prodclone/schema/kinds.hpp>
#include <prodclone/schema/statements.hpp>

namespace prodclone::schema {

namespace {

bool has_columns(const Object& object) {
  return object.kind == "table" || object.kind == "foreign_table";
}

bool may_be_proposed(const Object& object) {
  if (object.kind == "column") return !object.inherited;
  if (object.kind == "sequence") return attribute_value(object, "owned_by").empty();
  return has_columns(object) || object.kind == "type" || object.kind == "domain" || object.kind == "schema";
}

// What tells objects of one schema apart from those of another, without their names.
class Contents {
 public:
  explicit Contents(const Snapshot& snapshot) : objects_(snapshot.objects) {
    std::unordered_map<Identity, const Object*> columns;
    for (const auto& object : objects_) {
      if (object.kind == "column") columns_[object.parent].push_back(&object);
      if (object.kind == "column") columns.emplace(object.identity, &object);
      if (!object.schema.empty() && object.kind != "comment") in_schema_[object.schema].insert(object.kind + ' ' + object.parent + ' ' + object.name + object.signature);
    }
    // A serial column counts with a sequence that bears its name.
    for (const auto& object : objects_)
      if (object.kind == "sequence")
        for (const auto& id : object.depends)
          if (const auto column = columns.find(id); column != columns.end()) serial_.insert(column->second);
  }

  // Empty: nothing to recognise it by.
  std::string of(const Object& object) const {
    if (object.kind == "schema") return of_schema(object);
    std::string key = object.kind == "column" ? object.parent : std::string();
    if (has_columns(object)) {
      const auto found = columns_.find(qualified_name(object));
      if (found == columns_.end()) return {};
      std::set<std::string> columns;
      for (const auto* column : found->second) columns.insert(column->name + attributes_of(*column));
      for (const auto& column : columns) key += '\1' + column;
    }
    return key + attributes_of(object);
  }

 private:
  std::string attributes_of(const Object& object) const {
    std::string text;
    for (const auto& one : object.attributes) {
      if (one.value.empty() || one.name == "not_null_name") continue;
      const bool counts = one.name == "default" && serial_.contains(&object);
      text += '\2' + one.name + '=' + (counts ? "serial" : one.value);
    }
    return text;
  }

  std::string of_schema(const Object& schema) const {
    const auto found = in_schema_.find(schema.name);
    if (found == in_schema_.end()) return {};
    const auto own = pg::quote_identifier_if_needed(schema.name) + '.';
    std::string text;
    for (const auto& name : found->second) text += '\1' + replaced(name, own, "");
    return text;
  }

  const std::vector<Object>& objects_;
  std::map<std::string, std::vector<const Object*>> columns_;  // by their table
  std::map<std::string, std::set<std::string>> in_schema_;
  std::set<const Object*> serial_;
};

// By name alone: what is left over on one side.
std::vector<const Object*> only_in(const Snapshot& one, const Snapshot& other) {
  std::set<std::pair<std::string_view, std::string>> there, parents;
  for (const auto& object : other.objects) {
    there.emplace(object.kind, qualified_name(object));
    if (has_columns(object)) parents.emplace("", qualified_name(object));
  }
  std::vector<const Object*> left;
  for (const auto& object : one.objects) {
    if (!may_be_proposed(object) || there.contains({object.kind, qualified_name(object)})) continue;
    if (object.kind == "column" && !parents.contains({"", object.parent})) continue;
    left.push_back(&object);
  }
  return left;
}

}  // namespace

std::string to_string(const ProposedRename& rename) {
  return fmt::format("{} {} -> {}", kind_facts(rename.kind).noun, rename.from, rename.to);
}

std::vector<ProposedRename> propose_renames(const Snapshot& a, const Snapshot& b) {
  struct Candidates {
    std::vector<const Object*> a, b;
  };
  std::map<std::pair<std::string_view, std::string>, Candidates> places;
  const Contents in_a(a), in_b(b);
  for (const auto* object : only_in(a, b)) places[{object->kind, in_a.of(*object)}].a.push_back(object);
  for (const auto* object : only_in(b, a)) places[{object->kind, in_b.of(*object)}].b.push_back(object);
  std::vector<ProposedRename> result;
  for (const auto& [key, found] : places)
    if (!key.second.empty() && found.a.size() == 1 && found.b.size() == 1)
      result.push_back({found.a[0]->kind, qualified_name(*found.a[0]), qualified_name(*found.b[0])});
  return result;
}

std::vector<std::string> statements_of(const ProposedRename& rename) {
  const auto from = split_name(rename.from), to = split_name(rename.to);
  auto last = to.last;
  if (last.starts_with('"')) last = replaced(last.substr(1, last.size() - 2), "\"\"", "\"");
  if (rename.kind == "column" || rename.kind == "schema" || from.owner == to.owner) return {rename_statement(rename.kind, rename.from, last)};
  std::vector<std::string> statements = {fmt::format("ALTER {} {} SET SCHEMA {};", upper(kind_facts(rename.kind).noun), rename.from, to.owner)};
  if (from.last != to.last) statements.push_back(rename_statement(rename.kind, to.owner + '.' + from.last, last));
  return statements;
}

}  // namespace prodclone::schema
