// Files that must never be half written or readable by others, and short-lived locks between processes.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace prodclone {

// Throws Error(could_not_check) naming the file and the system's reason.
std::string read_file(const std::filesystem::path& file);
std::optional<std::string> read_file_if_present(const std::filesystem::path& file);

// Writes beside the target, syncs, renames: readers see the old content or the new, never a part. Mode 0600.
void write_file_atomically(const std::filesystem::path& file, std::string_view content);

// What writers of this file that were killed left beside it. Only for whoever keeps other writers out.
void remove_unfinished_writes(const std::filesystem::path& file);

// Makes the directory (and parents) with mode 0700; an existing one is left as it is.
void make_private_directory(const std::filesystem::path& directory);

// An exclusive advisory lock on a file, held while the object lives. The descriptor is close-on-exec:
// a lock that a child inherits would outlive its owner.
class FileLock {
 public:
  explicit FileLock(const std::filesystem::path& file);           // waits
  static std::optional<FileLock> try_lock(const std::filesystem::path& file);
  ~FileLock();
  FileLock(FileLock&&) noexcept;
  FileLock& operator=(FileLock&&) = delete;

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_ = -1;
};

}  // namespace prodclone
