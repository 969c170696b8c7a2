#include "rename_map.hpp"

#include <prodclone/base/text.hpp>
#include <prodclone/pg/quote.hpp>
#include <prodclone/schema/kinds.hpp>

namespace prodclone::schema {

namespace {

// Labels are printed as 'a', 'b''c'.
std::vector<std::string> labels_of(const Object& type) {
  std::vector<std::string> labels;
  for (auto& token : sql_tokens(attribute_value(type, "labels")))
    if (token.kind == TokenKind::literal) labels.push_back(std::move(token.text));
  return labels;
}

bool is_symbol(const std::vector<SqlToken>& tokens, std::size_t at, char symbol) {
  return at < tokens.size() && tokens[at].kind == TokenKind::symbol && tokens[at].text[0] == symbol;
}

// The type that the literal at `at` is cast to: "regclass", "public.status"; empty without a cast.
std::string cast_of(const std::vector<SqlToken>& tokens, std::size_t at) {
  if (!is_symbol(tokens, at + 1, ':') || !is_symbol(tokens, at + 2, ':')) return {};
  std::string name;
  for (std::size_t i = at + 3; i < tokens.size(); ++i) {
    if (tokens[i].kind == TokenKind::identifier)
      name += pg::quote_identifier_if_needed(tokens[i].text);
    else if (is_symbol(tokens, i, '.'))
      name += '.';
    else
      break;
    if (!is_symbol(tokens, i, '.') && !is_symbol(tokens, i + 1, '.')) break;
  }
  return name;
}

}  // namespace

void RenameMap::add(const Object& before, const Object& after) {
  if (before.kind == "type" && attribute_value(before, "flavour") == "enum") {
    const auto* old_ids = attribute(before, "label_oids");
    const auto* new_ids = attribute(after, "label_oids");
    if (old_ids && new_ids) {
      const auto old_oids = split(old_ids->raw, ','), new_oids = split(new_ids->raw, ',');
      const auto old_labels = labels_of(before), new_labels = labels_of(after);
      for (std::size_t i = 0; i < old_oids.size() && i < old_labels.size(); ++i)
        for (std::size_t k = 0; k < new_oids.size() && k < new_labels.size(); ++k)
          if (old_oids[i] == new_oids[k] && old_labels[i] != new_labels[k])
            labels_[qualified_name(before)].emplace(old_labels[i], new_labels[k]);
    }
  }
  if (before.kind == "schema") schemas_[before.name] = after.name;
  if (before.schema != after.schema && kind_facts(before.kind).naming == Naming::in_schema)
    moved_[{before.schema, before.name}].insert(after.schema);
  if (before.name == after.name) return;
  if (before.kind == "column")
    columns_[before.parent].emplace(before.name, after.name);
  else
    everywhere_.emplace(before.name, after.name);
}

const std::string& RenameMap::schema(const std::string& before) const {
  const auto found = schemas_.find(before);
  return found == schemas_.end() ? before : found->second;
}

struct RenameMap::Comparison {
  const RenameMap& map;
  const std::vector<SqlToken>& before;
  const std::vector<SqlToken>& after;
  std::set<Pair> columns = {};  // those whose table is mentioned

  void mention(const std::string& table) {
    if (const auto found = map.columns_.find(table); found != map.columns_.end())
      columns.insert(found->second.begin(), found->second.end());
  }

  bool same(std::size_t i, std::size_t k) const {
    const auto& x = before[i];
    const auto& y = after[k];
    if (x.kind != y.kind) return false;
    if (x.text == y.text) return true;
    const Pair pair{x.text, y.text};
    if (x.kind == TokenKind::identifier)
      return map.everywhere_.contains(pair) || columns.contains(pair) || is_schema_of_moved(i, y.text);
    if (x.kind != TokenKind::literal) return false;
    const auto cast = cast_of(before, i);
    if (cast == "regclass" || cast == "regtype" || cast == "regproc" || cast == "regprocedure")
      return map.explains(x.text, y.text, {});
    const auto labels = map.labels_.find(cast);
    return labels != map.labels_.end() && labels->second.contains(pair);
  }

  bool is_schema_of_moved(std::size_t i, const std::string& new_schema) const {
    if (!is_symbol(before, i + 1, '.') || i + 2 >= before.size()) return false;
    const auto found = map.moved_.find({before[i].text, before[i + 2].text});
    return found != map.moved_.end() && found->second.contains(new_schema);
  }

  // A view that kept its own column name now says so: "tenant_id AS legal_entity_id" for "legal_entity_id".
  bool alias_keeps_old_name(std::size_t k, const std::string& old_name) const {
    return k + 1 < after.size() && after[k].kind == TokenKind::identifier && !after[k].quoted &&
           after[k].text == "AS" && after[k + 1].kind == TokenKind::identifier && after[k + 1].text == old_name;
  }

  bool equal() const {
    std::size_t i = 0, k = 0;
    while (i < before.size() && k < after.size()) {
      if (!same(i, k)) {
        if (i == 0 || !alias_keeps_old_name(k, before[i - 1].text)) return false;
        k += 2;
        continue;
      }
      ++i, ++k;
    }
    if (i == before.size() && i > 0 && alias_keeps_old_name(k, before[i - 1].text)) k += 2;
    return i == before.size() && k == after.size();
  }
};

bool RenameMap::explains(std::string_view before, std::string_view after, const std::string& home) const {
  if (before == after) return true;
  if (empty()) return false;
  const auto old_tokens = sql_tokens(before), new_tokens = sql_tokens(after);
  Comparison comparison{*this, old_tokens, new_tokens};
  if (!home.empty()) comparison.mention(home);
  for (std::size_t i = 0; i + 2 < old_tokens.size(); ++i)
    if (old_tokens[i].kind == TokenKind::identifier && is_symbol(old_tokens, i + 1, '.') &&
        old_tokens[i + 2].kind == TokenKind::identifier)
      comparison.mention(pg::quote_identifier_if_needed(old_tokens[i].text) + '.' +
                         pg::quote_identifier_if_needed(old_tokens[i + 2].text));
  return comparison.equal();
}

}  // namespace prodclone::schema
