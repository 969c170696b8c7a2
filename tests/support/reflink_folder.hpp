// A folder whose file system shares blocks between files: the one that PRODCLONE_TEST_REFLINK_FOLDER names, else, as
// root and where mkfs is installed, a new XFS or btrfs in a file, mounted for this process and its children only. Where
// neither can be had it is an ordinary folder, and `shares_blocks()`, asked of cp, tells what a test has to expect.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "support/temporary_folder.hpp"

namespace prodclone::selftest {

class ReflinkFolder {
 public:
  explicit ReflinkFolder(const std::string& file_system);  // "xfs", "btrfs"
  ~ReflinkFolder();
  ReflinkFolder(const ReflinkFolder&) = delete;
  ReflinkFolder& operator=(const ReflinkFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  bool shares_blocks() const;
  bool mounted() const { return mounted_; }

 private:
  TemporaryFolder folder_;
  std::filesystem::path path_;
  bool mounted_ = false, borrowed_ = false;
};

// Whether two files are the same blocks of the disk, at their beginning.
bool begin_with_the_same_blocks(const std::filesystem::path& a, const std::filesystem::path& b);

}  // namespace prodclone::selftest
