#include <prodclone/workflow/release.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>

#include <prodclone/application/program.hpp>
#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/databases/cluster.hpp>
#include <prodclone/pg/embedded_server.hpp>
#include <prodclone/process/identity.hpp>
#include <prodclone/process/warden.hpp>
#include <prodclone/workflow/server.hpp>
#include <prodclone/workflow/workspace.hpp>

#include "full_disk.hpp"

namespace prodclone::workflow {

namespace {

constexpr std::string_view database_prefix = "database:";
constexpr std::string_view server_prefix = "server:";

// The clusters that may hold our databases: the user's own, or every embedded one that has a home. An embedded server
// that was killed is started again, since what it holds can only be dropped by a running one.
class Clusters {
 public:
  explicit Clusters(const config::Project& project) : project_(project) {}

  std::vector<databases::Cluster*> all() {
    if (!opened_) {
      clusters_.clear();
      open();
      opened_ = true;  // never after a failure: what could not be looked at must not count as empty
    }
    std::vector<databases::Cluster*> result;
    for (auto& [major, cluster] : clusters_) result.push_back(cluster.get());
    return result;
  }

  databases::Cluster* holding(const std::string& database) {
    for (auto* cluster : all())
      if (cluster->exists(database)) return cluster;
    return nullptr;
  }

  void close(int major) { clusters_.erase(major); }

 private:
  void open() {
    const auto workspace = workspace_id(project_);
    if (project_.server.kind == config::ServerKind::url) {
      const auto server = server_by_url(project_);
      clusters_[server.major] = std::make_unique<databases::Cluster>(server.maintenance, workspace, project_.name);
      return;
    }
    for (const auto& [major, home] : server_homes(project_)) {
      const auto server = embedded_server(project_, major, "clean-up");
      clusters_[major] = std::make_unique<databases::Cluster>(server.maintenance, workspace, project_.name);
    }
  }

