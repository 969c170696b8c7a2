#include <gmock/gmock.h>

#include <algorithm>

#include <prodclone/schema/diff.hpp>

#include "kitchen_sink.hpp"
#include "mutations.hpp"
#include "script_pairs.hpp"
#include "script_round.hpp"

namespace prodclone::schema {
namespace {

TEST(ScriptOfMutation, ClosesEachInBothDirectionsOrSaysThatItCannot) {
  KitchenSink sink;
  auto& session = sink.session();
  const auto structure = take_snapshot(session), all = take_snapshot(session, {.large_objects = true});
  const auto& known = mutations_not_expressed();
  std::size_t closed = 0;
  for (const auto& mutation : mutations()) {
    // Written into the catalogs by hand: no statement makes or undoes that.
    if (mutation.ddl.starts_with("UPDATE pg_") || mutation.ddl.starts_with("INSERT INTO pg_")) continue;
    if (mutation.from_major > session.server_major()) continue;
    SCOPED_TRACE(mutation.ddl);
    session.execute("BEGIN");
    sink.run(mutation.ddl);
    const SnapshotOptions read{.large_objects = mutation.on_request};
    const auto& before = mutation.on_request ? all : structure;
    const auto after = take_snapshot_within_transaction(session, read);
    Round round(session, {.owners = mutation.on_request, .privileges = mutation.on_request}, read);
    const auto back = round.go(after, before);
    session.execute("ROLLBACK; BEGIN");
    const auto there = round.go(before, after);
    session.execute("ROLLBACK");
    const auto row = std::find_if(known.begin(), known.end(), [&](const MutationNotExpressed& one) { return one.ddl == mutation.ddl; });
    if (row == known.end()) {
      EXPECT_EQ(back, "") << "back";
      EXPECT_EQ(there, "") << "there";
      ++closed;
    } else {
      EXPECT_FALSE(back.empty() && there.empty()) << "it is closed after all";
      for (const auto& one : {back, there}) EXPECT_TRUE(one.empty() || (one.starts_with("not expressed: ") && one.ends_with(" (" + row->why + ')'))) << one;
    }
  }
  EXPECT_GT(closed, 150u);
}

}  // namespace
}  // namespace prodclone::schema
