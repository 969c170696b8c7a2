#include <gmock/gmock.h>

#include <prodclone/pg/driver.hpp>

#include "cluster_fixture.hpp"

namespace prodclone::databases {
namespace {

class ClusterDropTest : public ClusterFixture {
 protected:
  void create_foreign(const std::string& name) {
    cluster_.session().execute("CREATE DATABASE " + pg::quote_identifier(name) + " TEMPLATE template0");
  }
  void drop_foreign(const std::string& name) { cluster_.session().execute("DROP DATABASE " + pg::quote_identifier(name)); }
};

constexpr const char* left_alone = "It was left alone. Choose another name under \"databases\" in prodclone.json, or drop it yourself.";

TEST_F(ClusterDropTest, RefusesWhatBearsNoMark) {
  create_foreign(named("a"));
  for (const bool dropping : {true, false}) {
    const auto error = error_of([&] { dropping ? cluster_.drop(named("a")) : static_cast<void>(cluster_.find(named("a"))); });
    EXPECT_EQ(error.failure(), Failure::refused);
    EXPECT_EQ(error.what_failed(), "The database \"" + named("a") + "\" exists and was not made by prodclone.");
    EXPECT_EQ(error.remedy(), left_alone);
  }
  EXPECT_TRUE(cluster_.exists(named("a")));
  drop_foreign(named("a"));
}

TEST_F(ClusterDropTest, RefusesAForeignDatabaseWithOurPrefix) {
  create_foreign("prodclone_tmp_" + id_);
  EXPECT_EQ(error_of([&] { cluster_.drop("prodclone_tmp_" + id_); }).failure(), Failure::refused) << "the name decides nothing";
  drop_foreign("prodclone_tmp_" + id_);
}

TEST_F(ClusterDropTest, RefusesWhatAnotherWorkspaceMade) {
  other_workspace_.make(named("a"), as(Use::clone), {}, nothing);
  for (const bool dropping : {true, false}) {
    const auto error = error_of([&] { dropping ? cluster_.drop(named("a")) : static_cast<void>(cluster_.find(named("a"))); });
    EXPECT_EQ(error.failure(), Failure::refused);
    EXPECT_EQ(error.what_failed(), "The database \"" + named("a") + "\" belongs to another prodclone workspace (project neighbour).");
    EXPECT_EQ(error.remedy(), left_alone);
  }
  EXPECT_TRUE(cluster_.exists(named("a")));
}

TEST_F(ClusterDropTest, RefusesTheMaintenanceDatabaseAndTheTemplates) {
  for (const char* name : {"postgres", "template0", "template1"}) {
    EXPECT_EQ(error_of([&] { cluster_.drop(name); }).failure(), Failure::refused) << name;
    EXPECT_TRUE(cluster_.exists(name));
  }
}

TEST_F(ClusterDropTest, WhatIsNotThereIsNoError) {
  EXPECT_EQ(cluster_.find(named("none")), std::nullopt);
  EXPECT_NO_THROW(cluster_.drop(named("none")));
}

TEST_F(ClusterDropTest, SendsAwayWhoIsConnected) {
  const auto name = made("a");
  pg::Session one(cluster_.conninfo(name)), two(cluster_.conninfo(name));
  two.execute("BEGIN; LOCK t");
  cluster_.drop(name);
  EXPECT_FALSE(cluster_.exists(name));
}

TEST_F(ClusterDropTest, DropsASealedTemplate) {
  const auto name = made("a");
  cluster_.seal(name);
  cluster_.drop(name);
  EXPECT_FALSE(cluster_.exists(name));
}

TEST_F(ClusterDropTest, DropsAnUnfinishedOne) {
  // What a killed run leaves: marked, and still under its temporary name.
  const auto name = "prodclone_tmp_" + id_;
  create_foreign(name);
  Mark mark = as(Use::fresh);
  mark.workspace = "workspace " + id_;
  cluster_.session().execute("COMMENT ON DATABASE " + pg::quote_identifier(name) + " IS " + pg::quote_literal(to_comment(mark)));
  ASSERT_EQ(cluster_.owned().size(), 1U);
  EXPECT_TRUE(cluster_.owned()[0].unfinished);
  cluster_.drop(name);
  EXPECT_FALSE(cluster_.exists(name));
}

TEST_F(ClusterDropTest, AbandonDropsWhatARunWasMakingMarkedOrNot) {
  const auto unmarked = "prodclone_tmp_" + id_ + "_1", of_another_run = "prodclone_tmp_" + id_ + "2_1";
  create_foreign(unmarked);
  create_foreign(of_another_run);
  EXPECT_EQ(cluster_.abandon(id_), std::vector{unmarked});
  EXPECT_FALSE(cluster_.exists(unmarked));
  EXPECT_TRUE(cluster_.exists(of_another_run));
  drop_foreign(of_another_run);
}

// FORCE ends sessions, but a prepared transaction belongs to none.
class ClusterPreparedTest : public ClusterDropTest {
 protected:
  void prepare_in(const std::string& name) {
    pg::Driver session(cluster_.conninfo(name));
    session.run("BEGIN");
    session.run("INSERT INTO t VALUES (1)");
    session.run("PREPARE TRANSACTION " + pg::quote_literal("it's " + name));
  }
};

TEST_F(ClusterPreparedTest, DropRollsBackWhatWasPreparedAndForgotten) {
  const auto name = made("a");
  prepare_in(name);
  cluster_.drop(name);
  EXPECT_FALSE(cluster_.exists(name));
}

TEST_F(ClusterPreparedTest, DropOpensASealedTemplateForThat) {
  const auto name = made("a");
  prepare_in(name);
  cluster_.seal(name);
  cluster_.drop(name);
  EXPECT_FALSE(cluster_.exists(name));
}

}  // namespace
}  // namespace prodclone::databases
