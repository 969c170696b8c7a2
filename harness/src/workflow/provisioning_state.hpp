// What the parts of Provisioning share, out of sight of its users.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include <prodclone/base/hash.hpp>
#include <prodclone/dump/dump_file.hpp>
#include <prodclone/dump/manifest.hpp>
#include <prodclone/workflow/provisioning.hpp>

namespace prodclone::workflow {

// Bumped when a stage is made in another way, so that what an older prodclone made is not taken for the same.
inline constexpr const char* generation = "2";

inline std::string thing_of(const std::string& database) { return "database:" + database; }

// At most so many bytes, and never a part of a character.
inline std::string shortened(const std::string& name, std::size_t bytes) {
  while (bytes > 0 && bytes < name.size() && (static_cast<unsigned char>(name[bytes]) & 0xC0) == 0x80) --bytes;
  return name.substr(0, bytes);
}

// Everything that decides how a database turns out when the migrations run.
void add_migrations(Sha256& key, const migrations::Project& project);

struct Provisioning::State {
  std::map<Stage, StageResult> stages;
  bool record_claimed = false;
  std::optional<Server> server;
  std::unique_ptr<databases::Cluster> cluster;
  std::optional<migrations::Project> migrations;
  std::optional<migrations::State> production;
  std::optional<checks::LoadFacts> load_facts;
  std::optional<dump::DumpFile> dump;
  std::optional<dump::Manifest> manifest;
};

}  // namespace prodclone::workflow
