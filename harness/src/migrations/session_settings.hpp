// What a session was set to before a migration, so that the migration's own SETs end with it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <prodclone/pg/driver.hpp>

namespace prodclone::migrations {

class SessionSettings {
 public:
  explicit SessionSettings(pg::Driver& driver);
  // DISCARD ALL (settings, role, temporary tables, prepared statements, advisory locks), then the settings of before.
  void restore(pg::Driver& driver) const;

 private:
  std::vector<std::pair<std::string, std::string>> settings_;
  std::string role_;
};

}  // namespace prodclone::migrations
