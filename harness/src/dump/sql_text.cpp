#include "sql_text.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

#include <fmt/format.h>

#include <prodclone/base/error.hpp>
#include <prodclone/base/hash.hpp>

#include "archive.hpp"
#include "gzip.hpp"
#include "plain_header.hpp"

namespace prodclone::dump {

namespace {

[[noreturn]] void fail(std::string what, int error, std::string remedy = {}) {
  throw Error(Failure::could_not_check, fmt::format("{}: {}.", what, std::strerror(error)), std::move(remedy));
}

struct Descriptor {
  int value = -1;
  ~Descriptor() {
    if (value >= 0) ::close(value);
  }
};

// A file without a name, in the folder or, when nothing may be written there, where temporary files belong.
int nameless_file(const std::filesystem::path& folder) {
  const char* temporary = std::getenv("TMPDIR");
  for (const std::filesystem::path& where : {folder, std::filesystem::path(temporary == nullptr ? "/var/tmp" : temporary)}) {
    const auto place = where.empty() ? std::filesystem::path(".") : where;
    int descriptor = ::open(place.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (descriptor >= 0) return descriptor;
    // Some file systems (overlay on old kernels, NFS) have no O_TMPFILE.
    const auto name = place / (".unpacked-" + random_hex(12));
    descriptor = ::open(name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor >= 0) {
      ::unlink(name.c_str());
      return descriptor;
    }
  }
  fail("Cannot make a temporary file to unpack the dump into", errno, "Set TMPDIR to a folder with room.");
}

void write_all(int descriptor, std::string_view bytes, const DumpFile& dump) {
  while (!bytes.empty()) {
    const auto count = ::write(descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0)
      fail(fmt::format("Cannot unpack {}", dump.path.string()), errno,
           "Free some room beside the dump, or set TMPDIR; unpacked SQL needs five to ten times the room of the gzip'd file.");
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

}  // namespace

SqlText::SqlText(const DumpFile& dump, const pg::Tools& tools, const ProgressSink& progress, const std::filesystem::path& entries) {
  if (dump.format == DumpFormat::plain) {
    const Descriptor file{::open(dump.path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (file.value < 0) fail(fmt::format("Cannot read {}", dump.path.string()), errno);
    map(file.value, dump);
    return;
  }
  const Descriptor file{nameless_file(dump.path.parent_path())};
  if (is_archive(dump.format)) {
    if (progress) progress({fmt::format("unpacking {}", dump.name()), 0, 0, "MB"});
    write_script(dump, tools, file.value, entries);
    map(file.value, dump);
    return;
  }
  gunzip(dump.path, [&](std::string_view bytes, std::int64_t read) {
    write_all(file.value, bytes, dump);
    if (progress) progress({fmt::format("unpacking {}", dump.name()), read >> 20, dump.size.count >> 20, "MB"});
    return true;
  });
  map(file.value, dump);
  if (!plain_is_complete(view().substr(0, 4096), view().substr(size_ - std::min<std::size_t>(size_, 4096))))
    throw Error(Failure::could_not_check, fmt::format("{} is cut off: pg_dump's closing line is missing.", dump.path.string()),
                "Take the dump again.");
}

void SqlText::map(int descriptor, const DumpFile& dump) {
  struct stat facts {};
  if (::fstat(descriptor, &facts) != 0) fail(fmt::format("Cannot read {}", dump.path.string()), errno);
  size_ = static_cast<std::size_t>(facts.st_size);
  if (size_ == 0) return;
  void* address = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (address == MAP_FAILED) fail(fmt::format("Cannot map {}", dump.path.string()), errno);
  ::madvise(address, size_, MADV_SEQUENTIAL);
  data_ = static_cast<const char*>(address);
}

SqlText::~SqlText() {
  if (data_ != nullptr) ::munmap(const_cast<char*>(data_), size_);
}

}  // namespace prodclone::dump
