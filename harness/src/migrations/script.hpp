// From the text of a script to located statements, and what the tool would stumble over in it.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include <prodclone/migrations/project.hpp>

namespace prodclone::migrations {

// What the tool sends to the server at one go, as it sends it. Its lines are whole lines of the file, in order.
struct Message {
  std::string text = {};
  std::size_t first_line = 1;
};

struct ScriptSource {
  std::filesystem::path file = {};
  std::string content = {};
  bool transactional = true;  // the tool opens a transaction around the script
  bool psql = false;          // the script is psql's: its commands are not SQL
  bool uncut = false;         // the tool does not cut this one as it cuts migrations (an init script)
  Layout layout = Layout::automatic;
  std::string migration = {};  // id, for the problems
};

Script make_script(const ScriptSource& source, const std::vector<Message>& messages, std::vector<Problem>& problems);

// The line of the `position`th character (1-based, characters of UTF-8) of a statement that begins at `first_line`.
std::size_t line_of_position(const std::string& text, std::size_t first_line, int position);

}  // namespace prodclone::migrations
