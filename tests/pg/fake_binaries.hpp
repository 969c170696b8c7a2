// A folder of scripts that answer --version as PostgreSQL's programs do.
#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <vector>

#include <prodclone/base/files.hpp>

namespace prodclone::selftest {

inline std::filesystem::path fake_binaries(const std::filesystem::path& folder, const std::string& version,
                                           const std::vector<std::string>& names) {
  make_private_directory(folder);
  for (const auto& name : names) {
    write_file_atomically(folder / name, "#!/bin/sh\necho '" + name + " (PostgreSQL) " + version + " (Debian 1)'\n");
    ::chmod((folder / name).c_str(), 0700);
  }
  return folder;
}

}  // namespace prodclone::selftest
