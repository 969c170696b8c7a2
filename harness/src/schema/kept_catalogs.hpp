// What was read of a database's catalogs, each row with its version, as it is kept in a file between two readings.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalogs.hpp"
#include "digest.hpp"
#include "picture.hpp"

namespace prodclone::schema {

struct KeptRow {
  std::uint32_t xmin = 0;
  std::int64_t key = 0;  // as CatalogReading::version_key tells
  std::string_view bytes = {};
};

// How many rows of which versions, whatever they hold.
struct Versions {
  std::int64_t rows = 0;
  std::uint64_t digest = 0;  // sum over all (key, xmin)
  friend bool operator==(const Versions&, const Versions&) = default;
};

struct KeptReading {
  Versions versions = {};
  std::vector<KeptRow> rows = {};
};

struct KeptCatalogs {
  std::string origin = {};          // whose row versions these are: the same transaction never ran twice there
  std::int64_t next_xid = 0;        // no row has this one or a later one
  std::vector<KnownColumn> columns = {};
  std::vector<KeptReading> readings = {};
  Digest unversioned = {};          // of the rows that have no versions, and are not kept
  std::string picture = {};         // picture_text of what all these rows make up
  std::deque<std::string> texts = {};  // what the rows' bytes are views of
};

// Without its server and database.
std::string picture_text(const Picture& picture);
std::optional<Picture> parse_picture(std::string_view text);

// Whoever parses gets what was written or nothing: a digest of the whole comes first.
std::string kept_text(const KeptCatalogs& kept);
std::optional<KeptCatalogs> parse_kept(std::string text);

}  // namespace prodclone::schema
