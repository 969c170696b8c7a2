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
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 15> words = {{
      {"table", "TABLE"}, {"foreign_table", "TABLE"}, {"view", "TABLE"}, {"materialized_view", "TABLE"}, {"column", "TABLE"},
      {"sequence", "SEQUENCE"}, {"function", "FUNCTION"}, {"aggregate", "FUNCTION"}, {"procedure", "PROCEDURE"}, {"schema", "SCHEMA"},
      {"type", "TYPE"}, {"domain", "DOMAIN"}, {"procedural_language", "LANGUAGE"}, {"foreign_data_wrapper", "FOREIGN DATA WRAPPER"},
      {"server", "FOREIGN SERVER"}}};
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
    std::vector<std::string> plain, with_option;
    for (std::size_t i = 0; i < letters.size(); ++i) {
      const auto word = std::string(privilege(letters[i]));
      if (word.empty()) continue;
      const bool option = i + 1 < letters.size() && letters[i + 1] == '*';
      (option ? with_option : plain).push_back(word + (b_.kind == "column" ? " (" + identifier(b_.name) + ')' : ""));
    }
    for (const auto* words : {&plain, &with_option})
      if (!words->empty())
        add(fmt::format("GRANT {} ON {} {} TO {}{};", joined(*words, ", "), granted_words(b_.kind), subject(), grantee,
                        words == &with_option ? " WITH GRANT OPTION" : ""));
  }

  std::string subject() const { return b_.kind == "column" ? b_.parent : qualified_name(b_); }
  std::string columns() const { return b_.kind == "column" ? '(' + identifier(b_.name) + ") " : std::string(); }

  void add(std::string sql) {
    draft_.add({.sql = std::move(sql), .rank = last, .object = &b_, .access = true, .aside = true});
  }

  Draft& draft_;
  const Object& b_;
};

// What a new object is born with, besides its owner's own.
std::vector<std::string> born_with(const Object& b) {
  for (const auto kind : {"function", "aggregate", "procedure"})
    if (b.kind == kind) return {"=X/"};
  for (const auto kind : {"type", "domain", "procedural_language"})
    if (b.kind == kind) return {"=U/"};
  return {};
}

std::vector<std::string> without_owner(std::vector<std::string> acl, const std::string& owner) {
  std::erase_if(acl, [&](const auto& item) { return item.starts_with(owner + '=') || item.starts_with(identifier(owner) + '='); });
  return acl;
}

}  // namespace

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
  if (owner) access.own(owner->owner);
  if (grants) access.change(born_with(b), without_owner(grants->privileges, grants->owner));
}

}  // namespace prodclone::schema
