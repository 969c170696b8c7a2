// What was seen of one release on one database: facts, for the checks to judge.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <prodclone/application/log_watch.hpp>
#include <prodclone/application/readiness.hpp>

namespace prodclone::application {

struct BootReport {
  std::string release = {};                 // "the new release", "the previous release"
  std::string database = {};                // "production before the migration", "the migrated clone"
  bool baseline = false;                    // before the migration: whatever is wrong is wrong today
  std::vector<std::string> command = {};    // as started, without a password
  Readiness readiness = {};
  std::chrono::milliseconds ready_within = {};
  std::string ended_later = {};             // it was ready, and then ended by itself: "exit code 1"
  std::filesystem::path log = {};
  std::vector<std::string> log_tail = {};
  std::vector<LogMatch> log_matches = {};
};

}  // namespace prodclone::application
