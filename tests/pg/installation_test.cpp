#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <prodclone/base/error.hpp>
#include <prodclone/pg/installation.hpp>
#include <prodclone/pg/tools.hpp>

#include "fake_binaries.hpp"
#include "support/temporary_folder.hpp"

namespace prodclone::pg {
namespace {

using selftest::fake_binaries;
using testing::AllOf;
using testing::HasSubstr;

const std::vector<std::string> server_programs{"postgres", "initdb"};
const std::vector<std::string> client_programs{"pg_dump", "pg_restore", "psql"};

std::string message_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    EXPECT_EQ(error.failure(), Failure::could_not_check);
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return {};
}

TEST(Installations, ConfiguredFoldersComeFirst) {
  const selftest::TemporaryFolder folder;
  const auto found = find_installations({fake_binaries(folder / "new", "98beta2", server_programs),
                                         fake_binaries(folder / "old/bin", "97.3", server_programs).parent_path()});
  ASSERT_GE(found.size(), 2U);
  EXPECT_EQ(found[0], (Installation{98, "98beta2", std::filesystem::canonical(folder / "new")}));
  EXPECT_EQ(found[1].major, 97);
}

TEST(Installations, AFolderCountsWhenItHoldsBothProgramsOfOneVersion) {
  const selftest::TemporaryFolder folder;
  fake_binaries(folder / "mixed", "98.1", {"postgres"});
  fake_binaries(folder / "mixed", "97.1", {"initdb"});
  fake_binaries(folder / "half", "97.1", {"postgres"});
  fake_binaries(folder / "odd", "garbage", server_programs);
  for (const auto& found : find_installations({folder / "mixed", folder / "half", folder / "odd", folder / "absent"}))
    EXPECT_LT(found.major, 90) << found.bindir;
}

TEST(Installations, ALinkLeadsToTheFolderOfTheRealPrograms) {
  const selftest::TemporaryFolder folder;
  const auto real = fake_binaries(folder / "real", "98.1", server_programs);
  make_private_directory(folder / "links");
  for (const auto& name : server_programs) std::filesystem::create_symlink(real / name, folder / "links/" / name);
  const auto found = find_installations({folder / "links", real});
  EXPECT_EQ(found.at(0).bindir, std::filesystem::canonical(real));
  EXPECT_TRUE(found.size() == 1 || found[1].major != 98) << "one installation is listed once";
}

TEST(Installations, TheOneThatFitsIsChosen) {
  const std::vector<Installation> installations{
      {15, "15.18", "/a"}, {17, "17.1", "/b"}, {15, "15.2", "/c"}, {18, "18.0", "/d"}};
  EXPECT_EQ(choose(installations).bindir, "/d");
  EXPECT_EQ(choose(installations, {.exactly = 15}).bindir, "/a");
  EXPECT_EQ(choose(installations, {.at_least = 14}).bindir, "/a");
  EXPECT_EQ(choose(installations, {.at_least = 16}).bindir, "/b");
}

TEST(Installations, WhatIsMissingIsNamedByItsPackage) {
  const std::vector<Installation> installations{{15, "15.18", "/a"}};
  EXPECT_THAT(message_of([&] { choose(installations, {.exactly = 17}); }),
              AllOf(HasSubstr("postgresql-17"), HasSubstr("15.18 in /a")));
  EXPECT_THAT(message_of([&] { choose(installations, {.at_least = 16}); }), HasSubstr("postgresql-16"));
  EXPECT_THAT(message_of([&] { choose({}); }), HasSubstr("none was found"));
}

TEST(Tools, TheSmallestMajorThatFitsIsTaken) {
  const selftest::TemporaryFolder folder;
  const std::vector<std::filesystem::path> folders{fake_binaries(folder / "95", "95.1", client_programs),
                                                   fake_binaries(folder / "91", "91.4", client_programs)};
  EXPECT_EQ(find_tools(91, folders).psql, folder / "91/psql");
  EXPECT_EQ(find_tools(92, folders),
            (Tools{95, "95.1", folder / "95/pg_dump", folder / "95/pg_restore", folder / "95/psql"}));
}

TEST(Tools, DebiansWrapperIsPassedOver) {
  const selftest::TemporaryFolder folder;
  fake_binaries(folder / "share", "93.1", {"pg_wrapper"});
  make_private_directory(folder / "93");
  for (const auto& name : client_programs)
    std::filesystem::create_symlink(folder / "share/pg_wrapper", folder / "93/" / name);
  EXPECT_EQ(find_tools(93, {folder / "93", fake_binaries(folder / "95", "95.1", client_programs)}).major, 95);
}

TEST(Tools, WhatIsMissingIsNamedByItsPackage) {
  const selftest::TemporaryFolder folder;
  EXPECT_THAT(message_of([&] { find_tools(96, {fake_binaries(folder / "95", "95.1", client_programs)}); }),
              AllOf(HasSubstr("postgresql-client-96"), HasSubstr("95.1 in " + (folder / "95").string())));
}

}  // namespace
}  // namespace prodclone::pg
