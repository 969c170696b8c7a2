// Reads the catalogs that hold a database's structure: all of it, or of what was read before, of this database or one
// of the same descent, only the rows of other versions.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "kept_catalogs.hpp"

namespace prodclone::pg {
class Driver;
}

namespace prodclone::schema {

// A row of a catalog is of one version as long as its xmin is the same, in all copies of the database: a transaction
// writes a row once at most that others see, and its number is not used again. So whatever is kept of a row is right for
// as long as the server shows that version, in whichever database. The exceptions are not kept from: a server that has
// been restarted (its files may be those of a snapshot taken before), one whose transaction numbers near their wrap, a
// standby, a transaction that has written itself. Flags of indexes that PostgreSQL 13 sets in place are part of the version.
class CatalogMemory {
 public:
  explicit CatalogMemory(std::filesystem::path file) : file_(std::move(file)) {}

  std::size_t rows_read() const { return rows_read_; }  // by the last reading
  bool remembered() const { return remembered_; }       // and it was not all of them

  // Where nothing has changed at all; no row went to the sink then.
  const std::optional<Picture>& kept_picture() const { return picture_; }
  void add(const Picture& picture);

  // Writes what the last reading found where that is worth it. Begins and ends a transaction of its own: what is on the
  // disk must not be known longer than to the server, which with synchronous_commit off forgets in a crash.
  void keep(pg::Driver& driver);

 private:
  friend class RememberingReader;
  std::filesystem::path file_;
  std::size_t rows_read_ = 0;
  bool remembered_ = false;
  std::optional<KeptCatalogs> to_keep_;
  std::optional<Picture> picture_;
};

// Each row once (none where the memory has the picture of them all), with outlines for its node trees (RowOutliner), in the order of catalogs(). The view is gone after the call.
using RowSink = std::function<void(const CatalogReading&, std::string_view row)>;

// In the transaction that the driver is in. Returns what the sink was given references to.
std::vector<CatalogReading> read_catalogs(pg::Driver& driver, std::uint32_t first_oid, CatalogMemory* memory, const RowSink& sink);

}  // namespace prodclone::schema
