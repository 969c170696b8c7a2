// Where an embedded server keeps things, and as whom it runs. PostgreSQL refuses to run as root, and a socket's path
// must fit into 107 bytes: neither the data nor the socket can always be in the home itself.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace prodclone::pg {

struct ServerAccount {
  std::string name = {};  // empty: whoever we are
  uid_t user = 0;
  gid_t group = 0;
  std::optional<std::string> run_as() const { return name.empty() ? std::nullopt : std::optional(name); }
};

// As root: postgres, or nobody where that account does not exist. Throws Error(could_not_check) when neither does.
ServerAccount server_account();

struct ServerPlaces {
  std::filesystem::path home = {};       // absolute, without symbolic links
  std::string id = {};                   // 10 hex digits of the home's path
  std::filesystem::path data_base = {};  // clusters lie in here, one folder for each major and locale
  // Every folder that may hold clusters of this home: its permissions may have changed since one was made.
  std::vector<std::filesystem::path> data_bases = {};
  std::filesystem::path socket_folder = {};
  std::filesystem::path lock() const { return home / "server.lock"; }
  std::filesystem::path record() const { return home / "server.json"; }
  std::filesystem::path log() const { return home / "server.log"; }
};

// Makes the home; as root a home that we make lets other users through (its files do not).
void make_home(const std::filesystem::path& home, const ServerAccount& account);
ServerPlaces places_of(const std::filesystem::path& home, const ServerAccount& account);

// Makes the base, private to the account, where it is not the home itself.
void make_data_base(const ServerPlaces& places, const ServerAccount& account);

// Makes a folder of mode 0700 that belongs to the account, or finds that it is one.
// Throws Error(refused) when somebody else's folder, or a symbolic link, stands there.
void claim_private_folder(const std::filesystem::path& folder, const ServerAccount& account);

// Gives a file to the account.
void give(const std::filesystem::path& file, const ServerAccount& account);

}  // namespace prodclone::pg
