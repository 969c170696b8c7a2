#include <prodclone/pg/quote.hpp>

#include <algorithm>

#include "keywords.hpp"

namespace prodclone::pg {

namespace {
std::string doubled(std::string_view text, char quote) {
  std::string result(1, quote);
  for (const char c : text) {
    if (c == quote) result += quote;
    result += c;
  }
  return result += quote;
}
}  // namespace

std::string quote_identifier(std::string_view name) {
  return doubled(name, '"');
}

std::string quote_identifier_if_needed(std::string_view name) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || c == '_' || (c >= '0' && c <= '9'); };
  const bool simple =
      !name.empty() && !(name[0] >= '0' && name[0] <= '9') && std::all_of(name.begin(), name.end(), plain);
  return simple && !std::binary_search(keywords.begin(), keywords.end(), name) ? std::string(name)
                                                                               : quote_identifier(name);
}

std::string qualified(std::string_view schema, std::string_view name) {
  return quote_identifier(schema) + '.' + quote_identifier(name);
}

std::string quote_literal(std::string_view value) {
  if (value.find('\\') == std::string_view::npos) return doubled(value, '\'');
  std::string escaped = "E'";
  for (const char c : value) {
    if (c == '\\' || c == '\'') escaped += c;
    escaped += c;
  }
  return escaped += '\'';
}

}  // namespace prodclone::pg
