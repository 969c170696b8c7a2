// A row of a catalog as COPY sends it in binary form: for each field four bytes of length, most significant first
// (-1: NULL), and the value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalogs.hpp"

namespace prodclone::schema {

class CatalogRow {
 public:
  void read(const CatalogReading& reading, std::string_view bytes);

  const Catalog& catalog() const { return *reading_->catalog; }
  std::uint32_t catalog_oid() const { return reading_->oid; }
  const std::vector<CatalogColumn>& columns() const { return reading_->columns; }
  const std::optional<std::string_view>& at(std::size_t column) const { return fields_[column]; }
  std::string_view text(std::string_view column) const;  // NULL reads as ""
  std::uint32_t oid(std::string_view column) const;      // NULL reads as 0

 private:
  const CatalogReading* reading_ = nullptr;
  std::vector<std::optional<std::string_view>> fields_;
};

std::uint32_t big_endian(std::string_view bytes);
// The elements of an oidvector or oid[], and those of an int2vector or int2[].
std::vector<std::uint32_t> oids_of(std::string_view array);
std::vector<int> numbers_of(std::string_view array);

// Puts outlines in the place of the node trees, a hundredth of their size, and one digest in that of what is folded.
class RowOutliner {
 public:
  explicit RowOutliner(std::uint32_t first_oid) : first_oid_(first_oid) {}
  std::string_view outlined(const CatalogReading& reading, std::string_view bytes);  // until the next call

 private:
  std::uint32_t first_oid_;
  std::string row_, outline_, text_;
};

}  // namespace prodclone::schema
