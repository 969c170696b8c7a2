// The head of pg_dump's archive format: custom files, and toc.dat of directories and tar files.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <prodclone/base/quantities.hpp>

namespace prodclone::dump {

struct ArchiveHeader {
  std::string archive_version = {};   // "1.14"
  std::string server_version = {};
  std::string pg_dump_version = {};
  std::string database = {};
  std::optional<WallTime> taken_at = {};
  std::size_t toc_entries = 0;
};

inline constexpr std::string_view archive_magic = "PGDMP";

// None when the bytes end before the header does, or hold what no pg_dump writes.
std::optional<ArchiveHeader> read_archive_header(std::string_view bytes);

}  // namespace prodclone::dump
