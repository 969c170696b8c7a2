#include "full_disk.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>

#include <prodclone/pg/embedded_server.hpp>
#include <prodclone/process/identity.hpp>
#include <prodclone/workflow/server.hpp>

namespace prodclone::workflow {

namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t ballast = std::uintmax_t{1} << 20;
constexpr std::uintmax_t full = std::uintmax_t{256} << 10;      // less than what clean-up may write
constexpr std::uintmax_t plenty = std::uintmax_t{64} << 20;

fs::path ballast_file(const config::Project& project) { return project.state_directory() / "ballast"; }

std::uintmax_t room(const fs::path& folder) {
  std::error_code error;
  const auto space = fs::space(folder, error);
  return error ? plenty : space.available;   // what cannot be known is no reason to remove anything
}

// Those that initdb makes have small numbers.
std::size_t databases_in(const fs::path& data) {
  constexpr unsigned first_of_users = 16384;
  std::size_t count = 0;
  std::error_code error;
  for (fs::directory_iterator entry(data / "base", error), end; !error && entry != end; entry.increment(error)) {
    const auto name = entry->path().filename().string();
    unsigned oid = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), oid).ptr == name.data() + name.size() && oid >= first_of_users) ++count;
  }
  return count;
}

bool is_needed(const databases::Lease& lease, const std::vector<databases::Run>& runs, const std::vector<std::string>& ended, Kept kept) {
  if (kept == Kept::counts && !lease.kept_by.empty()) return true;
  return std::any_of(lease.holders.begin(), lease.holders.end(), [&](const std::string& holder) {
    if (std::find(ended.begin(), ended.end(), holder) != ended.end()) return false;
    return std::any_of(runs.begin(), runs.end(), [&](const databases::Run& run) { return run.id == holder && !run.ended && process::alive(run.owner); });
  });
}

}  // namespace

void lay_in_ballast(const config::Project& project) {
  const auto file = ballast_file(project);
  if (fs::exists(file) || room(project.state_directory()) < plenty) return;
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) return;   // another process of the run was quicker, or whatever it is shows elsewhere
  const bool laid = ::posix_fallocate(descriptor, 0, static_cast<off_t>(ballast)) == 0;
  ::close(descriptor);
  if (!laid) remove_ballast(project);
}

void remove_ballast(const config::Project& project) {
  std::error_code ignored;
  fs::remove(ballast_file(project), ignored);
}

std::vector<std::string> make_room_for_clean_up(const config::Project& project, const databases::Leases& leases, const std::vector<std::string>& ended, Kept kept) {
  const auto homes = server_homes(project);
  const auto data = homes.empty() ? std::vector<fs::path>{} : pg::EmbeddedServer::data_folders(homes.front().second);
  bool is_full = room(project.state_directory()) < full;
  for (const auto& folder : data) is_full = is_full || room(folder) < full;
  if (!is_full) return {};
  remove_ballast(project);
  if (project.server.kind != config::ServerKind::embedded || homes.size() != 1) return {};
  std::size_t ours = 0, there = 0;
  const auto runs = leases.runs();
  for (const auto& lease : leases.all()) {
    const bool database = lease.thing.starts_with("database:");
    if (!database && !lease.thing.starts_with("server:")) continue;
    if (is_needed(lease, runs, ended, kept)) return {};
    if (database) ++ours;
  }
  for (const auto& folder : data) there += databases_in(folder);
  if (there > ours) return {};
  pg::EmbeddedServer::destroy(homes.front().second);
  return {fmt::format("embedded server (PostgreSQL {}) and its data, as a whole: the disk is full", homes.front().first)};
}

}  // namespace prodclone::workflow
