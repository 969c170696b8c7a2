#include "server_places.hpp"

#include <fmt/format.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/base/hash.hpp>

namespace prodclone::pg {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(std::string_view action, const fs::path& path) {
  throw Error(Failure::could_not_check, fmt::format("Cannot {} {}: {}.", action, path.string(), std::strerror(errno)));
}

bool passable(const fs::path& folder, const ServerAccount& account) {
  struct stat facts {};
  if (::stat(folder.c_str(), &facts) != 0) return false;
  if (facts.st_uid == account.user) return (facts.st_mode & S_IXUSR) != 0;
  if (facts.st_gid == account.group) return (facts.st_mode & S_IXGRP) != 0;
  return (facts.st_mode & S_IXOTH) != 0;
}

bool reachable(fs::path folder, const ServerAccount& account) {
  for (; passable(folder, account); folder = folder.parent_path())
    if (folder == folder.root_path()) return true;
  return false;
}

const fs::path state_folder = "/var/lib/prodclone";

// Where root keeps the data of homes that the server's account cannot reach.
fs::path elsewhere(const std::string& id) {
  if (fs::exists(state_folder) || ::access(state_folder.parent_path().c_str(), W_OK) == 0) return state_folder / id;
  return "/var/tmp/prodclone-" + id;
}

}  // namespace

ServerAccount server_account() {
  if (::geteuid() != 0) return {.name = {}, .user = ::geteuid(), .group = ::getegid()};
  for (const char* name : {"postgres", "nobody"})
    if (const passwd* entry = ::getpwnam(name); entry != nullptr && entry->pw_uid != 0)
      return {.name = name, .user = entry->pw_uid, .group = entry->pw_gid};
  throw Error(Failure::could_not_check, "PostgreSQL does not run as root, and there is no account postgres or nobody.",
              "Run as an ordinary user, or make an account named postgres.");
}

void make_home(const fs::path& home, const ServerAccount& account) {
  if (fs::exists(home)) return;
  if (home.has_parent_path()) make_private_directory(home.parent_path());
  const mode_t mode = account.name.empty() ? 0700 : 0711;
  if (::mkdir(home.c_str(), mode) != 0 && errno != EEXIST) fail("make the directory", home);
  // Whatever the umask took away.
  if (!account.name.empty() && ::chmod(home.c_str(), mode) != 0) fail("open the directory", home);
}

ServerPlaces places_of(const fs::path& home, const ServerAccount& account) {
  ServerPlaces places{.home = fs::weakly_canonical(fs::absolute(home))};
  if (!places.home.has_filename()) places.home = places.home.parent_path();
  places.id = sha256(places.home.string()).substr(0, 10);
  places.data_bases.push_back(places.home);
  if (!account.name.empty()) places.data_bases.push_back(elsewhere(places.id));
  places.data_base = account.name.empty() || reachable(places.home, account) ? places.home : places.data_bases.back();
  places.socket_folder = "/tmp/prodclone-" + places.id;
  return places;
}

void make_data_base(const ServerPlaces& places, const ServerAccount& account) {
  if (places.data_base == places.home) return;
  if (places.data_base.parent_path() == state_folder && ::mkdir(state_folder.c_str(), 0711) != 0 && errno != EEXIST)
    fail("make the directory", state_folder);
  claim_private_folder(places.data_base, account);
}

void claim_private_folder(const fs::path& folder, const ServerAccount& account) {
  if (::mkdir(folder.c_str(), 0700) == 0) {
    if (::lchown(folder.c_str(), account.user, account.group) != 0) fail("give away", folder);
    return;
  }
  if (errno != EEXIST) fail("make the directory", folder);
  struct stat facts {};
  if (::lstat(folder.c_str(), &facts) != 0) fail("look at", folder);
  const bool root_made_it = facts.st_uid == 0 && ::geteuid() == 0;  // killed between making it and giving it away
  if (!S_ISDIR(facts.st_mode) || (facts.st_uid != account.user && !root_made_it) || (facts.st_mode & 0077) != 0)
    throw Error(Failure::refused, fmt::format("{} is not a private folder of ours.", folder.string()),
                "Find out who made it; remove it if nobody needs it.");
  if (root_made_it && ::lchown(folder.c_str(), account.user, account.group) != 0) fail("give away", folder);
}

void give(const fs::path& file, const ServerAccount& account) {
  if (!account.name.empty() && ::lchown(file.c_str(), account.user, account.group) != 0) fail("give away", file);
}

}  // namespace prodclone::pg
