// Owners and privileges. What is made again would otherwise belong to whoever runs the script, and nobody else could
// use it.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include <prodclone/base/text.hpp>
#include <prodclone/schema/kinds.hpp>
#include <prodclone/schema/statements.hpp>

#include "script_draft.hpp"

namespace prodclone::schema {

namespace {

constexpr int last = 145;

// GRANT … ON <words>; empty: the kind has no privileges.
std::string_view granted_words(std::string_view kind) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 16> words = {{
      {"table", "TABLE"}, {"foreign_table", "TABLE"}, {"view", "TABLE"}, {"materialized_view", "TABLE"}, {"column", "TABLE"},
      {"sequence", "SEQUENCE"}, {"function", "FUNCTION"}, {"aggregate", "FUNCTION"}, {"procedure", "PROCEDURE"}, {"schema", "SCHEMA"},
      {"type", "TYPE"}, {"domain", "DOMAIN"}, {"procedural_language", "LANGUAGE"}, {"foreign_data_wrapper", "FOREIGN DATA WRAPPER"},
      {"server", "FOREIGN SERVER"}, {"large_object", "LARGE OBJECT"}}};
  const auto found = std::find_if(words.begin(), words.end(), [&](const auto& one) { return one.first == kind; });
  return found == words.end() ? std::string_view() : found->second;
}

std::string_view privilege(char letter) {
  switch (letter) {
    case 'r': return "SELECT";
    case 'a': return "INSERT";
    case 'w': return "UPDATE";
    case 'd': return "DELETE";
    case 'D': return "TRUNCATE";
    case 'x': return "REFERENCES";
    case 't': return "TRIGGER";
    case 'm': return "MAINTAIN";
    case 'X': return "EXECUTE";
    case 'U': return "USAGE";
    case 'C': return "CREATE";
    default: return {};
  }
}

// By grantee as SQL writes it, without who granted it: "rw*".
std::map<std::string, std::string> grants_of(const std::vector<std::string>& acl) {
  std::map<std::string, std::string> grants;
  for (const auto& item : acl) {
    std::size_t equals = 0;
    for (bool quoted = false; equals < item.size() && (quoted || item[equals] != '='); ++equals)
      if (item[equals] == '"') quoted = !quoted;
    if (equals >= item.size()) continue;
    auto grantee = item.substr(0, equals);
    grantee = grantee.empty() ? "PUBLIC" : grantee.starts_with('"') ? grantee : identifier(grantee);
    grants[grantee] += item.substr(equals + 1, item.find('/', equals) - equals - 1);
  }
  return grants;
}

std::vector<std::string> words_of(const std::string& letters, bool with_option) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < letters.size(); ++i)
    if (const auto word = privilege(letters[i]); !word.empty() && (letters.substr(i + 1, 1) == "*") == with_option) words.emplace_back(word);
  return words;
}

class Access {
 public:
  Access(Draft& draft, const Object& b) : draft_(draft), b_(b) {}

  void own(const std::string& owner) {
    if (owner.empty() || (b_.kind == "sequence" && !attribute_value(b_, "owned_by").empty())) return;
    add(fmt::format("ALTER {} {} OWNER TO {};", upper(kind_facts(b_.kind).noun), qualified_name(b_), identifier(owner)));
  }

  void change(const std::vector<std::string>& from, const std::vector<std::string>& to) {
    if (granted_words(b_.kind).empty()) return;
    const auto before = grants_of(from), after = grants_of(to);
    for (const auto& [grantee, letters] : before)
      if (const auto there = after.find(grantee); there == after.end() || there->second != letters)
        add(fmt::format("REVOKE ALL {}ON {} {} FROM {};", columns(), granted_words(b_.kind), subject(), grantee));
    for (const auto& [grantee, letters] : after)
      if (const auto there = before.find(grantee); there == before.end() || there->second != letters) grant(grantee, letters);
  }

 private:
  void grant(const std::string& grantee, const std::string& letters) {
    for (const bool option : {false, true}) {
      auto words = words_of(letters, option);
      if (words.empty()) continue;
      if (b_.kind == "column")
        for (auto& word : words) word += " (" + identifier(b_.name) + ')';
      add(fmt::format("GRANT {} ON {} {} TO {}{};", joined(words, ", "), granted_words(b_.kind), subject(), grantee, option ? " WITH GRANT OPTION" : ""));
    }
  }

  std::string subject() const { return b_.kind == "column" ? b_.parent : qualified_name(b_); }
  std::string columns() const { return b_.kind == "column" ? '(' + identifier(b_.name) + ") " : std::string(); }

  void add(std::string sql) {
    draft_.add({.sql = std::move(sql), .rank = last, .object = &b_, .access = true, .aside = true});
  }

  Draft& draft_;
  const Object& b_;
};

// What ALTER DEFAULT PRIVILEGES calls it; empty: it has no defaults.
std::string_view defaults_words(std::string_view kind) {
  for (const auto table : {"table", "foreign_table", "view", "materialized_view"})
    if (kind == table) return "TABLES";
  for (const auto routine : {"function", "aggregate", "procedure"})
    if (kind == routine) return "FUNCTIONS";
  if (kind == "type" || kind == "domain") return "TYPES";
  return kind == "sequence" ? "SEQUENCES" : kind == "schema" ? "SCHEMAS" : std::string_view();
}

