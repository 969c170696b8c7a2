// A repository on disk, file by file.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include <prodclone/workflow/repository.hpp>

#include "support/temporary_folder.hpp"

namespace prodclone::workflow {

class RepositoryFolder {
 public:
  RepositoryFolder() { std::filesystem::create_directories(root()); }
  std::filesystem::path root() const { return folder_ / "the shop"; }
  void write(const std::string& name, const std::string& text = {}) const {
    std::filesystem::create_directories((root() / name).parent_path());
    std::ofstream(root() / name) << text;
  }
  void write_golang_migrate(const std::string& folder = "db/migrations") const {
    write(folder + "/000001_customer.up.sql", "CREATE TABLE customer (id bigint PRIMARY KEY);");
    write(folder + "/000001_customer.down.sql", "DROP TABLE customer;");
    write(folder + "/000002_email.up.sql", "ALTER TABLE customer ADD COLUMN email text;");
    write(folder + "/000002_email.down.sql", "ALTER TABLE customer DROP COLUMN email;");
  }
  Repository look(const RepositoryHints& hints = {}) const { return look_at_repository(root(), hints); }

 private:
  selftest::TemporaryFolder folder_;
};

}  // namespace prodclone::workflow
