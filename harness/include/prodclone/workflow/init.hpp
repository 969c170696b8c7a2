// Makes a stranger's repository ready to rehearse: what `prodclone init` would write, as a value, and the writing.
// A file that is there is never overwritten; .gitignore only gains lines.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <prodclone/workflow/repository.hpp>

namespace prodclone::workflow {

struct InitOptions {
  RepositoryHints hints = {};
  bool cpp = false;                            // a first case in C++, and a CMakeLists.txt
  std::string server_url_env = {};             // rehearse on the server that this variable names
  std::filesystem::path program = {};          // the running prodclone, for CTest; a fact of this machine
};

enum class FileAction { write, append, keep };

struct InitFile {
  std::filesystem::path path = {};             // relative to the root
  std::string content = {};                    // of append: the lines to add
  FileAction action = FileAction::write;
};

struct InitPlan {
  Repository repository = {};
  std::vector<InitFile> files = {};
  std::vector<std::string> next = {};          // what to do, in this order; command lines stand alone in their line
};

// Throws Error(usage) when there is nothing to rehearse, saying what was looked for.
InitPlan plan_init(const std::filesystem::path& root, const InitOptions& options = {});
void carry_out(const InitPlan& plan);

}  // namespace prodclone::workflow
