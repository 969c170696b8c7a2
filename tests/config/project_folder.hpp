// A project's folder on disk, for tests of what is read from it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/config/project.hpp>

#include "support/temporary_folder.hpp"

namespace prodclone::config {

class ProjectFolder {
 public:
  ProjectFolder() { std::filesystem::create_directories(root() / "migrations"); }

  std::filesystem::path root() const { return folder_ / "shop"; }
  std::filesystem::path file() const { return root() / "prodclone.json"; }
  void write(const std::string& name, const std::string& text = {}) const {
    std::filesystem::create_directories((root() / name).parent_path());
    write_file_atomically(root() / name, text);
  }
  Project parse(const std::string& text) const { return parse_project(text, file()); }

  // What reading it throws; an error of its own when it throws nothing.
  Error error_of(const std::string& text) const {
    try {
      parse(text);
    } catch (const Error& error) {
      return error;
    }
    return Error(Failure::check_failed, "nothing was thrown");
  }

 private:
  selftest::TemporaryFolder folder_;
};

}  // namespace prodclone::config
