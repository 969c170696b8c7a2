// A folder that goes away with the test, and files in it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace prodclone::selftest {

class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

std::filesystem::path write(const std::filesystem::path& file, std::string_view content);
std::string gzipped(std::string_view content);

}  // namespace prodclone::selftest
