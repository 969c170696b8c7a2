#include <gmock/gmock.h>

#include <algorithm>

#include <prodclone/base/text.hpp>
#include <prodclone/pg/session.hpp>
#include <prodclone/schema/diff.hpp>
#include <prodclone/schema/render.hpp>

#include "kitchen_sink.hpp"
#include "mutations.hpp"

namespace prodclone::schema {
namespace {

using testing::ElementsAreArray;

std::vector<std::string> renderings(const Differences& differences) {
  std::vector<std::string> lines;
  for (const auto& d : differences.entries) lines.push_back(to_string(d));
  std::sort(lines.begin(), lines.end());
  return lines;
}

std::vector<std::string> sorted(std::vector<std::string> lines) {
  std::sort(lines.begin(), lines.end());
  return lines;
}

// Each mutation is made and looked at within one transaction and rolled back: hundreds of them take seconds.
TEST(Mutation, EachIsReportedExactlyAndUndoneLeavesNothing) {
  KitchenSink sink;
  auto& session = sink.session();
  const auto before = take_snapshot(session);
  for (const auto& mutation : mutations()) {
    SCOPED_TRACE(mutation.ddl);
    session.execute("BEGIN");
    try {
      sink.run(mutation.ddl);
      EXPECT_LE(mutation.from_major, session.server_major()) << "the row claims that this needs a later server";
      const auto after = take_snapshot_within_transaction(session);
      const auto across = diff(before, after);
      EXPECT_THAT(renderings(across), ElementsAreArray(sorted(mutation.expected))) << to_plain(across);
      EXPECT_NE(fingerprint(before), fingerprint(after));
      const auto back = diff(after, before);
      EXPECT_EQ(back.entries.size(), across.entries.size()) << to_plain(back);
      const auto lineage = diff_by_identity(before, after);
      EXPECT_THAT(renderings(lineage),
                  ElementsAreArray(sorted(mutation.lineage.empty() ? mutation.expected : mutation.lineage)))
          << to_plain(lineage);
    } catch (const pg::SqlError& error) {
      EXPECT_GT(mutation.from_major, session.server_major()) << error.what();
    }
    session.execute("ROLLBACK");
  }
  EXPECT_EQ(before, take_snapshot(session));
}

}  // namespace
}  // namespace prodclone::schema
