// A migration that production's rows do not allow: it fails, and the suite says which rows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "sample_project.hpp"

namespace prodclone::e2e {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

void write_migration(const SampleProject& project, const std::string& up) {
  const auto folder = project.root() / "resources/migrations";
  std::ofstream(folder / "20260501-demand-more.up.sql") << up;
  std::ofstream(folder / "20260501-demand-more.down.sql") << "SELECT 1;\n";
}

TEST(Feasibility, NamesTheRowsThatMakeAMigrationFail) {
  SampleProject project;
  write_migration(project, "ALTER TABLE document ADD CONSTRAINT document_is_old CHECK (received_at < '2020-01-01');\n--;;\n"
                           "ALTER TABLE document ADD CONSTRAINT document_is_invoice FOREIGN KEY (id) REFERENCES tenant (id);\n");
  const auto result = Ctest(project).run({"-R", "^New(Constraints|ForeignKeys)\\.|^prodclone.provision.migrated$"});
  ASSERT_NE(result.find("NewConstraints.HoldForEveryRow"), nullptr) << tail(result.outcome);
  EXPECT_THAT(result.failed(), ::testing::UnorderedElementsAre("prodclone.provision.migrated", "NewConstraints.HoldForEveryRow", "NewForeignKeys.FindAParentForEveryRow"));
  EXPECT_THAT(result.find("NewConstraints.HoldForEveryRow")->text,
              AllOf(HasSubstr("public.document.document_is_old"), HasSubstr("break it."), HasSubstr("public.document at ctid"), HasSubstr("add the constraint NOT VALID")));
  EXPECT_THAT(result.find("NewForeignKeys.FindAParentForEveryRow")->text, AllOf(HasSubstr("have no parent."), HasSubstr("DELETE FROM public.document")));
  EXPECT_TRUE(project.becomes_clean()) << project.what_is_left();
}

TEST(Feasibility, LetsAMigrationRepairTheRowsItself) {
  SampleProject project;
  write_migration(project, "UPDATE document SET received_at = '2019-01-01';\n--;;\nALTER TABLE document ADD CONSTRAINT document_is_old CHECK (received_at < '2020-01-01');\n");
  const auto result = Ctest(project).run({"-R", "^New(Constraints|ForeignKeys)\\."});
  ASSERT_NE(result.find("NewConstraints.HoldForEveryRow"), nullptr) << tail(result.outcome);
  EXPECT_TRUE(result.find("NewConstraints.HoldForEveryRow")->passed()) << result.find("NewConstraints.HoldForEveryRow")->text;
  EXPECT_THAT(project.run_cli({"report"}).out, HasSubstr("the migrations repair or remove them first"));
  EXPECT_TRUE(project.becomes_clean()) << project.what_is_left();
}

}  // namespace
}  // namespace prodclone::e2e