  const config::Project& project_;
  bool opened_ = false;
  std::map<int, std::unique_ptr<databases::Cluster>> clusters_;
};

bool still_unwanted(const databases::Leases& leases, const std::string& thing) {
  const auto lease = leases.find(thing);
  return lease && lease->holders.empty() && lease->kept_by.empty();
}

void release_database(Clusters& clusters, const std::string& name, ReleaseReport& report) {
  if (auto* cluster = clusters.holding(name)) {
    cluster->drop(name);
    report.removed.push_back(name);
  }
}

bool holds_no_database(databases::Cluster& cluster) {
  return cluster.session().query("SELECT datname FROM pg_catalog.pg_database WHERE NOT datistemplate AND datname <> 'postgres'").empty();
}

// The server itself: its data too, when no database is left in it, ours or one that somebody made by hand. The next run
// makes a new one in seconds, and nothing of production stays on the disk, write-ahead log included.
void release_server(const config::Project& project, Clusters& clusters, const std::string& thing, ReleaseReport& report) {
  if (project.server.kind == config::ServerKind::url) return;
  const int major = std::stoi(thing.substr(server_prefix.size()));
  const auto home = server_home(project, major);
  bool empty = false;
  for (auto* cluster : clusters.all())
    if (cluster->server_major() == major) empty = holds_no_database(*cluster);
  clusters.close(major);
  if (empty) pg::EmbeddedServer::destroy(home);
  else pg::EmbeddedServer::stop(home);
  report.removed.push_back(fmt::format("embedded server (PostgreSQL {}){}", major, empty ? " and its data" : ", stopped; its data is kept"));
}

// Half-made databases of runs that are gone.
void remove_unfinished(const databases::Leases& leases, Clusters& clusters, ReleaseReport& report) {
  const auto runs = leases.runs();
  for (auto* cluster : clusters.all())
    for (const auto& database : cluster->owned()) {
      const bool living = std::any_of(runs.begin(), runs.end(), [&](const databases::Run& run) {
        return run.id == database.mark.run && !run.ended && process::alive(run.owner);
      });
      if (!database.unfinished || living) continue;
      cluster->drop(database.name);
      report.removed.push_back(fmt::format("{} (half-made {})", database.name, databases::to_string(database.mark.use)));
    }
}

bool nothing_to_open(const config::Project& project) {
  return project.server.kind == config::ServerKind::embedded && server_homes(project).empty();
}

void remove_unwanted(const config::Project& project, databases::Leases& leases, const std::vector<std::string>& ended, ReleaseReport& report) {
  Clusters clusters(project);
  const bool no_server = nothing_to_open(project);
  const auto attempt = [&](const std::string& what, const auto& work) {
    try {
      work();
      return true;
    } catch (const std::exception& error) {
      report.failed.push_back(fmt::format("{}: {}", what, error.what()));
      return false;
    }
  };
  if (!no_server) attempt("half-made databases", [&] {
    for (auto* cluster : clusters.all())
      for (const auto& run : ended)
        for (auto& name : cluster->abandon(run)) report.removed.push_back(std::move(name) + " (half-made)");
    remove_unfinished(leases, clusters, report);
  });
  for (const auto& thing : leases.unwanted()) {
    const auto guard = leases.lock(thing);
    if (!still_unwanted(leases, thing)) continue;
    const bool done = attempt(thing, [&] {
      if (no_server) return;
      if (thing.starts_with(database_prefix)) release_database(clusters, thing.substr(database_prefix.size()), report);
      else if (thing.starts_with(server_prefix)) release_server(project, clusters, thing, report);
      // Of a record only the claim ends: its files are for whoever reads the report.
    });
    if (done) leases.forget(thing);
  }
  for (const auto& lease : leases.all())
    if (!lease.kept_by.empty()) report.kept.push_back(fmt::format("{} (by {})", lease.thing, lease.kept_by));
}

void remove_work(const config::Project& project, const std::string& run, ReleaseReport& report) {
  const auto folder = work_directory(project, run);
  std::error_code error;
  std::filesystem::remove_all(folder, error);
  if (error) report.failed.push_back(fmt::format("{}: {}", folder.string(), error.message()));
  std::filesystem::remove(folder.parent_path(), error);  // stays while another run works
}

// Programs under test: those of the runs that end, whoever waits for them still, and those of owners that are gone and
// whose wardens are gone too.
void end_programs(const config::Project& project, const std::vector<std::string>& ended, ReleaseReport& report) {
  std::error_code error;
  for (const auto& folder : std::filesystem::directory_iterator(programs_directory(project), error)) {
    const bool over = std::find(ended.begin(), ended.end(), folder.path().filename().string()) != ended.end();
    const auto [count, left] = application::end_programs(folder.path(), over ? application::Whose::anybodys : application::Whose::of_dead_owners);
    if (count > 0) report.removed.push_back(counted(count, "program") + " under test");
    if (left > 0) report.failed.push_back(counted(left, "program") + " under test: its processes cannot be killed");
    else if (over) std::filesystem::remove_all(folder.path(), error);
  }
}

}  // namespace

ReleaseReport release(const config::Project& project, const std::string& run) {
  databases::Leases leases(project.state_directory());
  ReleaseReport report{.removed = make_room_for_clean_up(project, leases, {run}, Kept::counts)};
  leases.give_back(run);
  std::error_code ignored;
  std::filesystem::remove(run_file(project, run), ignored);
  end_programs(project, {run}, report);
  remove_unwanted(project, leases, {run}, report);
  remove_work(project, run, report);
  // It stays in the book, and its warden on guard: after the owner's death that tries again, and so does the next run.
  if (!report.failed.empty()) return report;
  leases.end(run);
  if (leases.all().empty()) remove_ballast(project);
  // Last: its absence tells the run's warden that there is nothing left to do.
  std::filesystem::remove(warden_file(project, run), ignored);
  return report;
}

ReleaseReport release_everything(const config::Project& project) {
  databases::Leases leases(project.state_directory());
  ReleaseReport report{.removed = make_room_for_clean_up(project, leases, {}, Kept::does_not_count)};
  std::vector<std::string> ended;
  for (const auto& run : leases.runs()) {
    if (process::alive(run.owner) && !run.ended) continue;
    leases.give_back(run.id);
    ended.push_back(run.id);
  }
  for (const auto& lease : leases.all()) leases.unkeep(lease.thing);
  end_programs(project, ended, report);
  // What bears our mark and stands in no book: a book that was lost.
  if (!nothing_to_open(project)) {
    Clusters clusters(project);
    for (auto* cluster : clusters.all()) {
      for (const auto& database : cluster->owned())
        if (!leases.find(std::string(database_prefix) + database.name)) leases.unkeep(std::string(database_prefix) + database.name);
      if (project.server.kind == config::ServerKind::embedded)
        leases.unkeep(std::string(server_prefix) + std::to_string(cluster->server_major()));
    }
  }
  remove_unwanted(project, leases, ended, report);
  for (const auto& run : ended) remove_work(project, run, report);
  if (report.failed.empty())
    for (const auto& run : ended) leases.end(run);
  if (leases.all().empty()) remove_ballast(project);
  return report;
}

std::optional<int> serve_internal(int argc, char** argv) {
  if (const auto code = process::serve_as_warden(argc, argv)) return code;
  constexpr std::string_view flag = "--prodclone-release=";
  if (argc != 2 || !std::string_view(argv[1]).starts_with(flag)) return std::nullopt;
  try {
    const char* file = std::getenv("PRODCLONE_CONFIG");
    const auto project = config::load_project(file == nullptr ? std::nullopt : std::optional<std::filesystem::path>(file), ".");
    const auto report = release(project, std::string(argv[1]).substr(flag.size()));
    for (const auto& name : report.removed) fmt::print("removed {}\n", name);
    for (const auto& failure : report.failed) fmt::print(stderr, "could not remove {}\n", failure);
    return report.failed.empty() ? 0 : exit_code(Failure::cleanup_incomplete);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return exit_code(Failure::cleanup_incomplete);
  }
}

}  // namespace prodclone::workflow
