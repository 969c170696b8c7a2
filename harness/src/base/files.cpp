#include <prodclone/base/files.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <utility>
#include <vector>

#include <prodclone/base/error.hpp>
#include <prodclone/base/hash.hpp>

namespace prodclone {

namespace {
constexpr std::string_view unfinished_mark = ".tmp-";

// Where it would have been made: the nearest folder that is there.
std::filesystem::path folder_of(std::filesystem::path file) {
  std::error_code ignored;
  do file = file.parent_path();
  while (file.has_parent_path() && file != file.parent_path() && !std::filesystem::exists(file, ignored));
  return file;
}

std::string remedy(std::string_view action, const std::filesystem::path& file, int error) {
  if (action == "read") return error == EACCES ? "Let this user read it, or run as its owner." : "";
  const auto folder = folder_of(file).string();
  switch (error) {
    case EACCES:
    case EPERM:
    case EROFS:
      return "prodclone keeps its papers beside prodclone.json, in .prodclone: let this user write in " + folder +
             ", or work in a copy of the project where that is so.";
    case ENOSPC:
    case EDQUOT:
      return "The disk of " + folder + " is full: free some room (`prodclone drop-clone` removes what earlier commands kept).";
    default:
      return "";
  }
}

[[noreturn]] void fail(std::string_view action, const std::filesystem::path& file, int error) {
  throw Error(Failure::could_not_check,
              "Cannot " + std::string(action) + ' ' + file.string() + ": " + std::strerror(error) + '.', remedy(action, file, error));
}

int open_lock(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) fail("open the lock file", file, errno);
  return descriptor;
}

// False when the file that was opened is no longer the one of that name: its owner removed it while we waited, and
// the next one to come would lock another file.
bool still_named(int descriptor, const std::filesystem::path& file) {
  struct stat ours {
  }, named{};
  return ::fstat(descriptor, &ours) == 0 && ::stat(file.c_str(), &named) == 0 && ours.st_ino == named.st_ino &&
         ours.st_dev == named.st_dev;
}

// 0 or the errno; `how` as flock takes it.
int lock_descriptor(int descriptor, int how) {
  while (::flock(descriptor, how) != 0)
    if (errno != EINTR) return errno;
  return 0;
}
}  // namespace

std::string read_file(const std::filesystem::path& file) {
  errno = 0;
  std::ifstream stream(file, std::ios::binary);
  if (!stream) fail("read", file, errno != 0 ? errno : ENOENT);
  std::ostringstream content;
  content << stream.rdbuf();
  std::error_code ignored;
  if (stream.bad() || std::filesystem::is_directory(file, ignored)) fail("read", file, errno != 0 ? errno : EISDIR);
  return std::move(content).str();
}

std::optional<std::string> read_file_if_present(const std::filesystem::path& file) {
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  if (status.type() == std::filesystem::file_type::not_found) return std::nullopt;
  if (error) fail("read", file, error.value());
  return read_file(file);
}

void write_file_atomically(const std::filesystem::path& file, std::string_view content) {
  auto temporary = file;
  temporary += std::string(unfinished_mark) + random_hex(8);
  const int descriptor = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) fail("write", file, errno);
  std::size_t written = 0;
  int error = 0;
  while (written < content.size() && error == 0) {
    const auto count = ::write(descriptor, content.data() + written, content.size() - written);
    if (count < 0 && errno != EINTR) error = errno;
    if (count > 0) written += static_cast<std::size_t>(count);
  }
  if (error == 0 && ::fsync(descriptor) != 0) error = errno;
  ::close(descriptor);
  if (error == 0 && ::rename(temporary.c_str(), file.c_str()) != 0) error = errno;
  if (error != 0) {
    ::unlink(temporary.c_str());
    fail("write", file, error);
  }
}

void remove_unfinished_writes(const std::filesystem::path& file) {
  const auto prefix = file.filename().string() + std::string(unfinished_mark);
  std::error_code error;
  std::vector<std::filesystem::path> left;
  for (std::filesystem::directory_iterator entry(file.parent_path(), error), end; !error && entry != end; entry.increment(error))
    if (entry->path().filename().string().starts_with(prefix)) left.push_back(entry->path());
  for (const auto& path : left) std::filesystem::remove(path, error);
}

void make_private_directory(const std::filesystem::path& directory) {
  std::error_code ignored;
  if (std::filesystem::is_directory(directory, ignored)) return;
  if (directory.has_parent_path() && directory.parent_path() != directory &&
      !std::filesystem::exists(directory.parent_path(), ignored))
    make_private_directory(directory.parent_path());
  if (::mkdir(directory.c_str(), 0700) == 0) return;
  const int error = errno;
  // Another process may have been quicker; anything but a directory of this name is in the way.
  if (error != EEXIST || !std::filesystem::is_directory(directory, ignored))
    fail("make the directory", directory, error);
}

FileLock::FileLock(const std::filesystem::path& file) : descriptor_(open_lock(file)) {
  while (true) {
    const int error = lock_descriptor(descriptor_, LOCK_EX);
    if (error == 0 && still_named(descriptor_, file)) return;
    ::close(descriptor_);
    if (error != 0) fail("lock", file, error);
    descriptor_ = open_lock(file);
  }
}

std::optional<FileLock> FileLock::try_lock(const std::filesystem::path& file) {
  while (true) {
    const int descriptor = open_lock(file);
    const int error = lock_descriptor(descriptor, LOCK_EX | LOCK_NB);
    if (error == 0 && still_named(descriptor, file)) return FileLock(descriptor);
    ::close(descriptor);
    if (error == EWOULDBLOCK) return std::nullopt;
    if (error != 0) fail("lock", file, error);
  }
}

FileLock::~FileLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

FileLock::FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

}  // namespace prodclone
