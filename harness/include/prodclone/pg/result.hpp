// The rows of a query as plain text values, free of the library that fetched them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace prodclone::pg {

class Result {
 public:
  Result() = default;
  Result(std::vector<std::string> columns, std::vector<std::optional<std::string>> cells, std::string command_tag = {});

  std::size_t rows() const { return columns_.empty() ? 0 : cells_.size() / columns_.size(); }
  bool empty() const { return rows() == 0; }
  const std::vector<std::string>& columns() const { return columns_; }

  // Our own mistakes (a row or column that is not there, text that is no number) throw std::logic_error.
  std::size_t column(std::string_view name) const;
  const std::optional<std::string>& cell(std::size_t row, std::size_t column) const;
  bool is_null(std::size_t row, std::string_view name) const;
  const std::string& text(std::size_t row, std::string_view name) const;          // NULL reads as ""
  std::optional<std::string> optional_text(std::size_t row, std::string_view name) const;
  std::int64_t integer(std::size_t row, std::string_view name) const;             // NULL reads as 0
  double real(std::size_t row, std::string_view name) const;
  bool boolean(std::size_t row, std::string_view name) const;                     // NULL reads as false
  // A text[] in PostgreSQL's output form.
  std::vector<std::string> texts(std::size_t row, std::string_view name) const;

  const std::string& command_tag() const { return command_tag_; }
  std::int64_t affected_rows() const;  // from the command tag; 0 where it has none

 private:
  std::vector<std::string> columns_;
  std::vector<std::optional<std::string>> cells_;  // row by row
  std::string command_tag_;
};

// PostgreSQL's array output form, one dimension: {a,"b c",NULL}; NULL reads as "".
std::vector<std::string> parse_array(std::string_view text);
std::string array_literal(const std::vector<std::string>& values);

}  // namespace prodclone::pg
