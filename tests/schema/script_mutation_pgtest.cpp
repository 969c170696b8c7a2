#include <gmock/gmock.h>

#include <algorithm>

#include <prodclone/base/text.hpp>
#include <prodclone/schema/diff.hpp>
#include <prodclone/schema/render.hpp>
#include <prodclone/schema/script.hpp>

#include "kitchen_sink.hpp"
#include "mutations.hpp"
#include "script_pairs.hpp"

namespace prodclone::schema {
namespace {

// There and back, each within one transaction that is rolled back in the end.
class Round {
 public:
  Round(pg::Session& session, const DiffOptions& compared, const SnapshotOptions& read) : session_(session), compared_(compared), read_(read) {}

  // Empty when nothing differs afterwards; else what is not expressed, what failed, or what is left.
  std::string go(const Snapshot& now, const Snapshot& target) {
    const auto script = write_script(now, target, {.compared = compared_, .allow_destructive = true, .one_transaction = true});
    if (!script.not_expressed.empty()) return "not expressed: " + script.not_expressed.front().difference + " (" + script.not_expressed.front().why + ')';
    try {
      session_.execute("SAVEPOINT here; SET LOCAL search_path = pg_catalog; SET LOCAL check_function_bodies = off; SET LOCAL client_min_messages = error");
      for (const auto& statement : script.statements) session_.execute(statement.sql);
    } catch (const pg::SqlError& error) {
      session_.execute("ROLLBACK TO here");
      return std::string("failed: ") + error.what() + '\n' + to_sql(script);
    }
    const auto left = diff(take_snapshot_within_transaction(session_, read_), target, compared_);
    return left.empty() ? "" : "left: " + to_plain(left) + to_sql(script);
  }

 private:
  pg::Session& session_;
  const DiffOptions compared_;
  const SnapshotOptions read_;
};

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
