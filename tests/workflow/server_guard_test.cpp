#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "own_server.hpp"

namespace prodclone::workflow {
namespace {

using testing::HasSubstr;
using testing::Not;

// All of these are decided before anything is connected to.

void expect_refused(const config::Project& project, const std::string& host) {
  const auto error = refusal_of(project);
  EXPECT_EQ(error.failure(), Failure::refused);
  EXPECT_EQ(error.what_failed(), "The server " + host + " is not on this machine, and prodclone.json does not allow it.");
  EXPECT_EQ(error.remedy(), "Rehearsals create and drop databases. If it is no production server, add \"" + host +
                                "\" to server.allow_hosts.");
}

TEST(ServerGuard, RefusesAHostBeyondThisMachine) {
  expect_refused(with_server({.url = "postgresql://app@db.example.org/shop"}), "db.example.org");
  expect_refused(with_server({.url = "host=10.0.0.5 user=app"}), "10.0.0.5");
  expect_refused(with_server({.url = "postgresql://app@db.example.org/shop", .allow_hosts = {"example.org"}}), "db.example.org");
}

TEST(ServerGuard, IsNotFooledByANameThatBeginsLikeALoopbackAddress) {
  expect_refused(with_server({.url = "postgresql://app@127.db.example.org/shop"}), "127.db.example.org");
}

TEST(ServerGuard, LooksAtEveryHostOfAList) {
  expect_refused(with_server({.url = "host=localhost,db.example.org user=app"}), "db.example.org");
}

TEST(ServerGuard, LooksAtTheAddressBesideTheName) {
  expect_refused(with_server({.url = "host=localhost hostaddr=10.0.0.5"}), "10.0.0.5");
  expect_refused(with_server({.url = "hostaddr=10.0.0.5"}), "10.0.0.5");
}

// libpq takes from these what the connection string leaves out.
TEST(ServerGuard, LooksAtTheHostThatVariablesName) {
  {
    const Variable host("PGHOST", "db.example.org");
    expect_refused(with_server({.url = "postgresql:///shop"}), "db.example.org");
  }
  const Variable address("PGHOSTADDR", "10.0.0.5");
  expect_refused(with_server({.url = "postgresql://localhost/shop"}), "10.0.0.5");
}

TEST(ServerGuard, RefusesAServiceBecauseItHidesTheHost) {
  const auto error = refusal_of(with_server({.url = "service=production"}));
  EXPECT_EQ(error.failure(), Failure::refused);
  EXPECT_EQ(error.what_failed(), "The connection string names a service, so it does not say where the server is.");
  EXPECT_EQ(error.remedy(), "Write the host into it.");
}

TEST(ServerGuard, RefusesTheHostOfAVariableToo) {
  const Variable url("PRODCLONE_SELFTEST_URL", "postgresql://app:hidden@db.example.org/shop");
  const auto project = with_server({.url_env = "PRODCLONE_SELFTEST_URL"});
  expect_refused(project, "db.example.org");
  EXPECT_THAT(refusal_of(project).what(), Not(HasSubstr("hidden")));
}

TEST(ServerGuard, WantsNoPasswordInTheFile) {
  const auto error = refusal_of(with_server({.url = "postgresql://app:hidden@localhost/shop"}));
  EXPECT_EQ(error.failure(), Failure::usage);
  EXPECT_EQ(error.what_failed(), "server.url in prodclone.json holds a password.");
  EXPECT_EQ(error.remedy(), "Take it out and name a variable in server.password_env, or put the whole URL into one and name it in "
                            "server.url_env.");
  EXPECT_THAT(error.what(), Not(HasSubstr("hidden")));
}

TEST(ServerGuard, NamesTheVariableThatIsNotSet) {
  const auto expect_missing = [](const config::Server& server, const std::string& name, const std::string& key) {
    const auto error = refusal_of(with_server(server));
    EXPECT_EQ(error.failure(), Failure::usage);
    EXPECT_EQ(error.what_failed(), "The variable " + name + " (prodclone.json: " + key + ") is not set.");
    EXPECT_EQ(error.remedy(), "Set it, for example: export " + name + "=…");
  };
  expect_missing({.url_env = "PRODCLONE_SELFTEST_NONE"}, "PRODCLONE_SELFTEST_NONE", "server.url_env");
  expect_missing({.url = "postgresql://localhost/shop", .password_env = "PRODCLONE_SELFTEST_NONE"}, "PRODCLONE_SELFTEST_NONE", "server.password_env");
  const Variable empty("PRODCLONE_SELFTEST_EMPTY", "");
  expect_missing({.url_env = "PRODCLONE_SELFTEST_EMPTY"}, "PRODCLONE_SELFTEST_EMPTY", "server.url_env");
}

TEST(ServerGuard, AConnectionStringThatCannotBeReadIsAUsageError) {
  EXPECT_EQ(refusal_of(with_server({.url = "postgresql://localhost:many/shop"})).failure(), Failure::usage);
}

}  // namespace
}  // namespace prodclone::workflow
