#include <gmock/gmock.h>

#include <algorithm>

#include <prodclone/base/text.hpp>
#include <prodclone/pg/session.hpp>
#include <prodclone/process/child.hpp>
#include <prodclone/schema/cross_check.hpp>
#include <prodclone/schema/diff.hpp>
#include <prodclone/schema/pg_dump_text.hpp>
#include <prodclone/schema/render.hpp>
#include <support/selftest_server.hpp>

#include "planted_difference.hpp"

namespace prodclone::schema {
namespace {

using testing::ElementsAreArray;
using testing::IsEmpty;

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

class PlantedDifferenceTest : public testing::TestWithParam<PlantedDifference> {
 protected:
  // Some DDL (new enum values, for one) must commit by itself.
  void run(const std::string& ddl) {
    if (!ddl.empty()) session_.execute("SET search_path = public; " + ddl);
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
  run(GetParam().changed);
  const auto after = take_snapshot(session_);

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

std::string pg_dump(const pg::ConnInfo& database) {
  const auto outcome = process::run(
      {.arguments = {"pg_dump", "-s", "--no-owner", "--no-privileges"}, .environment = pg::environment(database)});
  EXPECT_TRUE(outcome.succeeded()) << outcome.err;
  return outcome.out;
}

// The rows hold no body with a line that begins with a backslash.
std::string without_psql_commands(const std::string& dump) {
  std::string sql;
  for (const auto& line : lines_of(dump))
    if (!line.starts_with('\\')) sql += line + '\n';
  return sql;
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
  std::vector<std::string> disagreements;
  for (const auto& d :
       cross_check(differences, compare_dumps(parse_dump_text(dump_before), parse_dump_text(dump_after))))
    disagreements.push_back(d.difference);
  EXPECT_THAT(disagreements, IsEmpty()) << to_plain(differences);

  selftest::ScratchDatabase copy;
  pg::Session(copy.conninfo()).execute(without_psql_commands(dump_after));
  pg::Session copy_session(copy.conninfo());
  const auto restored = take_snapshot(copy_session);
  const auto lost = diff(after, restored);
  EXPECT_TRUE(lost.empty()) << to_plain(lost);
  EXPECT_EQ(fingerprint(after), fingerprint(restored));
  EXPECT_EQ(parse_dump_text(pg_dump(copy.conninfo())).normalised(), parse_dump_text(dump_after).normalised());
}

INSTANTIATE_TEST_SUITE_P(Kinds, PlantedDifferenceTest, testing::ValuesIn(planted_differences()),
                         [](const auto& planted) { return planted.param.name; });

}  // namespace
}  // namespace prodclone::schema
