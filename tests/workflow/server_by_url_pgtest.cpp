#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <prodclone/base/hash.hpp>
#include <prodclone/pg/driver.hpp>
#include <prodclone/pg/quote.hpp>

#include "own_server.hpp"
#include "support/selftest_server.hpp"

namespace prodclone::workflow {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(ServerByUrl, TakesAnOrdinaryRoleByTcp) {
  const auto role = selftest::ordinary_role();
  const Variable password("PRODCLONE_SELFTEST_PASSWORD", role.password.reveal());
  const auto server = server_by_url(with_server({.url = pg::url_without_password(role), .password_env = "PRODCLONE_SELFTEST_PASSWORD",
                                                 .allow_hosts = {role.host}}));
  EXPECT_EQ(server.maintenance, role);
  EXPECT_EQ(server.major, selftest::server_major());
  EXPECT_THAT(server.version, StartsWith(std::to_string(server.major)));
  EXPECT_FALSE(server.embedded);
  EXPECT_EQ(server.free_space(), std::nullopt) << "its disk is not ours to see";
  EXPECT_EQ(server.thing(), "server:url");
}

TEST(ServerByUrl, ConnectsToPostgresWhenNoDatabaseIsNamed) {
  auto role = selftest::ordinary_role();
  const Variable url("PRODCLONE_SELFTEST_URL", pg::url(role.with_database("")));
  const auto server = server_by_url(with_server({.url_env = "PRODCLONE_SELFTEST_URL", .allow_hosts = {role.host}}));
  EXPECT_EQ(server.maintenance.database, "postgres");
  EXPECT_EQ(server.maintenance.password, role.password);
}

class RoleWithoutCreatedb : public testing::Test {
 protected:
  RoleWithoutCreatedb() {
    role_.user = "selftest \"plain\" " + random_hex(8);
    pg::Driver(selftest::server()).run("CREATE ROLE " + pg::quote_identifier(role_.user) + " LOGIN PASSWORD " +
                                       pg::quote_literal(role_.password.reveal()));
  }
  ~RoleWithoutCreatedb() override { pg::Driver(selftest::server()).run("DROP ROLE " + pg::quote_identifier(role_.user)); }
  pg::ConnInfo role_ = selftest::ordinary_role();
};

TEST_F(RoleWithoutCreatedb, IsTooWeak) {
  const Variable url("PRODCLONE_SELFTEST_URL", pg::url(role_));
  const auto error = refusal_of(with_server({.url_env = "PRODCLONE_SELFTEST_URL", .allow_hosts = {role_.host}}));
  EXPECT_EQ(error.failure(), Failure::could_not_check);
  EXPECT_EQ(error.what_failed(), "The role " + role_.user + " may not create databases.");
  EXPECT_EQ(error.remedy(), "Let an administrator run: ALTER ROLE " + pg::quote_identifier(role_.user) + " CREATEDB");
}

TEST(ServerByUrl, TellsWhereItCouldNotConnectWithoutThePassword) {
  auto role = selftest::ordinary_role();
  role.password = Secret("not the password");
  const Variable url("PRODCLONE_SELFTEST_URL", pg::url(role));
  const auto error = refusal_of(with_server({.url_env = "PRODCLONE_SELFTEST_URL", .allow_hosts = {role.host}}));
  EXPECT_EQ(error.failure(), Failure::could_not_check);
  EXPECT_THAT(error.what_failed(), StartsWith("Cannot connect to " + pg::masked(role)));
  EXPECT_THAT(error.what(), Not(HasSubstr("not the password")));
}

TEST(ServerByUrl, ADumpOfANewerMajorDoesNotFit) {
  const auto role = selftest::ordinary_role();
  const Variable url("PRODCLONE_SELFTEST_URL", pg::url(role));
  const auto project = with_server({.url_env = "PRODCLONE_SELFTEST_URL", .allow_hosts = {role.host}});
  const int major = selftest::server_major();
  EXPECT_EQ(obtain_server(project, major, "test").major, major);
  EXPECT_EQ(obtain_server(project, std::nullopt, "test").major, major);
  try {
    obtain_server(project, major + 1, "test");
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.failure(), Failure::could_not_check);
    EXPECT_EQ(error.what_failed(),
              "The dump comes from PostgreSQL " + std::to_string(major + 1) + " and the server runs " + std::to_string(major) + ".");
  }
}

}  // namespace
}  // namespace prodclone::workflow
