#include "catalog_row.hpp"

#include <algorithm>

#include "node_tree.hpp"

namespace prodclone::schema {

namespace {

constexpr std::uint32_t null_length = 0xFFFFFFFFU;

void append_length(std::string& to, std::size_t length) {
  for (const unsigned shift : {24U, 16U, 8U, 0U}) to += static_cast<char>((length >> shift) & 0xFFU);
}

}  // namespace

std::uint32_t big_endian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char byte : bytes.substr(0, 4)) value = (value << 8U) | static_cast<unsigned char>(byte);
  return value;
}

void CatalogRow::read(const CatalogReading& reading, std::string_view bytes) {
  reading_ = &reading;
  fields_.clear();
  while (bytes.size() >= 4) {
    const auto length = big_endian(bytes);
    bytes.remove_prefix(4);
    if (length == null_length) {
      fields_.emplace_back();
      continue;
    }
    fields_.emplace_back(bytes.substr(0, length));
    bytes.remove_prefix(length);
  }
}

std::string_view CatalogRow::text(std::string_view column) const {
  for (std::size_t i = 0; i < fields_.size(); ++i)
    if (reading_->columns[i].name == column) return fields_[i].value_or(std::string_view());
  return {};
}

std::uint32_t CatalogRow::oid(std::string_view column) const {
  const auto bytes = text(column);
  return bytes.size() == 4 ? big_endian(bytes) : 0;
}

std::vector<std::uint32_t> oids_of(std::string_view array) {
  std::vector<std::uint32_t> oids;
  constexpr std::size_t header = 20;
  for (std::size_t at = header; at + 8 <= array.size(); at += 8) oids.push_back(big_endian(array.substr(at + 4)));
  return oids;
}

std::vector<int> numbers_of(std::string_view array) {
  std::vector<int> numbers;
  constexpr std::size_t header = 20;
  for (std::size_t at = header; at + 6 <= array.size(); at += 6)
    numbers.push_back((static_cast<unsigned char>(array[at + 4]) << 8) | static_cast<unsigned char>(array[at + 5]));
  return numbers;
}

std::string_view RowOutliner::outlined(const CatalogReading& reading, std::string_view bytes) {
  const auto is_tree = [](const CatalogColumn& column) { return column.form == CatalogColumn::Form::node_tree; };
  if (std::none_of(reading.columns.begin(), reading.columns.end(), is_tree)) return bytes;
  row_.clear();
  for (const auto& column : reading.columns) {
    const auto length = big_endian(bytes);
    const auto size = length == null_length ? 0 : length;
    if (size > 0 && is_tree(column)) {
      const auto at = row_.size();
      append_length(row_, 0);
      append_outline(bytes.substr(4, size), first_oid_, text_, row_);
      std::string head;
      append_length(head, row_.size() - at - 4);
      row_.replace(at, 4, head);
    } else {
      row_ += bytes.substr(0, 4 + size);
    }
    bytes.remove_prefix(std::min<std::size_t>(bytes.size(), 4 + size));
  }
  return row_;
}

}  // namespace prodclone::schema
