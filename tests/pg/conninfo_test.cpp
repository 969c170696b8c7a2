#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include <prodclone/base/error.hpp>
#include <prodclone/pg/conninfo.hpp>

namespace prodclone::pg {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

ConnInfo everything() {
  return {.host = "db.example.org",
          .port = 6543,
          .user = "o'rcha",
          .database = "prod & test",
          .password = Secret("p@ss:w/rd%?#"),
          .options = {{"sslmode", "require"}, {"connect_timeout", "3"}, {"options", "-c search_path=a,b"}}};
}

TEST(ConnInfo, ReadsUrlsAndKeywords) {
  const ConnInfo expected{.host = "h",
                          .port = 5433,
                          .user = "u",
                          .database = "d",
                          .password = Secret("p w"),
                          .options = {{"sslmode", "disable"}}};
  EXPECT_EQ(parse_conninfo("postgresql://u:p%20w@h:5433/d?sslmode=disable"), expected);
  EXPECT_EQ(parse_conninfo("postgres://u:p%20w@h:5433/d?sslmode=disable"), expected);
  EXPECT_EQ(parse_conninfo("host=h port=5433 user=u dbname=d password='p w' sslmode=disable"), expected);
}

TEST(ConnInfo, TakesWhatIsNotSaidFromTheDefaults) {
  EXPECT_EQ(parse_conninfo("postgresql://"), ConnInfo{});
  EXPECT_EQ(parse_conninfo("postgresql://u@%2Frun%2Fpg/d").host, "/run/pg");
}

TEST(ConnInfo, SurvivesItsOwnUrl) {
  for (const auto& info :
       {everything(), ConnInfo{}, ConnInfo{.host = "/tmp/a b", .port = 1, .user = "u", .database = "d"},
        ConnInfo{.host = "::1", .port = 2, .user = "u", .database = "d"}})
    EXPECT_EQ(parse_conninfo(url(info)), info) << url(info);
}

TEST(ConnInfo, ShowsNoSecretWhereItMayBePrinted) {
  auto info = everything();
  info.options["sslpassword"] = "keypass";
  for (const auto& text : {masked(info), url_without_password(info)}) {
    EXPECT_THAT(text, HasSubstr("db.example.org"));
    EXPECT_THAT(text, Not(HasSubstr("rd%")));
    EXPECT_THAT(text, Not(HasSubstr("p%40ss")));
    EXPECT_THAT(text, Not(HasSubstr("keypass")));
  }
  EXPECT_EQ(masked(info), "host=db.example.org port=6543 user=o'rcha dbname=prod & test");
}

TEST(ConnInfo, AnUnreadableTextIsAUsageErrorThatDoesNotRepeatIt) {
  for (const auto* text : {"postgresql://u:hun%zzter@h/d", "postgresql://u:hunter@h/d?x", "host=h password=hun ter2",
                           "host=h password='hunter", "host=h hunter", "postgresql://u:hunter@[::1/d",
                           "postgresql://u:hunter@h:1,h:2/d", "host=h port=1x password=hunter"}) {
    try {
      parse_conninfo(text);
      ADD_FAILURE() << text << " was read";
    } catch (const Error& error) {
      EXPECT_EQ(error.failure(), Failure::usage) << text;
      EXPECT_THAT(error.what(), Not(HasSubstr("hun%zz")));
      EXPECT_THAT(error.what(), Not(HasSubstr("hunter"))) << text;
      EXPECT_THAT(error.what(), Not(HasSubstr("ter2"))) << text;
      EXPECT_FALSE(error.remedy().empty());
    }
  }
}

TEST(ConnInfo, AnUnknownOptionIsNamed) {
  try {
    parse_conninfo("host=h sslmood=require");
    FAIL() << "it was read";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("sslmood"));
  }
}

TEST(ConnInfo, BecomesExactlyTheVariablesThatAChildNeeds) {
  EXPECT_THAT(
      environment(everything()),
      ElementsAre(Pair("PGCONNECT_TIMEOUT", "3"), Pair("PGDATABASE", "prod & test"), Pair("PGHOST", "db.example.org"),
                  Pair("PGOPTIONS", "-c search_path=a,b"), Pair("PGPASSWORD", "p@ss:w/rd%?#"), Pair("PGPORT", "6543"),
                  Pair("PGSSLMODE", "require"), Pair("PGUSER", "o'rcha")));
}

TEST(ConnInfo, ComesFromTheEnvironment) {
  for (const auto& [name, value] : environment(everything())) ::setenv(name.c_str(), value.c_str(), 1);
  const auto info = conninfo_from_environment();
  for (const auto& [name, value] : environment(everything())) ::unsetenv(name.c_str());
  EXPECT_EQ(info.with_database("x"), [] {
    auto expected = everything().with_database("x");
    expected.options = conninfo_from_environment().options;  // libpq's own defaults
    for (const auto& [key, value] : everything().options) expected.options[key] = value;
    return expected;
  }());
}

TEST(ConnInfo, WithAnotherDatabaseChangesNothingElse) {
  auto expected = everything();
  expected.database = "other";
  EXPECT_EQ(everything().with_database("other"), expected);
}

TEST(ConnInfo, ReadsEachHostOfAList) {
  const auto hosts = parse_hosts("postgresql://u:p@a:5433,b:5434/d?target_session_attrs=prefer-standby");
  ASSERT_EQ(hosts.size(), 2U);
  EXPECT_EQ(masked(hosts[0]), "host=a port=5433 user=u dbname=d");
  EXPECT_EQ(masked(hosts[1]), "host=b port=5434 user=u dbname=d");
  for (const auto& host : hosts) {
    EXPECT_EQ(host.password, Secret("p"));
    EXPECT_EQ(host.options.at("target_session_attrs"), "prefer-standby");
  }
  const auto one_port = parse_hosts("host=a,b port=6000 user=u dbname=d");
  ASSERT_EQ(one_port.size(), 2U);
  EXPECT_EQ(one_port[1].port, 6000);
  EXPECT_THROW(parse_hosts("host=a,b,c port=1,2"), Error);
  EXPECT_EQ(parse_hosts("host=h user=u").size(), 1U);
  EXPECT_FALSE(parse_hosts("host=a,b user=u").at(0).options.contains("target_session_attrs")) << "nobody has said which of them";
}

TEST(ConnInfo, TakesFromTheEnvironmentWhatAListLeavesOut) {
  ::setenv("PGPASSWORD", "from the environment", 1);
  ::setenv("PGPORT", "7777", 1);
  const auto named = parse_hosts("host=a user=u dbname=d").at(0);
  const auto unnamed = parse_hosts("user=u dbname=d").at(0);
  ::unsetenv("PGPASSWORD");
  ::unsetenv("PGPORT");
  EXPECT_EQ(named.password, Secret("from the environment"));
  EXPECT_EQ(named.port, 5432) << "the port of another server";
  EXPECT_EQ(unnamed.port, 7777);
}

}  // namespace
}  // namespace prodclone::pg
