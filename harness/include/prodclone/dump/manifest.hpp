// What is known of a dump beyond its bytes, kept beside it as <name>.manifest.json: where it came from, when, what it
// needs on the server that it is loaded into. Holds no password.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <prodclone/base/quantities.hpp>
#include <prodclone/dump/dump_file.hpp>
#include <prodclone/dump/settings.hpp>

namespace prodclone::dump {

struct Extension {
  std::string name = {};
  std::string version = {};      // empty: not known
  friend bool operator==(const Extension&, const Extension&) = default;
};

struct Manifest {
  std::string source_name = {};              // in prodclone.json; empty: none
  std::string source = {};                   // masked conninfo; empty: the dump was not taken by us
  std::string database = {};
  std::string server_version = {};           // empty: not known
  std::optional<int> server_major = {};
  std::string pg_dump_version = {};
  WallTime taken_at = {};
  Bytes size = {};
  std::string sha256 = {};
  std::string identity = {};                 // of the bytes when they were hashed: size, mtime, inode
  std::vector<std::string> roles = {};       // named by owners, grants, policies; sorted
  std::vector<Extension> extensions = {};    // sorted by name, without plpgsql
  std::vector<Setting> settings = {};
  std::string encoding = {};
  std::string lc_collate = {};
  std::string lc_ctype = {};
  std::string timezone = {};
  std::vector<std::string> excluded_data = {};  // tables whose rows were left out, qualified; sorted
  std::string schema_fingerprint = {};       // of the live source; empty: not taken

  // Short, stable for equal content: what a template made from this dump is keyed by.
  std::string fingerprint() const { return sha256.substr(0, 16); }
  friend bool operator==(const Manifest&, const Manifest&) = default;
};

// What load_settings() is given for a clone of it: its settings, and its time zone where none of them sets one.
std::vector<Setting> settings_of(const Manifest& manifest);

std::string to_json(const Manifest& manifest);
// Throws Error(could_not_check) naming `where` when it is no manifest of this version.
Manifest manifest_from_json(const std::string& text, const std::string& where);

std::filesystem::path manifest_path(const std::filesystem::path& dump);

// Changes whenever the dump's bytes may have changed; cheap. A directory's covers each of its files.
std::string identity_of(const std::filesystem::path& dump);

// "3 days old", "5 hours old", "just taken".
std::string age(WallTime taken_at, WallTime now);

}  // namespace prodclone::dump
