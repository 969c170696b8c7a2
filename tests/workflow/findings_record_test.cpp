#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/workflow/findings_record.hpp>

#include "support/temporary_folder.hpp"

namespace prodclone::workflow {
namespace {

using checks::Findings;
using checks::Severity;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

class FindingsRecordTest : public testing::Test {
 protected:
  std::filesystem::path findings_folder() const { return project_.record_directory() / "findings"; }
  void record(const std::string& name, Findings findings) const { record_test(project_, {.name = name, .findings = std::move(findings)}); }
  std::vector<std::pair<std::string, Findings>> recorded_findings() const {
    std::vector<std::pair<std::string, Findings>> all;
    for (const auto& test : recorded_tests(project_)) all.emplace_back(test.name, test.findings);
    return all;
  }
  selftest::TemporaryFolder folder_;
  config::Project project_{.root = folder_.path()};
};

Findings everything() {
  return {{.check = "locks/LK04", .severity = Severity::failure, .object = "public.\"Größe\"", .what = "It was rewritten.",
           .where = "1.up.sql:3", .why = "Readers wait.", .remedy = "SET lock_timeout = '2s';\nALTER TABLE t;", .evidence = {"one", "two"}},
          {.check = "fk", .severity = Severity::warning},
          {.check = "dirty/edited", .severity = Severity::note},
          {.check = "schema/intent", .severity = Severity::not_checked}};
}

TEST_F(FindingsRecordTest, ComeBackAsTheyWere) {
  record("Locks.AreShort", everything());
  record("Fk.HasNoOrphans", {});
  EXPECT_THAT(recorded_findings(), ElementsAre(Pair("Fk.HasNoOrphans", IsEmpty()), Pair("Locks.AreShort", everything())));
}

TEST_F(FindingsRecordTest, HowATestEndedComesBackToo) {
  const report::Test test{.name = "Fk.HasNoOrphans", .labels = {"fk", "data"}, .outcome = report::Outcome::could_not_check, .message = "no server",
                          .took = std::chrono::milliseconds(12), .findings = everything()};
  record_test(project_, test);
  EXPECT_THAT(recorded_tests(project_), ElementsAre(test));
}

TEST_F(FindingsRecordTest, NamesOfTestsNeedNotBeNamesOfFiles) {
  record("Rules/Locks.Stay/LK04: größer?", everything());
  EXPECT_THAT(recorded_findings(), ElementsAre(Pair("Rules/Locks.Stay/LK04: größer?", everything())));
}

TEST_F(FindingsRecordTest, TheLaterRecordOfATestCounts) {
  record("Fk.HasNoOrphans", everything());
  record("Fk.HasNoOrphans", {});
  EXPECT_THAT(recorded_findings(), ElementsAre(Pair("Fk.HasNoOrphans", IsEmpty())));
}

TEST_F(FindingsRecordTest, WhatIsNoUtf8IsRecordedAllTheSame) {
  record("Fk.HasNoOrphans", {{.check = "fk", .evidence = {"caf\xe9"}}});
  EXPECT_THAT(recorded_findings(),
              ElementsAre(Pair("Fk.HasNoOrphans", Findings{{.check = "fk", .evidence = {"caf\xef\xbf\xbd"}}})));
}

TEST_F(FindingsRecordTest, ClearingRemovesAll) {
  record("Fk.HasNoOrphans", everything());
  clear_findings(project_);
  EXPECT_THAT(recorded_findings(), IsEmpty());
  EXPECT_NO_THROW(clear_findings(project_));
}

// Two rehearsals of one project at once: the later one must not take the earlier one's findings away.
TEST_F(FindingsRecordTest, ClearingLeavesWhatRunsThatGoOnHaveFound) {
  const auto now = std::chrono::system_clock::now();
  const auto run = [&](const process::Identity& owner, bool ended) {
    return std::vector<databases::Run>{{.id = "r", .owner = owner, .started_at = iso8601(now - std::chrono::minutes(1)), .ended = ended}};
  };
  const auto record_both = [&] {
    record("Old.One", everything());
    record("New.One", everything());
    std::filesystem::last_write_time(findings_folder() / "Old.One.json", std::filesystem::file_time_type::clock::now() - std::chrono::minutes(5));
  };
  record_both();
  clear_findings(project_, run(process::self(), false));
  EXPECT_FALSE(std::filesystem::exists(findings_folder() / "Old.One.json")) << "of a rehearsal that is over";
  EXPECT_TRUE(std::filesystem::exists(findings_folder() / "New.One.json"));
  for (const auto& over : {run(process::self(), true), run({.pid = 1, .start_ticks = 0, .boot = "another"}, false)}) {
    record_both();
    clear_findings(project_, over);
    EXPECT_FALSE(std::filesystem::exists(findings_folder() / "New.One.json"));
  }
}

TEST_F(FindingsRecordTest, HoldsPersonalDataSoNobodyElseReadsIt) {
  record("Fk.HasNoOrphans", everything());
  using std::filesystem::perms;
  EXPECT_EQ(std::filesystem::status(findings_folder()).permissions(), perms::owner_all);
  EXPECT_EQ(std::filesystem::status(findings_folder() / "Fk.HasNoOrphans.json").permissions(), perms::owner_read | perms::owner_write);
}

TEST_F(FindingsRecordTest, AFileThatIsBeingWrittenIsNotRead) {
  record("Fk.HasNoOrphans", {});
  write_file_atomically(findings_folder() / "Locks.AreShort.json.tmp-0a1b2c3d", "{\"sche");
  EXPECT_EQ(recorded_findings().size(), 1U);
}

// It may hold a failure: passing it over would turn the report green.
TEST_F(FindingsRecordTest, ADamagedFileIsAnErrorThatNamesIt) {
  const char* damaged[] = {
      "", "{", "[]", "{}",
      R"({"schema":"prodclone/findings/2","name":"a","findings":[]})",
      R"({"schema":"prodclone/findings/1","name":"a"})",
      R"({"schema":"prodclone/findings/1","findings":[]})",
      R"({"schema":"prodclone/findings/1","name":"a","findings":[{"check":"fk"}]})",
      R"({"schema":"prodclone/findings/1","name":"a","findings":"none"})",
  };
  make_private_directory(findings_folder());
  const auto file = findings_folder() / "a.json";
  for (const char* text : damaged) {
    write_file_atomically(file, text);
    try {
      recorded_findings();
      ADD_FAILURE() << "nothing was thrown for " << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.failure(), Failure::could_not_check);
      EXPECT_EQ(error.what_failed(), file.string() + " is not readable as findings.");
      EXPECT_EQ(error.remedy(), "Rehearse again.");
    }
  }
}

}  // namespace
}  // namespace prodclone::workflow
