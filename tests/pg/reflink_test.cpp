#include <prodclone/pg/reflink.hpp>

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>

#include "support/temporary_folder.hpp"

namespace prodclone::pg {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Reflinks, AreTriedAndLeaveNothing) {
  selftest::TemporaryFolder folder;
  const auto measured = measure_reflinks(folder.path());
  EXPECT_FALSE(measured.file_system.empty());
  EXPECT_EQ(measured.work, measured.reason.empty()) << measured.reason;
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(Reflinks, OfAFolderThatIsNotThereDoNotWork) {
  const auto measured = measure_reflinks("/nowhere/at/all");
  EXPECT_FALSE(measured.work);
  EXPECT_THAT(measured.reason, HasSubstr("cannot write in /nowhere/at/all"));
}

TEST(Reflinks, AreMeasuredOnceForAHome) {
  selftest::TemporaryFolder home, data;
  const auto first = reflinks_of(home.path(), data.path());
  EXPECT_EQ(reflinks_of(home.path(), data.path()), first);
  // Whatever the paper says is believed …
  auto text = read_file(reflinks_file(home.path()));
  const auto at = text.find(first.work ? "\"work\": true" : "\"work\": false");
  ASSERT_NE(at, std::string::npos);
  text.replace(at, first.work ? 12 : 13, first.work ? "\"work\": false" : "\"work\": true");
  write_file_atomically(reflinks_file(home.path()), text);
  EXPECT_NE(reflinks_of(home.path(), data.path()).work, first.work);
  // … of this folder only, and when it can be read.
  selftest::TemporaryFolder other;
  EXPECT_EQ(reflinks_of(home.path(), other.path()).work, first.work);
  write_file_atomically(reflinks_file(home.path()), "{ not json");
  EXPECT_EQ(reflinks_of(home.path(), data.path()).work, first.work);
}

TEST(CloneFile, CopiesWhatIsSmallAndKeepsItsMode) {
  selftest::TemporaryFolder folder;
  std::ofstream(folder / "a") << "few words";
  fs::permissions(folder / "a", fs::perms::owner_read);
  clone_file(folder / "a", folder / "b");
  EXPECT_EQ(read_file(folder / "b"), "few words");
  EXPECT_EQ(fs::status(folder / "b").permissions(), fs::perms::owner_read);
}

TEST(CloneFile, NeverReplacesAFile) {
  selftest::TemporaryFolder folder;
  std::ofstream(folder / "a") << "a";
  std::ofstream(folder / "b") << "b";
  EXPECT_THROW(clone_file(folder / "a", folder / "b"), Error);
  EXPECT_EQ(read_file(folder / "b"), "b");
}

}  // namespace
}  // namespace prodclone::pg
