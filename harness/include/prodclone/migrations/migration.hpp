// A team's migrations as values, whatever the layout of their files.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace prodclone::migrations {

struct Statement {
  std::string text = {};
  std::filesystem::path file = {};
  std::size_t line = 0;                     // 1-based, of its first significant character
  std::string copy_data = {};               // for COPY … FROM STDIN
  std::size_t message = 0;                  // the tool sends statements of one number together: all or none take effect
};

struct Script {
  std::filesystem::path file = {};
  std::string content = {};                 // bytes as they stand in the file
  std::vector<Statement> statements = {};
  bool transactional = true;                // false: the file opts out, each statement commits by itself
};

struct Migration {
  std::string id = {};                      // as the tool's state table names it: "20260424"
  std::string name = {};                    // as people name it: "20260424-rename-legal-entity-to-tenant"
  Script up = {};
  std::optional<Script> down = {};
};

}  // namespace prodclone::migrations
