// Lists that a snapshot keeps as text: columns, options.
#include <fmt/format.h>

#include <algorithm>

#include <prodclone/base/text.hpp>
#include <prodclone/schema/statements.hpp>

#include "script_draft.hpp"

namespace prodclone::schema {

namespace {

std::vector<std::pair<std::string, std::string>> options_of(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> result;
  for (const auto& entry : cut_list(text)) {
    const auto at = entry.find('=');
    result.emplace_back(entry.substr(0, at), at == std::string::npos ? "" : entry.substr(at + 1));
  }
  return result;
}

std::string value_in(const std::vector<std::pair<std::string, std::string>>& options, const std::string& name, bool& there) {
  const auto found = std::find_if(options.begin(), options.end(), [&](const auto& one) { return one.first == name; });
  there = found != options.end();
  return there ? found->second : std::string();
}

}  // namespace

std::vector<std::string> cut_list(std::string_view text) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  int depth = 0;
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '(' || c == '[') {
      ++depth;
    } else if (c == ')' || c == ']') {
      --depth;
    } else if (c == ',' && depth == 0) {
      parts.emplace_back(trimmed(text.substr(begin, i - begin)));
      begin = i + 1;
    }
  }
  if (const auto last = trimmed(text.substr(begin)); !last.empty()) parts.emplace_back(last);
  return parts;
}

std::pair<std::string, std::string> cut_name(std::string_view entry) {
  std::size_t end = 0;
  for (bool quoted = false; end < entry.size() && (quoted || entry[end] != ' '); ++end)
    if (entry[end] == '"') quoted = !quoted;
  return {std::string(entry.substr(0, end)), std::string(trimmed(entry.substr(end)))};
}

std::vector<std::string> option_actions(std::string_view a, std::string_view b, std::string_view prefix) {
  const auto old_ones = options_of(a), new_ones = options_of(b);
  std::vector<std::string> set, reset;
  bool there = false;
  for (const auto& [name, value] : new_ones)
    if (const auto before = value_in(old_ones, name, there); !there || before != value)
      set.push_back(fmt::format("{}{} = {}", prefix, name, literal(value)));
  for (const auto& [name, value] : old_ones)
    if (value_in(new_ones, name, there); !there) reset.push_back(fmt::format("{}{}", prefix, name));
  std::vector<std::string> actions;
  if (!set.empty()) actions.push_back(fmt::format("SET ({})", joined(set, ", ")));
  if (!reset.empty()) actions.push_back(fmt::format("RESET ({})", joined(reset, ", ")));
  return actions;
}

std::string option_list(std::string_view options, std::string_view prefix) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : options_of(options)) parts.push_back(fmt::format("{}{} = {}", prefix, name, literal(value)));
  return joined(parts, ", ");
}

std::string foreign_options(std::string_view b) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : options_of(b)) parts.push_back(fmt::format("{} {}", identifier(name), literal(value)));
  return parts.empty() ? std::string() : fmt::format("OPTIONS ({})", joined(parts, ", "));
}

std::string foreign_option_changes(std::string_view a, std::string_view b) {
  const auto old_ones = options_of(a), new_ones = options_of(b);
  std::vector<std::string> parts;
  bool there = false;
  for (const auto& [name, value] : new_ones) {
    const auto before = value_in(old_ones, name, there);
    if (!there || before != value)
      parts.push_back(fmt::format("{} {} {}", there ? "SET" : "ADD", identifier(name), literal(value)));
  }
  for (const auto& [name, value] : old_ones)
    if (value_in(new_ones, name, there); !there) parts.push_back("DROP " + identifier(name));
  return fmt::format("OPTIONS ({})", joined(parts, ", "));
}

}  // namespace prodclone::schema
