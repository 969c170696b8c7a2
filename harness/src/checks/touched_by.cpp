#include <prodclone/checks/touched_by.hpp>

#include <algorithm>
#include <cctype>

#include <prodclone/schema/kinds.hpp>
#include <prodclone/schema/object.hpp>

namespace prodclone::checks {

namespace {

bool is_part_of_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '$' || (c & 0x80) != 0; }

std::string lower_unquoted(std::string_view sql) {
  std::string text;
  for (const char c : sql)
    if (c != '"') text += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

// Without signature: f(integer) is "f".
std::string plain(std::string_view name) { return lower_unquoted(name.substr(0, name.find('('))); }

bool names(const std::string& text, const std::string& name) {
  if (name.empty()) return false;
  for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
    const auto end = at + name.size();
    if ((at == 0 || !is_part_of_name(text[at - 1])) && (end == text.size() || !is_part_of_name(text[end]))) return true;
  }
  return false;
}

struct Names {
  std::vector<std::string> own = {}, tables = {};
};

Names names_of(const schema::Difference& d) {
  Names result;
  const auto naming = schema::kind_facts(d.kind).naming;
  const auto add = [&](const std::string& qualified) {
    const auto [owner, last] = schema::split_name(qualified);
    if (naming == schema::Naming::by_parent) {
      // A comment's name begins with what kind of thing it is on.
      const auto name = qualified.substr(d.kind == "comment" ? qualified.find(' ') + 1 : 0);
      result.own.push_back(plain(schema::split_name(name).last));
      return;
    }
    result.own.push_back(plain(last));
    if (naming == schema::Naming::in_parent) result.tables.push_back(plain(schema::split_name(owner).last));
  };
  add(d.name);
  if (d.old_name) add(*d.old_name);
  return result;
}

}  // namespace

std::vector<std::string> touched_by(const schema::Difference& difference, const std::vector<PendingStatement>& statements) {
  constexpr std::size_t most = 3, longest = 100;
  const auto wanted = names_of(difference);
  std::vector<std::string> own, tables;
  for (const auto& statement : statements) {
    const auto text = lower_unquoted(statement.text);
    const auto among = [&](const std::vector<std::string>& list) {
      return std::any_of(list.begin(), list.end(), [&](const std::string& name) { return names(text, name); });
    };
    auto first_line = statement.text.substr(0, statement.text.find('\n'));
    if (first_line.size() > longest) first_line = first_line.substr(0, longest) + "…";
    if (among(wanted.own))
      own.push_back(statement.where + ": " + first_line);
    else if (among(wanted.tables))
      tables.push_back(statement.where + ": " + first_line);
  }
  auto& found = own.empty() ? tables : own;
  if (found.size() > most) found.resize(most);
  return found;
}

}  // namespace prodclone::checks
