#include "archive_header.hpp"

#include <fmt/format.h>

#include <ctime>

namespace prodclone::dump {

namespace {

// Reads as pg_backup_archiver.c does: an integer is a sign byte and `width` bytes, a string is its length and bytes.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  int byte() {
    if (at_ >= bytes_.size()) return fail();
    return static_cast<unsigned char>(bytes_[at_++]);
  }
  void width(int bytes) {
    width_ = bytes;
    if (bytes < 1 || bytes > 8) fail();
  }
  long long integer() {
    const bool negative = byte() != 0;
    unsigned long long value = 0;
    for (int i = 0; i < width_ && good_; ++i) value |= static_cast<unsigned long long>(byte()) << (8 * i);
    return negative ? -static_cast<long long>(value) : static_cast<long long>(value);
  }
  std::string string() {
    const auto length = integer();
    if (length < 0) return {};  // how a missing string is written
    if (!good_ || static_cast<unsigned long long>(length) > bytes_.size() - at_) {
      fail();
      return {};
    }
    at_ += static_cast<std::size_t>(length);
    return std::string(bytes_.substr(at_ - static_cast<std::size_t>(length), static_cast<std::size_t>(length)));
  }
  bool good() const { return good_; }

 private:
  int fail() {
    good_ = false;
    return 0;
  }
  std::string_view bytes_;
  std::size_t at_ = archive_magic.size();
  int width_ = 4;
  bool good_ = true;
};

}  // namespace

std::optional<ArchiveHeader> read_archive_header(std::string_view bytes) {
  if (!bytes.starts_with(archive_magic)) return std::nullopt;
  Reader reader(bytes);
  const int major = reader.byte(), minor = reader.byte(), revision = reader.byte();
  reader.width(reader.byte());
  reader.byte();  // width of an offset
  reader.byte();  // format
  // Before 1.10 (PostgreSQL 8.0) the versions are not in the header; nobody has such a dump.
  if (!reader.good() || major != 1 || minor < 10) return std::nullopt;
  if (minor >= 15) reader.byte();
  else reader.integer();
  std::tm local{};
  local.tm_sec = static_cast<int>(reader.integer());
  local.tm_min = static_cast<int>(reader.integer());
  local.tm_hour = static_cast<int>(reader.integer());
  local.tm_mday = static_cast<int>(reader.integer());
  local.tm_mon = static_cast<int>(reader.integer());
  local.tm_year = static_cast<int>(reader.integer());
  local.tm_isdst = static_cast<int>(reader.integer());
  ArchiveHeader header;
  header.archive_version = fmt::format("{}.{}-{}", major, minor, revision);
  header.database = reader.string();
  header.server_version = reader.string();
  header.pg_dump_version = reader.string();
  const auto entries = reader.integer();
  if (!reader.good() || entries < 0) return std::nullopt;
  header.toc_entries = static_cast<std::size_t>(entries);
  if (const auto time = std::mktime(&local); time > 0)
    header.taken_at = std::chrono::system_clock::from_time_t(time);
  return header;
}

}  // namespace prodclone::dump
