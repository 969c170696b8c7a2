// A dump as it lies on disk: what it is, judged by its content and never by its name, and what its header tells
// without a server.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

#include <prodclone/base/quantities.hpp>

namespace prodclone::dump {

enum class DumpFormat { custom, directory, tar, plain, gzip };

std::string to_string(DumpFormat format);        // "custom", "gzip'd SQL", …
bool is_archive(DumpFormat format);              // read by pg_restore: custom, directory, tar

struct DumpFile {
  std::filesystem::path path = {};
  DumpFormat format = DumpFormat::custom;
  Bytes size = {};                               // of a directory: of its files together
  std::string server_version = {};               // of the source; empty: the dump does not say
  std::string pg_dump_version = {};              // empty: not made by pg_dump, or the dump does not say
  std::string database = {};                     // empty: the dump does not say
  std::optional<WallTime> taken_at = {};         // archives write their maker's local time, without a zone
  std::optional<std::size_t> toc_entries = {};   // archives only
  bool whole_cluster = false;                    // pg_dumpall's output

  std::string name() const { return path.filename().string(); }
  friend bool operator==(const DumpFile&, const DumpFile&) = default;
};

// Throws Error(could_not_check) when it is missing, empty, cut off, or no dump, saying what it is instead (a
// compressed archive, a MySQL dump, an error page, a Git LFS pointer, …) and what to do.
DumpFile recognise(const std::filesystem::path& path);

// 15 from "15.20 (Debian 15.20-0+deb12u1)", 9 from "9.6.24"; none when there is no number.
std::optional<int> major_of(const std::string& version);

}  // namespace prodclone::dump
