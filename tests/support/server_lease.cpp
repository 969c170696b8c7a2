#include "server_lease.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/pg/embedded_server.hpp>
#include <prodclone/process/warden.hpp>

namespace prodclone::selftest {

namespace {

namespace fs = std::filesystem;
constexpr std::string_view release_argument = "--selftest-release=";

const pg::Installation& installation() {
  static const auto chosen = [] {
    const char* major = std::getenv("PRODCLONE_TEST_MAJOR");
    return pg::choose(pg::find_installations(), major == nullptr || *major == '\0'
                                                    ? pg::WantedMajor{}
                                                    : pg::WantedMajor{.exactly = std::atoi(major)});
  }();
  return chosen;
}

// Two majors are two servers: they may run at the same time.
struct Places {
  fs::path server, leases;
  fs::path lock() const { return leases / "lock"; }
  fs::path lease(const process::Identity& holder) const {
    return leases / fmt::format("{}-{}.json", holder.pid, holder.start_ticks);
  }
};

Places places(int major) {
  const fs::path base = PRODCLONE_SELFTEST_HOME;
  return {base / fmt::format("pg{}", major), base / fmt::format("pg{}-leases", major)};
}

bool held(const fs::path& leases) {
  for (const auto& entry : fs::directory_iterator(leases)) {
    if (entry.path().extension() != ".json") continue;
    const auto order = process::read_order(entry.path());
    if (order && !order->watched.empty() && process::alive(order->watched.front())) return true;
    fs::remove(entry.path());
  }
  return false;
}

void release(const process::Identity& holder, int major) {
  const auto where = places(major);
  if (!fs::exists(where.leases)) return;
  const FileLock lock(where.lock());
  fs::remove(where.lease(holder));
  if (!held(where.leases)) pg::EmbeddedServer::destroy(where.server);
}

}  // namespace

process::Identity holder() {
  return process::ancestor_named("ctest").value_or(process::self());
}

pg::ServerRecord acquire(const process::Identity& holder) {
  const auto where = places(installation().major);
  const auto lease = where.lease(holder);
  if (fs::exists(lease))
    if (auto running = pg::EmbeddedServer::status(where.server)) return *std::move(running);

  fs::create_directories(PRODCLONE_SELFTEST_HOME);
  make_private_directory(where.leases);
  const FileLock lock(where.lock());
  if (!held(where.leases)) pg::EmbeddedServer::destroy(where.server);  // what a crash of everything left
  if (!fs::exists(lease))
    process::start_warden(
        {.file = lease,
         .watched = {holder},
         .on_death = {.arguments = {"/proc/self/exe", std::string(release_argument) + process::to_string(holder),
                                    std::to_string(installation().major)},
                      .directory = "/"},
         .log = where.leases / "warden.log",
         .purpose = fmt::format("releases the test server of pid {}", holder.pid)});
  return pg::EmbeddedServer::start_or_attach({.home = where.server,
                                              .installation = installation(),
                                              .listen = pg::Listen::loopback,
                                              // For tests of prepared transactions, slots and base backups.
                                              .settings = {{"max_prepared_transactions", "10"}, {"wal_level", "logical"}, {"max_wal_senders", "4"}},
                                              .started_by = fmt::format("self-tests of pid {}", holder.pid)});
}

void release(const process::Identity& holder) {
  release(holder, installation().major);
}

std::optional<int> serve_as_releaser(int argc, char** argv) {
  if (argc != 3 || !std::string_view(argv[1]).starts_with(release_argument)) return std::nullopt;
  try {
    const auto dead = process::parse_identity(std::string(argv[1]).substr(release_argument.size()));
    if (!dead) return exit_code(Failure::usage);
    release(*dead, std::atoi(argv[2]));
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return exit_code(Failure::cleanup_incomplete);
  }
}

}  // namespace prodclone::selftest
