// psql's backslash commands: where one ends on its line, and what it does to the statement that is
// being written. Follows psqlscanslash.l and command.c.
#pragma once

#include <cstddef>
#include <string_view>

namespace prodclone::pg::scanning {

enum class PsqlEffect {
  none,         // the statement around it goes on
  sends,        // \g and its kin: sends the statement before it
  discards,     // \r: forgets the statement before it
  ends_script,  // \q
  reads_data,   // \copy … from stdin: the lines below are its data
};

struct PsqlCommand {
  std::size_t end = {};     // one past its last character, trailing blanks included
  std::size_t resume = {};  // where SQL goes on: the line's end, or after `\\`, or the next backslash
  PsqlEffect effect = PsqlEffect::none;
};

// The command whose backslash is at `at`; `line_end` is one past the last character of its line.
[[nodiscard]] PsqlCommand psql_command_at(std::string_view script, std::size_t at, std::size_t line_end);

}  // namespace prodclone::pg::scanning
