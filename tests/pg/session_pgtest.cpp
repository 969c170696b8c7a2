#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <prodclone/pg/session.hpp>

#include "support/selftest_server.hpp"

namespace prodclone::pg {
namespace {

TEST(Session, BindsParametersAndKeepsNullApartFromEmpty) {
  const selftest::ScratchDatabase scratch;
  Session session(scratch.conninfo());
  const auto result = session.query("SELECT $1::text AS a, $2::text AS b, $3::text AS c", {"it's", std::nullopt, ""});
  EXPECT_EQ(result.text(0, "a"), "it's");
  EXPECT_TRUE(result.is_null(0, "b"));
  EXPECT_EQ(result.optional_text(0, "c"), "");
}

TEST(Session, SpeaksAsAnOrdinaryRoleOverTcp) {
  Session session(selftest::ordinary_role());
  const auto result = session.query("SELECT rolsuper, rolcreatedb, inet_server_addr() IS NOT NULL AS tcp FROM pg_catalog.pg_roles WHERE rolname = current_user");
  EXPECT_FALSE(result.boolean(0, "rolsuper"));
  EXPECT_TRUE(result.boolean(0, "rolcreatedb"));
  EXPECT_TRUE(result.boolean(0, "tcp"));
}

}  // namespace
}  // namespace prodclone::pg
