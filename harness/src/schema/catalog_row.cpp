#include "catalog_row.hpp"

#include "digest.hpp"
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
  row_.clear();
  Digesting rest;
  for (std::size_t i = 0; i < reading.sent.size() && bytes.size() >= 4; ++i) {
    const auto& column = reading.sent[i];
    const auto length = big_endian(bytes);
    const auto field = bytes.substr(0, length == null_length ? 4 : 4 + length), value = field.substr(4);
    bytes.remove_prefix(field.size());
    if (column.folded) {
      if (length != null_length) rest.add_number(i).add(value);
    } else if (column.form == CatalogColumn::Form::node_tree && length != null_length) {
      outline_.clear();
      append_outline(value, first_oid_, text_, outline_);
      append_length(row_, outline_.size());
      row_ += outline_;
    } else {
      row_ += field;
    }
  }
  if (reading.columns.back().name == "rest") {
    const auto digest = rest.digest();
    append_length(row_, sizeof digest);
    row_.append(reinterpret_cast<const char*>(&digest), sizeof digest);
  }
  return row_;
}

}  // namespace prodclone::schema
