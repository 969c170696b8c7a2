#include <prodclone/schema/pg_dump_text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <tuple>

#include <prodclone/base/error.hpp>
#include <prodclone/base/text.hpp>

namespace prodclone::schema {

namespace {

constexpr std::string_view header_start = "-- Name: ";

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || (c & 0x80) != 0;
}

// Steps over one token of SQL, so that nothing inside quotes, dollar quotes or comments is taken for structure.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool done() const { return at_ >= text_.size(); }
  std::size_t position() const { return at_; }
  bool at_line_start() const { return at_ == 0 || text_[at_ - 1] == '\n'; }
  // Nothing but white space and comments since the last semicolon.
  bool at_statement_start() const { return statement_start_; }
  std::string_view line() const { return text_.substr(at_, text_.find('\n', at_) - at_); }
  std::string_view rest() const { return text_.substr(at_); }

  void skip_line() { at_ = std::min(text_.find('\n', at_), text_.size() - 1) + 1; }
  void begin_statement() { statement_start_ = true; }

  void step() {
    const char c = text_[at_];
    if (rest().starts_with("--")) {
      at_ = std::min(text_.find('\n', at_), text_.size());
      return;
    }
    if (std::isspace(static_cast<unsigned char>(c))) {
      ++at_;
      return;
    }
    statement_start_ = c == ';';
    if (rest().starts_with("/*")) {
      const auto end = text_.find("*/", at_ + 2);
      at_ = end == std::string_view::npos ? text_.size() : end + 2;
    } else if (c == '\'' || c == '"') {
      skip_quoted(c, false);
    } else if (c == '$') {
      skip_dollar_quoted();
    } else if (is_word(c)) {
      const auto begin = at_;
      while (!done() && (is_word(text_[at_]) || text_[at_] == '$')) ++at_;
      const bool escapes = at_ - begin == 1 && (c == 'E' || c == 'e');
      if (escapes && !done() && text_[at_] == '\'') skip_quoted('\'', true);
    } else {
      ++at_;
    }
  }

 private:
  void skip_quoted(char quote, bool backslashes) {
    for (++at_; !done(); ++at_) {
      if (backslashes && text_[at_] == '\\') {
        ++at_;
      } else if (text_[at_] == quote) {
        ++at_;
        if (done() || text_[at_] != quote) return;
      }
    }
    at_ = text_.size();
  }

  void skip_dollar_quoted() {
    auto end = at_ + 1;
    while (end < text_.size() && is_word(text_[end])) ++end;
    if (end >= text_.size() || text_[end] != '$') {
      ++at_;
      return;
    }
    const auto tag = text_.substr(at_, end - at_ + 1);
    const auto closing = text_.find(tag, end + 1);
    at_ = closing == std::string_view::npos ? text_.size() : closing + tag.size();
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool statement_start_ = true;
};

// "-- Name: t; Type: TABLE; Schema: public; Owner: -", perhaps with "; Tablespace: x". A name may hold "; ".
DumpEntry parse_header(std::string_view line) {
  const auto type = line.rfind("; Type: "), schema = line.rfind("; Schema: "), owner = line.rfind("; Owner: ");
  DumpEntry entry;
  if (type == std::string_view::npos || schema == std::string_view::npos || schema < type) return entry;
  entry.name = line.substr(header_start.size(), type - header_start.size());
  entry.type = line.substr(type + 8, schema - type - 8);
  entry.schema = line.substr(schema + 10, owner == std::string_view::npos ? owner : owner - schema - 10);
  if (entry.schema == "-") entry.schema.clear();
  return entry;
}

bool belongs_to_no_object(std::string_view line) {
  return line.starts_with("SET ") || line.starts_with("SELECT pg_catalog.set_config(") ||
         line.starts_with("\\restrict") || line.starts_with("\\unrestrict") || line.starts_with("\\connect") ||
         line.starts_with("--");
}

auto order(const DumpEntry& e) {
  return std::tie(e.type, e.name, e.schema, e.text);
}

bool same_lines(const std::string& a, const std::string& b) {
  const auto sorted = [](const std::string& text) {
    auto lines = lines_of(text);
    for (auto& line : lines)
      if (line.ends_with(',')) line.pop_back();
    std::sort(lines.begin(), lines.end());
    return lines;
  };
  return sorted(a) == sorted(b);
}

}  // namespace

DumpText parse_dump_text(std::string_view text) {
  DumpText dump;
  std::optional<DumpEntry> entry;
  std::string body;
  bool statements_outside = false;
  const auto finish = [&] {
    const auto content = trimmed(body);
    if (entry) {
      entry->text = content;
      dump.entries.push_back(*std::move(entry));
    } else {
      statements_outside = statements_outside || !content.empty();
    }
    body.clear();
  };
  Scanner scanner(text);
  while (!scanner.done()) {
    if (scanner.at_statement_start() && scanner.at_line_start()) {
      const auto line = scanner.line();
      if (line.starts_with(header_start)) {
        if (auto next = parse_header(line); !next.type.empty()) {
          finish();
          entry = std::move(next);
        }
        scanner.skip_line();
        continue;
      }
      if (belongs_to_no_object(line)) {
        scanner.skip_line();
        continue;
      }
    }
    const auto from = scanner.position();
    scanner.step();
    body += text.substr(from, scanner.position() - from);
  }
  finish();
  if (statements_outside)
    throw Error(Failure::could_not_check,
                "This text holds SQL outside pg_dump's entries, so it cannot be cut into objects.",
                "Compare the output of pg_dump -s --no-owner --no-privileges in plain format.");
  std::sort(dump.entries.begin(), dump.entries.end(), [](const auto& x, const auto& y) { return order(x) < order(y); });
  return dump;
}

std::string DumpText::normalised() const {
  std::string text;
  for (const auto& e : entries)
    text += fmt::format("-- Name: {}; Type: {}; Schema: {}\n\n{}\n\n\n", e.name, e.type,
                        e.schema.empty() ? "-" : e.schema, e.text);
  return text;
}

std::string to_string(const DumpDifference& d) {
  return fmt::format("{} {} {}{}{}", to_string(d.change), d.type, d.schema.empty() ? "" : d.schema + '.', d.name,
                     d.only_order ? " (only the order of its lines)" : "");
}

std::vector<DumpDifference> compare_dumps(const DumpText& a, const DumpText& b) {
  // Entries of one key are compared in order; overloaded functions have keys of their own.
  struct Sides {
    std::vector<const DumpEntry*> a, b;
  };
  std::map<std::tuple<std::string, std::string, std::string>, Sides> keys;
  for (const auto& e : a.entries) keys[{e.type, e.name, e.schema}].a.push_back(&e);
  for (const auto& e : b.entries) keys[{e.type, e.name, e.schema}].b.push_back(&e);
  std::vector<DumpDifference> differences;
  for (const auto& [key, sides] : keys) {
    const auto& [type, name, schema] = key;
    for (std::size_t i = 0; i < std::max(sides.a.size(), sides.b.size()); ++i) {
      DumpDifference d{.type = type, .name = name, .schema = schema};
      if (i < sides.a.size()) d.a = sides.a[i]->text;
      if (i < sides.b.size()) d.b = sides.b[i]->text;
      if (i >= sides.a.size())
        d.change = Change::added;
      else if (i >= sides.b.size())
        d.change = Change::removed;
      else if (d.a == d.b)
        continue;
      else
        d.only_order = type == "TABLE" && same_lines(d.a, d.b);
      differences.push_back(std::move(d));
    }
  }
  return differences;
}

}  // namespace prodclone::schema
