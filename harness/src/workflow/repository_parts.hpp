// The parts of looking at a repository, each filling in what it knows.
#pragma once

#include <string>
#include <vector>

#include <prodclone/workflow/repository.hpp>

namespace prodclone::workflow {

// The files and folders of a repository, relative and sorted, without what tools made or fetched.
struct Tree {
  std::filesystem::path root = {};
  std::vector<std::filesystem::path> files = {};
  std::vector<std::filesystem::path> folders = {};

  bool has(const std::filesystem::path& file) const;
  // The first of `names` that is a file.
  std::filesystem::path first(const std::vector<std::string>& names) const;
  // Empty when it is not there, or too big to be read by people.
  std::string text(const std::filesystem::path& file) const;
};
Tree tree_of(const std::filesystem::path& root);

void find_migrations(const Tree& tree, const RepositoryHints& hints, Repository& repository);
void find_variables(const Tree& tree, Repository& repository);
void find_server(const Tree& tree, Repository& repository);
void find_declared_schema(const Tree& tree, Repository& repository);
void find_dump(const Tree& tree, Repository& repository);

}  // namespace prodclone::workflow
