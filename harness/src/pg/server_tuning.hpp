// The settings of an embedded server: fast to load, still telling the truth about WAL.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include <prodclone/base/quantities.hpp>

namespace prodclone::pg {

struct Machine {
  Bytes memory = {};  // what this process may use: the smaller of physical memory and the cgroup's limit
  int cores = 1;
  bool small_shared_memory = false;  // /dev/shm as containers have it (64 MB): parallel queries would fail
};

Machine this_machine();

struct ServerFeatures {
  int major = 0;
  bool pg_stat_statements = false;
};

std::map<std::string, std::string> tuned_settings(const Machine& machine, const ServerFeatures& features);

// As lines of postgresql.conf.
std::string configuration_file(const std::map<std::string, std::string>& settings);

}  // namespace prodclone::pg
