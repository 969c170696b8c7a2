#include "schema_words.hpp"

#include <algorithm>
#include <cctype>

namespace prodclone::checks {

namespace {

bool is_letter_or_digit(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || (c & 0x80) != 0;
}
bool is_lower(char c) {
  return std::islower(static_cast<unsigned char>(c));
}
bool is_upper(char c) {
  return std::isupper(static_cast<unsigned char>(c));
}

std::string plural_of(const std::string& word) {
  if (word.size() > 1 && word.back() == 'y' &&
      std::string_view("aeiou").find(word[word.size() - 2]) == std::string_view::npos)
    return word.substr(0, word.size() - 1) + "ies";
  if (word.ends_with('s') || word.ends_with('x') || word.ends_with("ch") || word.ends_with("sh")) return word + "es";
  return word + 's';
}

bool same_but_for_number(const std::string& x, const std::string& y) {
  return x == y || plural_of(x) == y || plural_of(y) == x;
}

bool stands_at(const NameParts& inner, const NameParts& outer, std::size_t at, bool any_number) {
  if (inner.empty() || at + inner.size() > outer.size()) return false;
  for (std::size_t i = 0; i < inner.size(); ++i) {
    const bool last = i + 1 == inner.size();
    if (!(last && any_number ? same_but_for_number(inner[i], outer[at + i]) : inner[i] == outer[at + i])) return false;
  }
  return true;
}

}  // namespace

NameParts parts_of(std::string_view name) {
  NameParts parts;
  std::string part;
  const auto finish = [&] {
    if (!part.empty()) parts.push_back(part);
    part.clear();
  };
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (!is_letter_or_digit(name[i])) {
      finish();
      continue;
    }
    if (i > 0 && is_lower(name[i - 1]) && is_upper(name[i])) finish();
    part += static_cast<char>(std::tolower(static_cast<unsigned char>(name[i])));
  }
  finish();
  return parts;
}

std::optional<std::size_t> borne_at(const NameParts& inner, const NameParts& outer,
                                    const std::vector<NameParts>& excused) {
  for (std::size_t at = 0; at + inner.size() <= outer.size(); ++at) {
    if (!stands_at(inner, outer, at, true)) continue;
    const bool inside_another = std::any_of(excused.begin(), excused.end(), [&](const NameParts& other) {
      for (std::size_t k = 0; k + other.size() <= outer.size(); ++k)
        if (k <= at && at + inner.size() <= k + other.size() && stands_at(other, outer, k, false)) return true;
      return false;
    });
    if (!inside_another) return at;
  }
  return std::nullopt;
}

std::string with_new_name(std::string_view name, const NameParts& old_parts, std::string_view new_name) {
  // Parts again, with their places.
  struct Place {
    std::size_t begin, end;
  };
  std::vector<Place> places;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (!is_letter_or_digit(name[i])) continue;
    const bool begins = i == 0 || !is_letter_or_digit(name[i - 1]) || (is_lower(name[i - 1]) && is_upper(name[i]));
    if (begins) places.push_back({i, i});
    places.back().end = i + 1;
  }
  const auto parts = parts_of(name);
  const auto at = borne_at(old_parts, parts);
  if (!at) return std::string(name);
  const auto last = *at + old_parts.size() - 1;
  std::string replacement(new_name);
  if (parts[last] != old_parts.back())
    replacement = plural_of(old_parts.back()) == parts[last] ? plural_of(replacement) : replacement;
  return std::string(name.substr(0, places[*at].begin)) + replacement + std::string(name.substr(places[last].end));
}

std::vector<Word> words_of_body(std::string_view body) {
  std::vector<Word> words;
  std::size_t line = 1;
  bool line_comment = false, block_comment = false, literal = false;
  std::string owner;  // the identifier in front of a dot that has just been read
  bool after_dot = false;
  for (std::size_t i = 0; i < body.size(); ++i) {
    const char c = body[i];
    const auto next = i + 1 < body.size() ? body[i + 1] : '\0';
    if (c == '\n') {
      ++line;
      line_comment = false;
      owner.clear();
      continue;
    }
    if (!line_comment && !block_comment && c == '\'')
      literal = !literal;
    else if (!literal && !line_comment && c == '/' && next == '*')
      block_comment = true;
    else if (block_comment && c == '*' && next == '/')
      block_comment = false;
    else if (!literal && !block_comment && c == '-' && next == '-')
      line_comment = true;
    if (is_letter_or_digit(c) || c == '_') {
      const auto begin = i;
      while (i < body.size() && (is_letter_or_digit(body[i]) || body[i] == '_')) ++i;
      Word word{.text = std::string(body.substr(begin, i - begin)),
                .line = line,
                .in_comment = line_comment || block_comment,
                .in_literal = literal};
      if (after_dot) word.before = owner;
      owner = word.text;
      after_dot = false;
      words.push_back(std::move(word));
      --i;
    } else if (c == '.') {
      after_dot = true;
    } else if (c != '"') {
      after_dot = false;
      owner.clear();
    }
  }
  return words;
}

std::vector<std::string> plain_literals(std::string_view sql) {
  std::vector<std::string> literals;
  for (std::size_t i = 0; i < sql.size(); ++i) {
    if (sql[i] == '"') {
      while (++i < sql.size() && sql[i] != '"') {
      }
      continue;
    }
    if (sql[i] != '\'') continue;
    std::string text;
    for (++i; i < sql.size(); ++i) {
      if (sql[i] == '\'') {
        if (i + 1 >= sql.size() || sql[i + 1] != '\'') break;
        ++i;
      }
      text += sql[i];
    }
    const auto rest = i < sql.size() ? sql.substr(i + 1) : std::string_view();
    bool is_name = false;
    if (rest.starts_with("::")) {
      const auto type = rest.substr(2, rest.find_first_of(" ),;[", 2) - 2);
      is_name = type.starts_with("reg") || type.find('.') != std::string_view::npos;
    }
    if (!is_name) literals.push_back(std::move(text));
  }
  return literals;
}

}  // namespace prodclone::checks
