#include <gtest/gtest.h>

#include <prodclone/base/error.hpp>
#include <prodclone/databases/leases.hpp>

#include "support/temporary_folder.hpp"

namespace prodclone::databases {
namespace {

class LeasesBookTest : public testing::Test {
 protected:
  std::filesystem::path book() const { return folder_ / "leases.json"; }
  selftest::TemporaryFolder folder_;
  Leases leases_{folder_.path()};
};

TEST_F(LeasesBookTest, OutlivesWhoWroteIt) {
  leases_.begin({.id = "r1", .owner = process::self(), .what = "ctest", .started_at = "t"});
  leases_.hold("database:b", "r1");
  leases_.keep("database:a", "prodclone load");
  const auto all = Leases(folder_.path()).all();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].thing, "database:b");
  EXPECT_EQ(all[0].holders, std::vector<std::string>{"r1"});
  EXPECT_EQ(all[0].kept_by, "");
  EXPECT_EQ(all[1].thing, "database:a");
  EXPECT_TRUE(all[1].holders.empty());
  EXPECT_EQ(all[1].kept_by, "prodclone load");
}

TEST_F(LeasesBookTest, SweepsWhatAKilledWriterLeft) {
  const auto left = folder_ / "leases.json.tmp-0123456789abcdef", other = folder_ / "leases.json.tmpl";
  for (const auto& file : {left, other}) write_file_atomically(file, "{");
  leases_.begin({.id = "r1"});
  EXPECT_FALSE(std::filesystem::exists(left));
  EXPECT_TRUE(std::filesystem::exists(other));
}

TEST_F(LeasesBookTest, IsNobodyElsesBusiness) {
  leases_.begin({.id = "r1"});
  leases_.hold("database:a", "r1");
  using std::filesystem::perms;
  EXPECT_EQ(std::filesystem::status(book()).permissions(), perms::owner_read | perms::owner_write);
}

TEST_F(LeasesBookTest, ADamagedOneIsAnErrorThatNamesIt) {
  const char* damaged[] = {
      "",
      "{",
      "[]",
      "{}",
      R"({"schema":"prodclone/leases/2","runs":[],"leases":[]})",
      R"({"schema":"prodclone/leases/1"})",
      R"({"schema":"prodclone/leases/1","runs":[]})",
      R"({"schema":"prodclone/leases/1","runs":[1],"leases":[]})",
      R"({"schema":"prodclone/leases/1","runs":[],"leases":[{"thing":"database:a"}]})",
      R"({"schema":"prodclone/leases/1","runs":[],"leases":[{"thing":"database:a","holders":"r1","kept_by":""}]})",
  };
  for (const char* text : damaged) {
    write_file_atomically(book(), text);
    for (const bool changing : {false, true}) {
      try {
        if (changing) leases_.hold("database:a", "r1");
        else leases_.unwanted();
        ADD_FAILURE() << "nothing was thrown for " << text;
      } catch (const Error& error) {
        EXPECT_EQ(error.failure(), Failure::could_not_check) << text;
        EXPECT_EQ(error.what_failed(), book().string() + " is not readable as a book of leases.");
        EXPECT_EQ(error.remedy(), "Remove it when no prodclone run is going on; `prodclone drop-clone` then removes what was left.");
      }
    }
    EXPECT_EQ(read_file(book()), text) << "a book that cannot be read is never overwritten";
  }
}

}  // namespace
}  // namespace prodclone::databases
