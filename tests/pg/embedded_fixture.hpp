// What every test of the embedded server needs: a home of its own, and proof that nothing of the server stays.
#pragma once

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

#include <prodclone/pg/embedded_server.hpp>
#include <prodclone/pg/session.hpp>
#include <prodclone/process/child.hpp>

#include "support/temporary_folder.hpp"

namespace prodclone::pg {

inline Installation installation() {
  const char* major = std::getenv("PRODCLONE_TEST_MAJOR");
  const auto wanted = major == nullptr ? WantedMajor{} : WantedMajor{.exactly = std::atoi(major)};
  return choose(find_installations(), wanted);
}

inline uid_t user_of(const process::Identity& process) {
  struct stat facts {};
  EXPECT_EQ(::stat(("/proc/" + std::to_string(process.pid)).c_str(), &facts), 0);
  return facts.st_uid;
}

// A home of its own for each test, private to whoever runs it; nothing of the server may stay.
class EmbeddedServerTest : public testing::Test {
 protected:
  void TearDown() override {
    const auto last = record_;
    EmbeddedServer::destroy(home_);
    if (!last) return;
    EXPECT_FALSE(process::alive(last->postmaster));
    EXPECT_FALSE(std::filesystem::exists(last->socket_folder));
    EXPECT_FALSE(std::filesystem::exists(last->data));
    EXPECT_FALSE(std::filesystem::exists(home_));
  }

  const ServerRecord& start(ServerSettings settings = {}) {
    settings.home = home_;
    settings.installation = installation();
    record_ = EmbeddedServer::start_or_attach(settings);
    return *record_;
  }

  process::Command probe(const std::string& verb) const {
    return {.arguments = {EMBEDDED_PROBE, verb, home_.string()}};
  }

  // A table in a database of its own, which proves that data was kept or not.
  void remember() const {
    Session(record_->conninfo()).execute("CREATE DATABASE memory");
    Session(record_->conninfo().with_database("memory"))
        .execute("SET synchronous_commit = on; CREATE TABLE t AS SELECT generate_series(1, 1000) AS x");
  }
  bool remembers() const {
    Session session(record_->conninfo());
    if (session.query("SELECT FROM pg_catalog.pg_database WHERE datname = 'memory'").command_tag() == "ROWS 0")
      return false;
    return Session(record_->conninfo().with_database("memory")).query("SELECT count(*) AS n FROM t").integer(0, "n") ==
           1000;
  }

  selftest::TemporaryFolder folder_;
  std::filesystem::path home_ = folder_ / "home";
  std::optional<ServerRecord> record_;
};

}  // namespace prodclone::pg
