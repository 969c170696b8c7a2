#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <vector>

#include <prodclone/base/text.hpp>

#include "script_types.hpp"

namespace prodclone::schema {

namespace {

struct Parsed {
  std::string base;
  std::vector<int> modifiers;
  bool array = false;
};

// "timestamp(3) with time zone" is the base "timestamp with time zone" and 3.
Parsed parse(std::string_view type) {
  Parsed parsed;
  while (type.ends_with("[]")) {
    parsed.array = true;
    type.remove_suffix(2);
  }
  const auto open = type.find('(');
  const auto close = type.find(')');
  parsed.base = std::string(type.substr(0, open));
  if (open != std::string_view::npos && close != std::string_view::npos) {
    for (const auto& digits : split(type.substr(open + 1, close - open - 1), ','))
      parsed.modifiers.push_back(std::atoi(digits.c_str()));
    parsed.base += type.substr(close + 1);
  }
  return parsed;
}

// Position in a row of types of which each takes all values of those before it.
template <std::size_t n>
std::optional<std::size_t> place(const std::array<std::string_view, n>& row, const std::string& base) {
  const auto found = std::find(row.begin(), row.end(), base);
  if (found == row.end()) return std::nullopt;
  return static_cast<std::size_t>(found - row.begin());
}

constexpr std::array<std::string_view, 4> integers = {"smallint", "integer", "bigint", "numeric"};
constexpr std::array<std::string_view, 2> floats = {"real", "double precision"};
constexpr std::array<std::string_view, 3> texts = {"character", "character varying", "text"};
constexpr std::array<std::string_view, 3> times = {"date", "timestamp without time zone", "timestamp with time zone"};

bool is_number(const std::string& base) {
  return place(integers, base) || place(floats, base);
}

// No modifier takes everything; of numbers the digits before the point count too.
bool takes_all(const Parsed& from, const Parsed& to) {
  if (to.modifiers.empty()) return true;
  if (from.modifiers.empty()) return false;
  if (to.base == "numeric") {
    const auto scale = [](const Parsed& type) { return type.modifiers.size() > 1 ? type.modifiers[1] : 0; };
    return scale(to) >= scale(from) && to.modifiers[0] - scale(to) >= from.modifiers[0] - scale(from);
  }
  return to.modifiers[0] >= from.modifiers[0];
}

}  // namespace

std::string standard_storage_of(std::string_view type) {
  const auto parsed = parse(type);
  if (parsed.array) return "EXTENDED";
  if (parsed.base == "numeric" || parsed.base == "inet" || parsed.base == "cidr") return "MAIN";
  static constexpr std::array<std::string_view, 23> fixed = {
      "smallint", "integer", "bigint", "real", "double precision", "boolean", "date", "uuid", "oid", "money", "name", "macaddr", "macaddr8", "pg_lsn",
      "point", "lseg", "box", "circle", "time without time zone", "time with time zone", "timestamp without time zone", "timestamp with time zone", "interval"};
  return std::find(fixed.begin(), fixed.end(), parsed.base) != fixed.end() ? "PLAIN" : "EXTENDED";
}

TypeChange type_change(std::string_view from_type, std::string_view to_type) {
  const auto from = parse(from_type), to = parse(to_type);
  const auto cast = "::" + std::string(to_type);
  if (from.base == to.base && from.array == to.array) {
    const bool wide = takes_all(from, to);
    const bool same_scale = from.base != "numeric" || to.modifiers.empty() ||
                            (from.modifiers.size() == to.modifiers.size() && from.modifiers.back() == to.modifiers.back());
    return {.in_place = wide && same_scale && from.base != "character", .narrows = !wide};
  }
  if (from.array != to.array) return {.narrows = true, .using_cast = "::text" + cast};
  if (const auto x = place(texts, from.base)) {
    if (const auto y = place(texts, to.base)) {
      const bool wide = *y > *x && takes_all(from, to);
      return {.in_place = wide && from.base != "character", .narrows = !wide};
    }
    return {.narrows = true, .using_cast = cast};
  }
  if (place(texts, to.base)) return {.narrows = !to.modifiers.empty(), .using_cast = cast};
  const auto x = place(integers, from.base), y = place(integers, to.base);
  if (x && y) return {.narrows = *y < *x || !to.modifiers.empty(), .using_cast = cast};
  if (is_number(from.base) && is_number(to.base))
    return {.narrows = !(from.base == "real" && to.base == "double precision"), .using_cast = cast};
  if (place(times, from.base) && place(times, to.base))
    return {.narrows = !(from.base == "date" && to.modifiers.empty()), .using_cast = cast};
  if ((from.base == "integer" && to.base == "boolean") || (from.base == "boolean" && to.base == "integer"))
    return {.narrows = from.base == "integer", .using_cast = cast};
  return {.narrows = true, .using_cast = "::text" + cast};
}

}  // namespace prodclone::schema
