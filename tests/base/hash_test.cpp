#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/base/hash.hpp>

#include "support/temporary_folder.hpp"

namespace prodclone {
namespace {

// FIPS 180-4 examples.
TEST(Sha256, GivesThePublishedVectors) {
  EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256(std::string(1'000'000, 'a')), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, FieldsDoNotRunIntoEachOther) {
  EXPECT_NE(Sha256().add_field("ab").add_field("c").hex(), Sha256().add_field("a").add_field("bc").hex());
  EXPECT_EQ(Sha256().add("ab").add("c").hex(), sha256("abc"));
}

TEST(Sha256, OfAFileIsThatOfItsContent) {
  const selftest::TemporaryFolder folder;
  write_file_atomically(folder / "big", std::string(3'000'000, 'a'));
  EXPECT_EQ(sha256_of(folder / "big"), sha256(std::string(3'000'000, 'a')));
  EXPECT_THROW(sha256_of(folder / "absent"), Error);
}

TEST(Sha256, OfAFolderSeesNamesAndContents) {
  const selftest::TemporaryFolder a, b;
  for (const auto* folder : {&a, &b}) {
    make_private_directory(*folder / "sub");
    write_file_atomically(*folder / "sub/x", "1");
    write_file_atomically(*folder / "y", "2");
  }
  const auto same = sha256_of(a.path());
  EXPECT_EQ(same, sha256_of(b.path()));
  write_file_atomically(b / "y", "3");
  EXPECT_NE(same, sha256_of(b.path()));
  write_file_atomically(b / "y", "2");
  std::filesystem::rename(b / "y", b / "z");
  EXPECT_NE(same, sha256_of(b.path()));
}

TEST(RandomHex, HasTheLengthAskedForAndDoesNotRepeat) {
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) seen.insert(random_hex(9));
  EXPECT_EQ(seen.size(), 100U);
  EXPECT_EQ(seen.begin()->size(), 9U);
  EXPECT_EQ(seen.begin()->find_first_not_of("0123456789abcdef"), std::string::npos);
}

}  // namespace
}  // namespace prodclone
