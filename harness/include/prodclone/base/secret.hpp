// A text that must not be printed. It has no printer; whoever needs the characters says so by name.
#pragma once

#include <string>
#include <utility>

namespace prodclone {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string characters) : characters_(std::move(characters)) {}
  bool empty() const { return characters_.empty(); }
  const std::string& reveal() const { return characters_; }
  friend bool operator==(const Secret&, const Secret&) = default;

 private:
  std::string characters_;
};

}  // namespace prodclone
