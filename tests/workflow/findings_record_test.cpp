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
  selftest::TemporaryFolder folder_;
  config::Project project_{.root = folder_.path()};
};

Findings everything() {
  return {{.check = "locks/LK04", .severity = Severity::failure, .object = "public.\"Größe\"", .what = "It was rewritten.",
           .where = "1.up.sql:3", .why = "Readers wait.", .remedy = "SET lock_timeout = '2s';\nALTER TABLE t;", .evidence = {"one", "two"}},
          {.check = "fk", .severity = Severity::warning},
          {.check = "dirty/edited", .severity = Severity::note}};
}

TEST_F(FindingsRecordTest, ComeBackAsTheyWere) {
  record_findings(project_, "Locks.AreShort", everything());
  record_findings(project_, "Fk.HasNoOrphans", {});
  EXPECT_THAT(recorded_findings(project_), ElementsAre(Pair("Fk.HasNoOrphans", IsEmpty()), Pair("Locks.AreShort", everything())));
}

TEST_F(FindingsRecordTest, NamesOfTestsNeedNotBeNamesOfFiles) {
  record_findings(project_, "Rules/Locks.Stay/LK04: größer?", everything());
  EXPECT_THAT(recorded_findings(project_), ElementsAre(Pair("Rules/Locks.Stay/LK04: größer?", everything())));
}

TEST_F(FindingsRecordTest, TheLaterRecordOfATestCounts) {
  record_findings(project_, "Fk.HasNoOrphans", everything());
  record_findings(project_, "Fk.HasNoOrphans", {});
  EXPECT_THAT(recorded_findings(project_), ElementsAre(Pair("Fk.HasNoOrphans", IsEmpty())));
}

TEST_F(FindingsRecordTest, WhatIsNoUtf8IsRecordedAllTheSame) {
  record_findings(project_, "Fk.HasNoOrphans", {{.check = "fk", .evidence = {"caf\xe9"}}});
  EXPECT_THAT(recorded_findings(project_),
              ElementsAre(Pair("Fk.HasNoOrphans", Findings{{.check = "fk", .evidence = {"caf\xef\xbf\xbd"}}})));
}

TEST_F(FindingsRecordTest, ClearingRemovesAll) {
  record_findings(project_, "Fk.HasNoOrphans", everything());
  clear_findings(project_);
  EXPECT_THAT(recorded_findings(project_), IsEmpty());
  EXPECT_NO_THROW(clear_findings(project_));
}

TEST_F(FindingsRecordTest, HoldsPersonalDataSoNobodyElseReadsIt) {
  record_findings(project_, "Fk.HasNoOrphans", everything());
  using std::filesystem::perms;
  EXPECT_EQ(std::filesystem::status(findings_folder()).permissions(), perms::owner_all);
  EXPECT_EQ(std::filesystem::status(findings_folder() / "Fk.HasNoOrphans.json").permissions(), perms::owner_read | perms::owner_write);
}

TEST_F(FindingsRecordTest, AFileThatIsBeingWrittenIsNotRead) {
  record_findings(project_, "Fk.HasNoOrphans", {});
  write_file_atomically(findings_folder() / "Locks.AreShort.json.tmp-0a1b2c3d", "{\"sche");
  EXPECT_EQ(recorded_findings(project_).size(), 1U);
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
      recorded_findings(project_);
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
