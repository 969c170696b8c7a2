#include "selftest_server.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <optional>

#include <prodclone/base/error.hpp>
#include <prodclone/base/hash.hpp>
#include <prodclone/pg/driver.hpp>
#include <prodclone/pg/quote.hpp>
#include <prodclone/process/identity.hpp>

#include "selftest_session.hpp"
#include "server_lease.hpp"

namespace prodclone::selftest {

namespace {

// What this process has taken from the server, to be given back when the tests have run.
struct Taken {
  std::optional<pg::ServerRecord> embedded;
  std::optional<pg::ConnInfo> superuser;
  std::optional<pg::ConnInfo> ordinary;
};

Taken& taken() {
  static Taken state;
  return state;
}

void drop_role(const std::string& role) {
  pg::Driver driver(server());
  const auto databases = driver.run(
      "SELECT d.datname FROM pg_catalog.pg_database d JOIN pg_catalog.pg_roles r ON r.oid = d.datdba "
      "WHERE r.rolname = " +
      pg::quote_literal(role));
  for (std::size_t row = 0; row < databases.rows(); ++row) {
    const auto name = pg::quote_identifier(databases.text(row, "datname"));
    driver.run("ALTER DATABASE " + name + " IS_TEMPLATE false");
    driver.run("DROP DATABASE " + name + " WITH (FORCE)");
  }
  driver.run("DROP ROLE " + pg::quote_identifier(role));
}

}  // namespace

pg::ConnInfo server() {
  auto& state = taken();
  if (state.superuser) return *state.superuser;
  if (const char* url = std::getenv("PRODCLONE_TEST_SERVER"); url != nullptr && *url != '\0') {
    state.superuser = pg::parse_conninfo(url);
    if (state.superuser->database.empty()) state.superuser->database = "postgres";
  } else {
    state.embedded = acquire(holder());
    state.superuser = state.embedded->conninfo();
  }
  return *state.superuser;
}

int server_major() {
  return pg::Driver(server()).server_version() / 10000;
}

pg::ConnInfo ordinary_role() {
  auto& state = taken();
  if (state.ordinary) return *state.ordinary;
  auto info = server();
  if (state.embedded) info = state.embedded->tcp().value();
  info.user = "selftest_role_" + random_hex(12);
  info.password = Secret(random_hex(24));
  pg::Driver(server()).run("CREATE ROLE " + pg::quote_identifier(info.user) + " LOGIN CREATEDB NOSUPERUSER PASSWORD " +
                           pg::quote_literal(info.password.reveal()));
  state.ordinary = info;
  return info;
}

void give_everything_back() {
  auto& state = taken();
  if (state.ordinary) drop_role(state.ordinary->user);
  // Under ctest the lease is ctest's, and its own entry releases it.
  if (state.embedded && holder() == process::self()) release(process::self());
  state = {};
}

ScratchDatabase::ScratchDatabase() : conninfo_(server().with_database("selftest_" + random_hex(12))) {
  // template0: nobody can be connected to it, so any number of tests may copy it at once.
  pg::Driver(server()).run("CREATE DATABASE " + pg::quote_identifier(conninfo_.database) + " TEMPLATE template0");
}

ScratchDatabase::~ScratchDatabase() {
  try {
    pg::Driver(server()).run("DROP DATABASE IF EXISTS " + pg::quote_identifier(conninfo_.database) + " WITH (FORCE)");
  } catch (const std::exception& error) {
    fmt::print(stderr, "The scratch database {} stays: {}\n", conninfo_.database, error.what());
  }
}

}  // namespace prodclone::selftest
