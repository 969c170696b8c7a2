// The folder that holds dumps: private data, so 0700 and its files 0600. A dump there is a file or a pg_dump directory
// with its manifest beside it. A dump that is being written has a name that no one takes for a dump's.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <prodclone/dump/dump_file.hpp>
#include <prodclone/dump/manifest.hpp>
#include <prodclone/pg/tools.hpp>

namespace prodclone::dump {

struct StoredDump {
  DumpFile file = {};
  Manifest manifest = {};
};

struct StoreContents {
  std::vector<StoredDump> dumps = {};       // newest first
  std::vector<std::string> ignored = {};    // "notes.txt is no PostgreSQL dump: …", one sentence each
};

class DumpStore {
 public:
  // The folder is made when it is not there. Permissions that let others in are taken away; where they cannot be,
  // `warnings` says so.
  explicit DumpStore(std::filesystem::path folder, pg::Tools tools = {});

  // Makes the manifests that are missing.
  StoreContents contents() const;
  // Throws Error(could_not_check) when there is none, saying what else the folder holds.
  StoredDump latest() const;
  // The newest that was taken from this source. Throws Error(could_not_check) when there is none.
  StoredDump latest_of(const std::string& source) const;
  // A file name in the store, `latest`, or a path anywhere. Throws Error(could_not_check) naming the nearest one.
  StoredDump find(const std::string& name_or_path) const;

  // Where a new dump is written until it is whole, and where it goes then. The name tells its writer, so that a dead
  // one's leftovers are known.
  std::filesystem::path partial_path(const std::string& name) const;
  // Gives the whole dump its name (replacing an older one of that name) and its manifest.
  StoredDump admit(const std::filesystem::path& partial, const std::string& name, Manifest manifest) const;

  // Removes what killed writers left; returns their names.
  std::vector<std::string> remove_leftovers() const;
  // The dump and its manifest.
  void remove(const StoredDump& dump) const;

  const std::filesystem::path& folder() const { return folder_; }
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  std::filesystem::path folder_;
  pg::Tools tools_;
  std::vector<std::string> warnings_;
};

}  // namespace prodclone::dump
