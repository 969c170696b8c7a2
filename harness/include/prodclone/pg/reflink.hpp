// Copy-on-write copies of files (FICLONE: XFS, btrfs, …). What a file system says of itself proves nothing: a small
// file is really cloned in the server's data folder, once, and the result kept in the server's home.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>

namespace prodclone::pg {

struct Reflinks {
  bool work = false;
  std::string file_system = {};             // "xfs"; "file system 0x…" where it is none that we know by name
  std::string reason = {};                  // why not: "ext4 does not share blocks between files"
  std::chrono::microseconds took = {};      // the clone that was measured
  friend bool operator==(const Reflinks&, const Reflinks&) = default;
};

// Clones a file of 1 MB in `folder` and compares. Never throws: what cannot be tried does not work.
Reflinks measure_reflinks(const std::filesystem::path& folder);

// What was measured in `data` before, when that is in the home's papers and of the same disk; else measured now.
Reflinks reflinks_of(const std::filesystem::path& home, const std::filesystem::path& data);

// The paper in a home.
std::filesystem::path reflinks_file(const std::filesystem::path& home);

// `target` must not be there; it gets the owner and mode of `source`, and shares its blocks. Files of less than 64 kB
// are copied: some file systems keep those in their metadata. Throws Error(could_not_check).
void clone_file(const std::filesystem::path& source, const std::filesystem::path& target);

}  // namespace prodclone::pg
