// Small free functions on text that more than one room needs.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace prodclone {

std::string_view trimmed(std::string_view text);
std::vector<std::string> split(std::string_view text, char separator);
std::vector<std::string> lines_of(std::string_view text);  // without terminators, LF or CRLF
std::string joined(const std::vector<std::string>& parts, std::string_view separator);
std::string lower(std::string_view ascii);
std::string upper(std::string_view ascii);
std::string replaced(std::string text, std::string_view from, std::string_view to);

// For a value's place in a URL: all but RFC 3986's unreserved characters.
std::string percent_encoded(std::string_view text);

// The candidate that a misspelt word most likely meant; none when nothing is near.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& candidates);

// Matches a whole name against a pattern with `*` (any run) and `?` (one character).
bool matches_glob(std::string_view pattern, std::string_view name);

// "1 row", "2 rows".
std::string counted(long long count, std::string_view singular, std::string_view plural = {});

// "a, b, c and 2 more".
std::string some_of(const std::vector<std::string>& names, std::size_t most = 3);

}  // namespace prodclone
