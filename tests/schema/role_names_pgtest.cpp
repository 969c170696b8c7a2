#include <gmock/gmock.h>

#include <prodclone/base/hash.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/pg/session.hpp>
#include <prodclone/schema/comparison.hpp>
#include <prodclone/schema/render.hpp>

#include "seen.hpp"
#include <support/selftest_server.hpp>

namespace prodclone::schema {
namespace {

// A role for one test; whoever owns something in a scratch database declared after it goes before it.
class Role {
 public:
  Role() { pg::Session(selftest::server()).execute("CREATE ROLE " + name); }
  ~Role() { pg::Session(selftest::server()).execute("DROP ROLE " + name); }
  Role(const Role&) = delete;
  Role& operator=(const Role&) = delete;
  const std::string name = "selftest_role_" + random_hex(12);
};

TEST(RoleNames, OwnersAndGranteesOfOtherNamesAreNoDifferenceUnlessAsked) {
  const Role owner, reader, other_owner, other_reader;
  selftest::ScratchDatabase a, b;
  const auto schema_of = [](const Role& own, const Role& read) {
    return "CREATE SCHEMA shop AUTHORIZATION " + own.name + "; SET search_path = shop; SET ROLE " + own.name +
           "; CREATE TABLE item (id serial PRIMARY KEY, name text); CREATE VIEW names AS SELECT name FROM item;"
           "CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TYPE mood AS ENUM ('ok');"
           "GRANT SELECT ON item, names TO " + read.name + "; REVOKE ALL ON FUNCTION one() FROM PUBLIC; GRANT EXECUTE ON FUNCTION one() TO " + read.name +
           "; ALTER DEFAULT PRIVILEGES IN SCHEMA shop GRANT SELECT ON TABLES TO " + read.name;
  };
  pg::Session(a.conninfo()).execute(schema_of(owner, reader));
  pg::Session(b.conninfo()).execute(schema_of(other_owner, other_reader));
  const auto compared = compare_databases(a.conninfo(), b.conninfo());
  EXPECT_TRUE(compared.differences.empty()) << to_plain(compared.differences);
  const auto asked = renderings(compare_databases(a.conninfo(), b.conninfo(), {}, {.owners = true, .privileges = true}).differences);
  EXPECT_THAT(asked, testing::Contains("changed table shop.item (owner, privileges)"));
  EXPECT_THAT(asked, testing::Contains("changed function shop.one() (owner, privileges)"));
}

}  // namespace
}  // namespace prodclone::schema
