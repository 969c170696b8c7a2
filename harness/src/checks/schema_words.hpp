// Names cut into their parts, and whether one name is borne inside another.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace prodclone::checks {

using NameParts = std::vector<std::string>;

// Lower-case parts between underscores and other signs that are no letter or digit, and where a lower-case letter
// meets an upper-case one.
NameParts parts_of(std::string_view name);

// Where `inner` follows in `outer` part by part, its last part in the same, the plural or the singular form.
// Positions inside `excused` (other names that `outer` bears, longer than `inner`) do not count.
std::optional<std::size_t> borne_at(const NameParts& inner, const NameParts& outer,
                                    const std::vector<NameParts>& excused = {});

// `name` with the first `old_parts` in it replaced by `new_name`, plural for plural; `name` itself when it bears none.
std::string with_new_name(std::string_view name, const NameParts& old_parts, std::string_view new_name);

struct Word {
  std::string text = {};
  std::size_t line = 0;  // 1-based
  bool in_comment = {};
  bool in_literal = {};
  std::string before = {};  // the identifier in front of a dot: "NEW" in NEW.name
};

// The identifiers of a function body, whatever its language; SQL comments and literals are told apart.
std::vector<Word> words_of_body(std::string_view body);

// String literals in deparsed SQL that are not names or enum labels by their cast (::regclass, ::public.status).
std::vector<std::string> plain_literals(std::string_view sql);

}  // namespace prodclone::checks
