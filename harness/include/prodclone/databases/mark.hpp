// The mark that decides whether we may drop a database: a comment on it that says which workspace made it, as what,
// and from what. The name decides nothing.
#pragma once

#include <optional>
#include <string>

namespace prodclone::databases {

// What a database is for. `scratch` lives for one step only.
enum class Use { pristine, migrated, clone, fresh_base, fresh, expected, private_copy, scratch };

std::string to_string(Use use);
std::optional<Use> parse_use(const std::string& text);

struct Mark {
  std::string workspace = {};   // identifies the project's folder on this machine
  std::string project = {};
  Use use = Use::scratch;
  std::string key = {};         // hash of everything it was made from
  std::string run = {};         // which run made it
  std::string made_at = {};     // ISO-8601
  std::string note = {};        // "stopped before 20260424-…"
  friend bool operator==(const Mark&, const Mark&) = default;
};

std::string to_comment(const Mark& mark);
// None: the comment is somebody else's.
std::optional<Mark> parse_mark(const std::string& comment);

}  // namespace prodclone::databases
