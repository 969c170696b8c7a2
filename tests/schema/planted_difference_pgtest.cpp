#include <gmock/gmock.h>

#include <prodclone/pg/session.hpp>
#include <prodclone/schema/comparison.hpp>
#include <prodclone/schema/diff.hpp>
#include <prodclone/schema/pg_dump_text.hpp>
#include <prodclone/schema/render.hpp>
#include <support/selftest_server.hpp>

#include "planted_difference.hpp"
#include "seen.hpp"

namespace prodclone::schema {
namespace {

using testing::ElementsAreArray;
using testing::IsEmpty;

class PlantedDifferenceTest : public testing::TestWithParam<PlantedDifference> {
 protected:
  // Some DDL (new enum values, for one) must commit by itself.
  void run(const std::string& ddl) {
    if (!ddl.empty()) session_.execute("SET search_path = public; " + ddl);
  }
  // What is found without reading most definitions is what their comparison finds, to the letter.
  void expect_found_by_digests(const pg::ConnInfo& base) {
    pg::Session session(base);
    const auto a = take_snapshot(session), b = take_snapshot(session_);
    for (const DiffOptions& options : {DiffOptions{}, DiffOptions{.strict = true, .owners = true, .privileges = true}}) {
      const auto by_definition = diff(a, b, options);
      const auto by_digest = compare_databases(base, database_.conninfo(), {}, options).differences;
      EXPECT_EQ(by_digest, by_definition) << to_plain(by_digest) << "\ninstead of\n" << to_plain(by_definition);
    }
  }
  bool server_knows_it() { return session_.server_major() >= GetParam().from_major; }

  selftest::ScratchDatabase database_;
  pg::Session session_{database_.conninfo()};
};

TEST_P(PlantedDifferenceTest, IsReportedExactly) {
  if (!server_knows_it()) {
    EXPECT_ANY_THROW(run(GetParam().base + ";" + GetParam().changed))
        << "the row claims that this needs a later server";
    return;
  }
  run(GetParam().base);
  const auto before = take_snapshot(session_);
  selftest::ScratchDatabase beside;
  pg::Session(beside.conninfo()).execute("SET search_path = public; " + GetParam().base);
  run(GetParam().changed);
  const auto after = take_snapshot(session_);
  expect_found_by_digests(beside.conninfo());

  const auto across = diff(before, after);
  EXPECT_THAT(renderings(across), ElementsAreArray(sorted(GetParam().expected))) << to_plain(across);
  EXPECT_EQ(across.empty(), fingerprint(before) == fingerprint(after));
  const auto back = diff(after, before);
  EXPECT_EQ(back.entries.size(), across.entries.size()) << to_plain(back);

  const auto lineage = diff_by_identity(before, after);
  EXPECT_THAT(renderings(lineage),
              ElementsAreArray(sorted(GetParam().lineage.empty() ? GetParam().expected : GetParam().lineage)))
      << to_plain(lineage);
}

TEST_P(PlantedDifferenceTest, IsSeenByPgDumpAsWellAndSurvivesARestore) {
  if (!server_knows_it()) return;
  run(GetParam().base);
  const auto before = take_snapshot(session_);
  const auto dump_before = pg_dump(database_.conninfo());
  run(GetParam().changed);
  const auto after = take_snapshot(session_);
  const auto dump_after = pg_dump(database_.conninfo());

  const auto differences = diff(before, after);
  EXPECT_THAT(disagreements(differences, dump_before, dump_after), IsEmpty()) << to_plain(differences);

  selftest::ScratchDatabase copy;
  restore(dump_after, copy.conninfo());
  pg::Session copy_session(copy.conninfo());
  const auto restored = take_snapshot(copy_session);
  const auto lost = diff(after, restored);
  EXPECT_TRUE(lost.empty()) << to_plain(lost);
  EXPECT_EQ(fingerprint(after), fingerprint(restored));
  EXPECT_TRUE(compare_databases(database_.conninfo(), copy.conninfo()).differences.empty());
  EXPECT_EQ(parse_dump_text(pg_dump(copy.conninfo())).normalised(), parse_dump_text(dump_after).normalised());
}

INSTANTIATE_TEST_SUITE_P(Kinds, PlantedDifferenceTest, testing::ValuesIn(planted_differences()),
                         [](const auto& planted) { return planted.param.name; });

}  // namespace
}  // namespace prodclone::schema