// What a new object is born with, besides its owner's own. Default privileges may belong to whoever runs the script: of
// those who have any it is not known what they get, so they are given exactly what they should have.
std::vector<std::string> born_with(const Draft& draft, const Object& b) {
  std::vector<std::string> born;
  const auto words = defaults_words(b.kind);
  if (words == "FUNCTIONS") born = {"=X/"};
  if (words == "TYPES" || b.kind == "procedural_language") born = {"=U/"};
  if (words.empty()) return born;
  for (const auto* objects : {&draft.objects_a(), &draft.objects_b()})
    for (const auto& one : *objects) {
      if (one.kind != "default_privileges" || !one.name.ends_with(" ON " + std::string(words))) continue;
      if (!one.schema.empty() && one.schema != b.schema) continue;
      if (!draft.options().runs_as.empty() && !one.name.starts_with("FOR ROLE " + identifier(draft.options().runs_as) + ' ')) continue;
      for (const auto& [grantee, letters] : grants_of(one.privileges))
        if (grantee != identifier(b.owner) && grantee != identifier(draft.options().runs_as)) born.push_back((grantee == "PUBLIC" ? "" : grantee) + "=?/");
    }
  return born;
}

std::vector<std::string> without_owner(std::vector<std::string> acl, const std::string& owner) {
  std::erase_if(acl, [&](const auto& item) { return item.starts_with(owner + '=') || item.starts_with(identifier(owner) + '='); });
  return acl;
}

// What everybody has until ALTER DEFAULT PRIVILEGES says otherwise; within a schema it only adds.
std::map<std::string, std::string> defaults_of(const Draft& draft, const Object* object, const Object& either) {
  if (object) return grants_of(object->privileges);
  if (!either.schema.empty()) return {};
  const auto what = either.name.substr(either.name.rfind(" ON ") + 4);
  const auto role = either.name.substr(9, either.name.rfind(" ON ") - 9);  // FOR ROLE …
  if (what == "TABLES") return {{role, draft.major() >= 17 ? "arwdDxtm" : "arwdDxt"}};
  if (what == "FUNCTIONS") return {{role, "X"}, {"PUBLIC", "X"}};
  if (what == "TYPES") return {{role, "U"}, {"PUBLIC", "U"}};
  return {{role, what == "SEQUENCES" ? "rwU" : what == "SCHEMAS" ? "UC" : "rw"}};
}

void change_defaults(Draft& draft, const Object* a, const Object* b) {
  const auto& either = b ? *b : *a;
  const auto cut = either.name.rfind(" ON ");
  const auto head = "ALTER DEFAULT PRIVILEGES " + either.name.substr(0, cut), what = either.name.substr(cut);
  const auto before = defaults_of(draft, a, either), after = defaults_of(draft, b, either);
  const auto add = [&](std::string sql) {
    draft.add({.sql = std::move(sql), .phase = b ? Phase::build : Phase::late, .rank = last + 5, .object = &either, .access = true});
  };
  for (const auto& [grantee, letters] : before)
    if (const auto there = after.find(grantee); there == after.end() || there->second != letters)
      add(fmt::format("{} REVOKE ALL{} FROM {};", head, what, grantee));
  for (const auto& [grantee, letters] : after)
    if (const auto there = before.find(grantee); there == before.end() || there->second != letters)
      for (const bool option : {false, true})
        if (const auto words = words_of(letters, option); !words.empty())
          add(fmt::format("{} GRANT {}{} TO {}{};", head, joined(words, ", "), what, grantee, option ? " WITH GRANT OPTION" : ""));
}

}  // namespace

Way way_of_defaults(const Draft&, const Object&, const Object&) {
  return Way::alter;
}
void make_defaults(Draft& draft, const Object& b) {
  change_defaults(draft, nullptr, &b);
}
void alter_defaults(Draft& draft, const Object& a, const Object& b) {
  change_defaults(draft, &a, &b);
}
void drop_defaults(Draft& draft, const Object& a) {
  const auto& all = draft.objects_a();
  if (std::none_of(all.begin(), all.end(), [&](const Object& x) { return x.kind == "schema" && x.name == a.schema && draft.goes(x); }))
    change_defaults(draft, &a, nullptr);
}

void alter_access(Draft& draft, const Object& a, const Object& b) {
  Access access(draft, b);
  if (draft.touched(b, "owner")) access.own(b.owner);
  if (draft.touched(b, "privileges")) access.change(a.privileges, b.privileges);
}

void restore_access(Draft& draft, const Object& b) {
  const auto& options = draft.options();
  const auto* a = draft.partner(b);
  const auto* owner = options.compared.owners ? &b : options.keep_access ? a : nullptr;
  const auto* grants = options.compared.privileges ? &b : options.keep_access ? a : nullptr;
  Access access(draft, b);
  if (owner && owner->owner != options.runs_as) access.own(owner->owner);
  if (grants) access.change(born_with(draft, b), without_owner(grants->privileges, grants->owner));
}

}  // namespace prodclone::schema
