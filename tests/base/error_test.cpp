#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <prodclone/base/error.hpp>

namespace prodclone {
namespace {

TEST(Error, SaysWhatFailedThenWhatItWasDoingThenWhatToDo) {
  Error error(Failure::could_not_check, "There is no dump.", "Run prodclone clone.");
  error.while_doing("loading dump/prod.dump");
  error.while_doing("rehearsing");
  EXPECT_STREQ(error.what(),
               "There is no dump.\n"
               "  while rehearsing: loading dump/prod.dump\n"
               "  Run prodclone clone.");
  EXPECT_EQ(error.what_failed(), "There is no dump.");
  EXPECT_EQ(error.remedy(), "Run prodclone clone.");
}

TEST(Error, LeavesOutWhatItDoesNotKnow) {
  EXPECT_STREQ(Error(Failure::usage, "No.").what(), "No.");
}

TEST(Error, ExitCodesAreThoseOfTheCommandLine) {
  EXPECT_EQ(exit_code(Failure::check_failed), 1);
  EXPECT_EQ(exit_code(Failure::migration_failed), 2);
  EXPECT_EQ(exit_code(Failure::could_not_check), 6);
  EXPECT_EQ(exit_code(Failure::cleanup_incomplete), 7);
  EXPECT_EQ(exit_code(Failure::refused), 8);
}

struct Special : Error {
  using Error::Error;
};

TEST(Doing, AddsItsPhraseAndKeepsTheTypeOfTheError) {
  try {
    doing("counting rows", []() -> int { throw Special(Failure::check_failed, "Too few."); });
    FAIL() << "nothing was thrown";
  } catch (const Special& error) {
    EXPECT_EQ(error.doing(), "counting rows");
  }
}

TEST(Doing, HandsOverWhatTheWorkReturns) {
  int value = 1;
  doing("changing", [&]() -> int& { return value; }) = 2;
  EXPECT_EQ(value, 2);
}

}  // namespace
}  // namespace prodclone
