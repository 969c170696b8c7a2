#include <prodclone/pg/result.hpp>

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace prodclone::pg {

namespace {
const std::string nothing;
}

Result::Result(std::vector<std::string> columns, std::vector<std::optional<std::string>> cells, std::string command_tag)
    : columns_(std::move(columns)), cells_(std::move(cells)), command_tag_(std::move(command_tag)) {}

std::size_t Result::column(std::string_view name) const {
  const auto found = std::find(columns_.begin(), columns_.end(), name);
  if (found == columns_.end()) throw std::logic_error("the result has no column " + std::string(name));
  return static_cast<std::size_t>(found - columns_.begin());
}

const std::optional<std::string>& Result::cell(std::size_t row, std::size_t column) const {
  if (row >= rows() || column >= columns_.size()) throw std::logic_error("the result has no such row");
  return cells_[row * columns_.size() + column];
}

bool Result::is_null(std::size_t row, std::string_view name) const {
  return !cell(row, column(name)).has_value();
}

const std::string& Result::text(std::size_t row, std::string_view name) const {
  const auto& value = cell(row, column(name));
  return value ? *value : nothing;
}

std::optional<std::string> Result::optional_text(std::size_t row, std::string_view name) const {
  return cell(row, column(name));
}

std::int64_t Result::integer(std::size_t row, std::string_view name) const {
  const auto& value = text(row, name);
  if (value.empty()) return 0;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size())
    throw std::logic_error("column " + std::string(name) + " holds no integer: " + value);
  return number;
}

double Result::real(std::size_t row, std::string_view name) const {
  const auto& value = text(row, name);
  if (value.empty()) return 0;
  double number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size())
    throw std::logic_error("column " + std::string(name) + " holds no number: " + value);
  return number;
}

bool Result::boolean(std::size_t row, std::string_view name) const {
  return text(row, name) == "t";
}

std::vector<std::string> Result::texts(std::size_t row, std::string_view name) const {
  return parse_array(text(row, name));
}

std::int64_t Result::affected_rows() const {
  const auto space = command_tag_.rfind(' ');
  if (space == std::string::npos) return 0;
  std::int64_t number = 0;
  std::from_chars(command_tag_.data() + space + 1, command_tag_.data() + command_tag_.size(), number);
  return number;
}

std::vector<std::string> parse_array(std::string_view text) {
  std::vector<std::string> values;
  // An array whose first subscript is not 1 is printed with its bounds: [0:1]={a,b}.
  if (text.starts_with('[')) text.remove_prefix(std::min(text.find('{'), text.size()));
  if (text.size() < 2 || text.front() != '{') return values;
  text = text.substr(1, text.size() - 2);
  std::string value;
  bool quoted = false, was_quoted = false, any = false;
  const auto finish = [&] {
    values.push_back(!was_quoted && value == "NULL" ? std::string() : value);
    value.clear();
    was_quoted = false;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    any = true;
    const char c = text[i];
    if (c == '\\' && i + 1 < text.size())
      value += text[++i];
    else if (c == '"')
      quoted = !quoted, was_quoted = true;
    else if (c == ',' && !quoted)
      finish();
    else
      value += c;
  }
  if (any) finish();
  return values;
}

std::string array_literal(const std::vector<std::string>& values) {
  std::string text = "{";
  for (const auto& value : values) {
    if (text.size() > 1) text += ',';
    text += '"';
    for (const char c : value) {
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
    text += '"';
  }
  return text += '}';
}

}  // namespace prodclone::pg
