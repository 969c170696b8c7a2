#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>

#include "support/eventually.hpp"
#include "support/temporary_folder.hpp"

namespace prodclone {
namespace {

namespace fs = std::filesystem;
using selftest::TemporaryFolder;
using testing::HasSubstr;

mode_t mode_of(const fs::path& path) {
  struct stat facts {};
  EXPECT_EQ(::lstat(path.c_str(), &facts), 0) << path;
  return facts.st_mode & 07777;
}

TEST(Files, ReadGivesBackWhatWasWritten) {
  const TemporaryFolder folder;
  const std::string content("a\0b\r\n", 5);
  write_file_atomically(folder / "f", content);
  EXPECT_EQ(read_file(folder / "f"), content);
  write_file_atomically(folder / "f", "");
  EXPECT_EQ(read_file(folder / "f"), "");
}

TEST(Files, AreNotReadableByOthersWhateverTheUmask) {
  const TemporaryFolder folder;
  const auto before = ::umask(0);
  write_file_atomically(folder / "f", "secret");
  make_private_directory(folder / "a/b");
  ::umask(before);
  EXPECT_EQ(mode_of(folder / "f"), 0600U);
  EXPECT_EQ(mode_of(folder / "a"), 0700U);
  EXPECT_EQ(mode_of(folder / "a/b"), 0700U);
}

TEST(Files, ReadersSeeTheOldContentOrTheNewNeverAPart) {
  const TemporaryFolder folder;
  const std::string a(300'000, 'a'), b(200'000, 'b');
  write_file_atomically(folder / "f", a);
  std::atomic<bool> done = false;
  std::thread writer([&] {
    for (int i = 0; i < 50; ++i) write_file_atomically(folder / "f", i % 2 == 0 ? b : a);
    done = true;
  });
  int wrong = 0;
  while (!done) {
    const auto seen = read_file(folder / "f");
    if (seen != a && seen != b) ++wrong;
  }
  writer.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()), 1)
      << "temporary files stay";
}

TEST(Files, WritingReplacesALinkAndNotWhatItPointsTo) {
  const TemporaryFolder folder;
  write_file_atomically(folder / "target", "kept");
  fs::create_symlink(folder / "target", folder / "f");
  write_file_atomically(folder / "f", "new");
  EXPECT_EQ(read_file(folder / "target"), "kept");
}

TEST(Files, AFailureNamesTheFileAndTheReason) {
  const TemporaryFolder folder;
  for (const auto& attempt : std::vector<std::function<void()>>{
           [&] { read_file(folder / "absent/f"); }, [&] { write_file_atomically(folder / "absent/f", ""); }}) {
    try {
      attempt();
      ADD_FAILURE() << "nothing was thrown";
    } catch (const Error& error) {
      EXPECT_EQ(error.failure(), Failure::could_not_check);
      EXPECT_THAT(error.what(), HasSubstr("absent/f: No such file or directory"));
    }
  }
  EXPECT_THROW(read_file(folder.path()), Error) << "a directory has no content";
}

TEST(Files, AnAbsentFileIsNoContentButABrokenPathIsAnError) {
  const TemporaryFolder folder;
  EXPECT_EQ(read_file_if_present(folder / "absent"), std::nullopt);
  fs::create_symlink(folder / "loop", folder / "loop");
  EXPECT_THROW(read_file_if_present(folder / "loop"), Error);
}

TEST(Files, AFileInTheWayOfADirectoryIsAnError) {
  const TemporaryFolder folder;
  write_file_atomically(folder / "f", "");
  EXPECT_THROW(make_private_directory(folder / "f"), Error);
  make_private_directory(folder / "d");
  EXPECT_NO_THROW(make_private_directory(folder / "d"));
}

TEST(FileLock, IsHeldByOneAndFreedByItsDestructor) {
  const TemporaryFolder folder;
  {
    const FileLock held(folder / "lock");
    EXPECT_EQ(FileLock::try_lock(folder / "lock"), std::nullopt);
  }
  EXPECT_NE(FileLock::try_lock(folder / "lock"), std::nullopt);
}

TEST(FileLock, WaitsForItsTurn) {
  const TemporaryFolder folder;
  auto held = std::make_unique<FileLock>(folder / "lock");
  std::atomic<bool> got = false, trying = false;
  std::thread waiter([&] {
    trying = true;
    const FileLock second(folder / "lock");
    got = true;
  });
  EXPECT_TRUE(selftest::eventually([&] { return trying.load(); }));
  EXPECT_FALSE(got);
  held.reset();
  waiter.join();
  EXPECT_TRUE(got);
}

TEST(FileLock, OfARemovedFileDoesNotCountForTheNextOne) {
  const TemporaryFolder folder;
  auto held = std::make_unique<FileLock>(folder / "lock");
  std::atomic<bool> got = false;
  std::thread waiter([&] {
    const FileLock second(folder / "lock");
    got = true;
    EXPECT_EQ(FileLock::try_lock(folder / "lock"), std::nullopt)
        << "the waiter locked a file that nobody else can find";
  });
  fs::remove(folder / "lock");
  held.reset();
  waiter.join();
  EXPECT_TRUE(got);
}

TEST(FileLock, DiesWithItsOwner) {
  const TemporaryFolder folder;
  const pid_t owner = ::fork();
  if (owner == 0) {
    const FileLock held(folder / "lock");
    ::pause();
    ::_exit(0);
  }
  EXPECT_TRUE(
      selftest::eventually([&] { return fs::exists(folder / "lock") && !FileLock::try_lock(folder / "lock"); }));
  ::kill(owner, SIGKILL);
  ::waitpid(owner, nullptr, 0);
  EXPECT_NE(FileLock::try_lock(folder / "lock"), std::nullopt);
}

}  // namespace
}  // namespace prodclone
