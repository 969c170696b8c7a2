#include <gmock/gmock.h>

#include "cluster_fixture.hpp"

namespace prodclone::databases {
namespace {

class ClusterNamesTest : public ClusterFixture, public testing::WithParamInterface<const char*> {};

TEST_P(ClusterNamesTest, AreOnlyEverNames) {
  const auto name = id_ + GetParam(), copy = id_ + GetParam() + "2";
  cluster_.make(name, as(Use::pristine), {}, [](const pg::ConnInfo& database) { pg::Session(database).execute("CREATE TABLE t ()"); });
  ASSERT_TRUE(cluster_.find(name));
  EXPECT_EQ(cluster_.find(name)->name, name);
  cluster_.seal(name);
  cluster_.copy(name, copy, as(Use::clone));
  EXPECT_EQ(pg::Session(cluster_.conninfo(copy)).query("SELECT pg_catalog.current_database() AS name").text(0, "name"), copy);
  EXPECT_EQ(cluster_.owned().size(), 2U);
  cluster_.drop(copy);
  cluster_.drop(name);
  EXPECT_FALSE(cluster_.exists(copy));
  EXPECT_FALSE(cluster_.exists(name));
}

INSTANTIATE_TEST_SUITE_P(Of, ClusterNamesTest,
                         testing::Values(" With Capitals", "\"quoted\"", "it's", "$1; DROP DATABASE postgres; --", "back\\slash",
                                         "bücher_日本", "a=b host=elsewhere", "100%", "{}"),
                         [](const auto& one) { return "Number" + std::to_string(one.index); });

}  // namespace
}  // namespace prodclone::databases
