#include <prodclone/dump/dump_file.hpp>

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <string_view>

#include <prodclone/base/error.hpp>
#include <prodclone/base/text.hpp>

#include "archive_header.hpp"
#include "gzip.hpp"
#include "plain_header.hpp"

namespace prodclone::dump {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t head_size = 64 << 10;
constexpr std::size_t tar_block = 512;

[[noreturn]] void refuse(const fs::path& path, std::string_view what, std::string remedy) {
  throw Error(Failure::could_not_check, fmt::format("{} {}.", path.string(), what), std::move(remedy));
}

constexpr auto take_again =
    "Take it again, for example with `pg_dump --format=custom --file=prod.dump <database>`, and copy it as a binary file.";

std::string head_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) refuse(file, fmt::format("cannot be read: {}", std::strerror(errno)), "Give yourself the right to read it.");
  std::string head(head_size, '\0');
  stream.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<std::size_t>(stream.gcount()));
  return head;
}

std::string tail_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  constexpr std::uintmax_t wanted = 4096;
  const auto size = fs::file_size(file);
  stream.seekg(static_cast<std::streamoff>(size > wanted ? size - wanted : 0));
  std::string tail(wanted, '\0');
  stream.read(tail.data(), static_cast<std::streamsize>(tail.size()));
  tail.resize(static_cast<std::size_t>(stream.gcount()));
  return tail;
}

// What people have in place of a dump, by its first bytes.
struct Lookalike {
  std::string_view prefix, what, remedy;
};
constexpr std::array lookalikes = {
    Lookalike{"\x28\xB5\x2F\xFD", "is compressed with zstd", "Decompress it first: `zstd -d FILE`."},
    Lookalike{"\xFD" "7zXZ", "is compressed with xz", "Decompress it first: `unxz FILE`."},
    Lookalike{"BZh", "is compressed with bzip2", "Decompress it first: `bunzip2 FILE`."},
    Lookalike{"\x04\x22\x4D\x18", "is compressed with lz4", "Decompress it first: `lz4 -d FILE`."},
    Lookalike{"PK\x03\x04", "is a zip file", "Unzip it first and name the dump inside."},
    Lookalike{"\xFF\xFE", "is UTF-16 text, as PowerShell's `>` writes it",
              "Take it again with pg_dump's own --file instead of `>`."},
    Lookalike{"\xFE\xFF", "is UTF-16 text", "Take it again with pg_dump's own --file."},
    Lookalike{"SQLite format 3", "is an SQLite database", "prodclone needs a dump of a PostgreSQL database."},
    Lookalike{"-- MySQL dump", "is a MySQL dump", "prodclone needs a dump of a PostgreSQL database."},
    Lookalike{"-- MariaDB dump", "is a MariaDB dump", "prodclone needs a dump of a PostgreSQL database."},
    Lookalike{"version https://git-lfs", "is a Git LFS pointer, not the dump itself", "Fetch it: `git lfs pull`."},
    Lookalike{"<?xml", "is an XML document (a download's error page?)", "Look into it, then download the dump again."},
    Lookalike{"<!DOCTYPE", "is an HTML page (a download's error page?)", "Look into it, then download the dump again."},
    Lookalike{"<html", "is an HTML page (a download's error page?)", "Look into it, then download the dump again."},
    Lookalike{"\x7F" "ELF", "is a program", "Name the dump file."},
    Lookalike{"pg_dump: error", "holds pg_dump's error message instead of a dump", take_again},
};

void read_archive(DumpFile& dump, std::string_view bytes) {
  const auto header = read_archive_header(bytes);
  if (!header) refuse(dump.path, "is cut off or damaged: it begins like a pg_dump archive but its header is not whole", take_again);
  dump.server_version = header->server_version;
  dump.pg_dump_version = header->pg_dump_version;
  dump.database = header->database;
  dump.taken_at = header->taken_at;
  dump.toc_entries = header->toc_entries;
}

void read_plain(DumpFile& dump, std::string_view head) {
  const auto header = read_plain_header(head);
  dump.server_version = header.server_version;
  dump.pg_dump_version = header.pg_dump_version;
  dump.database = header.database;
  dump.taken_at = header.taken_at;
  dump.whole_cluster = header.whole_cluster;
}

