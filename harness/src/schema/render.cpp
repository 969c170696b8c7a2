#include <prodclone/schema/render.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include <prodclone/base/text.hpp>
#include <prodclone/schema/causes.hpp>
#include <prodclone/schema/kinds.hpp>
#include <prodclone/schema/text_diff.hpp>

namespace prodclone::schema {

namespace {

// Properties that no definition shows, whatever the kind.
constexpr std::array hidden = {
    "access_method",  "attached_to", "clustered",  "column_settings", "compression",     "defaults",
    "detach_pending", "enabled",     "foreign_options", "index_valid", "inheritance",    "not_null_name",
    "of_type",        "options",     "replica_identity", "statistics", "storage",        "tablespace",
    "toast_options",  "valid"};

bool is_hidden(const Object& object, const std::string& attribute) {
  if (object.kind == "row_security") return false;
  if (object.kind == "subscription") return attribute == "comment";
  if (attribute == "options")
    for (const auto kind : {"table", "view", "foreign_data_wrapper", "server", "text_search_dictionary"})
      if (object.kind == kind) return false;
  return std::find(hidden.begin(), hidden.end(), attribute) != hidden.end();
}

struct Colours {
  std::string_view red, green, bold, dim, none;
};

Colours colours(bool wanted) {
  if (!wanted) return {};
  return {"\x1b[31m", "\x1b[32m", "\x1b[1m", "\x1b[2m", "\x1b[0m"};
}

bool one_line(const std::string& text) {
  return text.find('\n') == std::string::npos;
}

// Marks the characters of `b` that are not in `a`, whole words; empty when nothing would be left unmarked.
std::string marks(const std::string& a, const std::string& b) {
  std::size_t head = 0;
  while (head < a.size() && head < b.size() && a[head] == b[head]) ++head;
  while (head > 0 && b[head - 1] != ' ') --head;
  std::size_t tail = 0;
  while (tail + head < a.size() && tail + head < b.size() && a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) ++tail;
  while (tail > 0 && b[b.size() - tail] != ' ') --tail;
  const auto width = b.size() - head - tail;
  if (head + tail == 0 || width == 0) return {};
  const bool ascii = std::none_of(b.begin(), b.end(), [](char c) { return (c & 0x80) != 0; });
  return ascii ? std::string(head, ' ') + std::string(width, '^') : std::string();
}

std::string both_definitions(const Difference& d, const RenderOptions& options) {
  const auto c = colours(options.colour);
  const std::string a = d.a.value_or(""), b = d.b.value_or("");
  const auto width = std::max(options.label_a.size(), options.label_b.size());
  std::string text;
  if (d.a && d.b && !(one_line(a) && one_line(b))) {
    text += fmt::format("    {}--- {}{}\n    {}+++ {}{}\n", c.red, options.label_a, c.none, c.green, options.label_b,
                        c.none);
    std::size_t number = 0;
    for (const auto& line : lines_of(unified_diff(a, b, "", ""))) {
      if (++number <= 2 || line.starts_with("@@")) continue;  // the names of the sides; a line may begin like them
      const auto colour = line[0] == '-' ? c.red : line[0] == '+' ? c.green : std::string_view();
      text += fmt::format("    {}{}{}\n", colour, line, colour.empty() ? colour : c.none);
    }
    return text;
  }
  const auto side = [&](std::string_view label, char sign, std::string_view colour, const std::string& definition) {
    bool first = true;
    for (const auto& line : lines_of(definition)) {
      text +=
          fmt::format("    {}{} {:<{}}  {}{}\n", colour, first ? sign : ' ', first ? label : "", width, line, c.none);
      first = false;
    }
  };
  if (d.a) side(options.label_a, '-', c.red, a);
  if (d.b) side(options.label_b, '+', c.green, b);
  if (d.a && d.b)
    if (const auto under = marks(a, b); !under.empty())
      text += fmt::format("    {}  {:{}}  {}{}\n", c.dim, "", width, under, c.none);
  return text;
}

}  // namespace

std::string canonical_text(const Snapshot& snapshot) {
  std::string text;
  for (const auto& kind : kinds()) {
    for (const auto& object : snapshot.objects) {
      if (object.kind != kind.name) continue;
      std::string notes;
      for (const auto& a : object.attributes)
        if (!a.value.empty() && is_hidden(object, a.name))
          notes += fmt::format("-- {}: {}\n", a.name, replaced(a.value, "\n", "\n--   "));
      if (object.kind == "column") {
        if (!notes.empty()) text += fmt::format("-- column {}\n{}\n", qualified_name(object), notes);
        continue;
      }
      auto definition = object.definition;
      if (is_constraint(object.kind)) definition = fmt::format("ALTER TABLE {} ADD {}", object.parent, definition);
      while (!definition.empty() && (definition.back() == '\n' || definition.back() == ';')) definition.pop_back();
      text += fmt::format("-- {} {}\n{};\n{}\n", kind.noun, qualified_name(object), definition, notes);
    }
  }
  return text;
}

std::string to_plain(const Difference& difference, const RenderOptions& options) {
  const auto c = colours(options.colour);
  const char sign = difference.change == Change::added ? '+' : difference.change == Change::removed ? '-' : '~';
  auto text = fmt::format("{}{} {}{}\n", c.bold, sign, to_string(difference), c.none);
  if (difference.change != Change::renamed) text += both_definitions(difference, options);
  if (const auto by = options.touched_by.find(to_string(difference)); by != options.touched_by.end())
    for (const auto& statement : by->second) text += fmt::format("    touched by {}\n", statement);
  if (const auto cause = usual_cause(difference); !cause.empty()) text += fmt::format("    {}{}{}\n", c.dim, cause, c.none);
  return text;
}

std::string to_plain(const Differences& differences, const RenderOptions& options) {
  if (differences.empty()) return fmt::format("{} and {} have the same schema.\n", options.label_a, options.label_b);
  auto text = fmt::format("{} between {} (-) and {} (+):\n\n",
                          counted(static_cast<long long>(differences.entries.size()), "difference"), options.label_a,
                          options.label_b);
  for (const auto& d : differences.entries) text += to_plain(d, options) + '\n';
  if (!differences.consequences.empty())
    text += fmt::format("({} on the same tables or on their partitions not listed)\n",
                        counted(static_cast<long long>(differences.consequences.size()), "consequence"));
  return text;
}

}  // namespace prodclone::schema
