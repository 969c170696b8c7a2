#include <gmock/gmock.h>

#include <prodclone/base/hash.hpp>
#include <prodclone/schema/diff.hpp>
#include <prodclone/schema/kinds.hpp>
#include <prodclone/schema/render.hpp>
#include <prodclone/schema/statements.hpp>

#include "kitchen_sink.hpp"
#include "seen.hpp"

namespace prodclone::schema {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(KitchenSink, ARoleWithoutAnyRightReadsAllButTheOptionsOfAMapping) {
  KitchenSink sink;
  auto& session = sink.session();
  const auto role = "prodclone_tmp_" + random_hex(8);
  session.execute("CREATE ROLE " + role);
  const auto as_superuser = take_snapshot(session, {.large_objects = true});
  session.execute("SET ROLE " + role);
  const auto as_nobody = take_snapshot(session, {.large_objects = true});
  session.execute("RESET ROLE; DROP ROLE " + role);
  const auto differences = diff(as_superuser, as_nobody, {.owners = true, .privileges = true});
  // PUBLIC's mapping: only its server's owner may read the options, hidden or not.
  EXPECT_THAT(renderings(differences), ElementsAre("changed user mapping far_away.public (options)"));
}

TEST(KitchenSink, NoSecretReachesTheText) {
  KitchenSink sink;
  const auto text = canonical_text(take_snapshot(sink.session()));
  EXPECT_THAT(text, HasSubstr("CREATE USER MAPPING FOR PUBLIC SERVER far_away OPTIONS (password '***', \"user\" '***')"));
  EXPECT_THAT(text, Not(HasSubstr("not shown")));
  EXPECT_THAT(text, HasSubstr("CREATE SUBSCRIPTION sink CONNECTION '***'"));
  EXPECT_THAT(text, Not(HasSubstr("password=hidden")));
}

// The statements that findings suggest name each kind of object as the server does.
TEST(KitchenSink, WhatIsSuggestedToDropAnObjectFindsIt) {
  KitchenSink sink;
  auto& session = sink.session();
  for (const auto& object : take_snapshot(session, {.large_objects = true}).objects) {
    const auto statement = drop_statement(object.kind, qualified_name(object));
    if (object.kind == "default_privileges" || object.kind == "comment") {
      EXPECT_EQ(statement, "");
      continue;
    }
    session.execute("BEGIN");
    try {
      session.execute(statement);
    } catch (const pg::SqlError& error) {
      const bool found = error.is("2BP01")      // others need it
                         || error.is("42P16")   // inherited: there only because of its parent
                         || error.is("42809")   // of a typed table: there only because of its type
                         || error.is("25001");  // a subscription with a slot, in a transaction
      EXPECT_TRUE(found || object.parent_identity.catalog == 1247) << error.what();
    }
    session.execute("ROLLBACK");
  }
}

}  // namespace
}  // namespace prodclone::schema