DumpFile recognise_directory(const fs::path& path) {
  DumpFile dump{.path = path, .format = DumpFormat::directory};
  if (!fs::is_regular_file(path / "toc.dat"))
    refuse(path, "is a folder without a toc.dat, so it is no pg_dump directory", "Name a dump file, or a folder made by `pg_dump --format=directory`.");
  for (const auto& entry : fs::directory_iterator(path))
    if (entry.is_regular_file()) dump.size.count += static_cast<std::int64_t>(entry.file_size());
  const auto head = head_of(path / "toc.dat");
  if (!head.starts_with(archive_magic)) refuse(path, "is damaged: its toc.dat is not pg_dump's", take_again);
  read_archive(dump, head);
  return dump;
}

void recognise_gzip(DumpFile& dump) {
  const auto head = doing(fmt::format("reading {}", dump.path.string()), [&] { return gunzip_head(dump.path, head_size); });
  const auto tar = head.size() > tar_block && head.substr(257, 5) == "ustar";
  if (head.starts_with(archive_magic) || tar)
    refuse(dump.path, fmt::format("is a gzip'd {} dump, which pg_restore cannot read", tar ? "tar" : "custom-format"),
           fmt::format("Decompress it first: `gunzip {}`.", dump.path.string()));
  if (!looks_like_sql(head))
    refuse(dump.path, "is gzip'd, but what it holds is no SQL", "Name a dump made by pg_dump.");
  read_plain(dump, head);
}

}  // namespace

std::string to_string(DumpFormat format) {
  switch (format) {
    case DumpFormat::custom: return "custom";
    case DumpFormat::directory: return "directory";
    case DumpFormat::tar: return "tar";
    case DumpFormat::plain: return "plain SQL";
    case DumpFormat::gzip: return "gzip'd SQL";
  }
  return "unknown";
}

bool is_archive(DumpFormat format) { return format != DumpFormat::plain && format != DumpFormat::gzip; }

std::optional<int> major_of(const std::string& version) {
  const auto digits = version.find_first_of("0123456789");
  if (digits == std::string::npos || digits > 0) return std::nullopt;
  return std::atoi(version.c_str());
}

DumpFile recognise(const fs::path& path) {
  std::error_code ignored;
  const auto status = fs::status(path, ignored);
  if (!fs::exists(status)) refuse(path, "does not exist", "Name an existing dump, or take one with `prodclone clone`.");
  if (fs::is_directory(status)) return recognise_directory(path);
  if (!fs::is_regular_file(status)) refuse(path, "is neither a file nor a folder", "Save the dump to a file first.");

  DumpFile dump{.path = path, .size = {static_cast<std::int64_t>(fs::file_size(path))}};
  const auto head = head_of(path);
  if (head.empty()) refuse(path, "is empty", take_again);
  if (head.starts_with(archive_magic)) {
    if (path.filename() == "toc.dat") {
      auto folder = path;
      return recognise_directory(folder.remove_filename().parent_path().empty() ? "." : folder.parent_path());
    }
    read_archive(dump, head);
    return dump;
  }
  if (std::string_view(archive_magic).starts_with(head)) refuse(path, "is cut off after its first bytes", take_again);
  if (head.size() > tar_block && head.substr(257, 5) == "ustar") {
    dump.format = DumpFormat::tar;
    if (head.substr(0, 8) != std::string_view("toc.dat\0", 8))
      refuse(path, "is a tar file, but not one that pg_dump made",
             "When it holds a dump folder or file, unpack it and name that.");
    read_archive(dump, std::string_view(head).substr(tar_block));
    return dump;
  }
  if (head.starts_with("\x1F\x8B")) {
    dump.format = DumpFormat::gzip;
    recognise_gzip(dump);
    return dump;
  }
  for (const auto& lookalike : lookalikes)
    if (head.starts_with(lookalike.prefix)) refuse(path, lookalike.what, replaced(std::string(lookalike.remedy), "FILE", path.string()));
  if (!looks_like_sql(head))
    refuse(path, "is no PostgreSQL dump: neither an archive of pg_dump nor SQL", "Name a dump made by pg_dump.");
  dump.format = DumpFormat::plain;
  read_plain(dump, head);
  if (!plain_is_complete(head, tail_of(path)))
    refuse(path, "is cut off: pg_dump's closing line (\"PostgreSQL database dump complete\") is missing", take_again);
  return dump;
}

}  // namespace prodclone::dump
