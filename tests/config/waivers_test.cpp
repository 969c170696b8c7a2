#include <prodclone/config/waivers.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>

namespace prodclone::config {
namespace {

using testing::HasSubstr;

class WaiversFile : public testing::Test {
 protected:
  Waivers read(const std::string& text) const {
    write_file_atomically(file_, text);
    return read_waivers(file_);
  }
  std::string refusal(const std::string& text) const {
    try {
      read(text);
    } catch (const Error& error) {
      EXPECT_EQ(error.failure(), Failure::usage);
      return error.what();
    }
    return "nothing was thrown";
  }
  void TearDown() override { std::filesystem::remove(file_); }

 private:
  std::filesystem::path file_ = std::filesystem::path(testing::TempDir()) /
                                (std::string("waivers_") + testing::UnitTest::GetInstance()->current_test_info()->name() + ".json");
};

TEST_F(WaiversFile, IsReadKindByKind) {
  const auto waivers = read(R"({
    "leftovers": [{"word": "legal_entity", "reason": "history", "until": "2027-01-31"}],
    "leftovers_left": [{"kind": "invalid_index", "name": "public.i", "reason": "rebuilt at night", "until": "2027-02-28"}],
    "down_losses": [{"migration": "7", "table": "public.t", "column": "c", "reason": "derived", "until": "2027-03-31"}],
    "irreversible": [{"migration": "8-*", "reason": "drops the archive", "until": "2999-12-31"}]})");
  ASSERT_EQ(waivers.leftovers.size(), 1U);
  EXPECT_EQ(waivers.leftovers[0].word, "legal_entity");
  EXPECT_EQ(waivers.leftovers[0].kind, "*");
  ASSERT_EQ(waivers.leftovers_left.size(), 1U);
  EXPECT_EQ(waivers.leftovers_left[0].kind, "invalid_index");
  EXPECT_EQ(waivers.leftovers_left[0].until, std::chrono::year_month_day(std::chrono::year(2027), std::chrono::month(2), std::chrono::day(28)));
  ASSERT_EQ(waivers.down_losses.size(), 1U);
  EXPECT_EQ(waivers.down_losses[0].column, "c");
  ASSERT_EQ(waivers.irreversible.size(), 1U);
  EXPECT_EQ(waivers.irreversible[0].migration, "8-*");
  EXPECT_EQ(waivers.irreversible[0].until.year(), std::chrono::year(2999)) << "for ever is not in the past";
}

TEST_F(WaiversFile, RefusesOneWithoutAReasonOrAnEnd) {
  EXPECT_THAT(refusal(R"({"leftovers_left": [{"kind": "invalid_index", "until": "2027-01-31"}]})"), HasSubstr("leftovers_left[0] needs reason and until"));
  EXPECT_THAT(refusal(R"({"irreversible": [{"migration": "8", "reason": "r"}]})"), HasSubstr("irreversible[0] needs reason and until"));
  EXPECT_THAT(refusal(R"({"irreversible": [{"reason": "r", "until": "2027-01-31"}]})"), HasSubstr("irreversible[0] needs migration"));
  EXPECT_THAT(refusal(R"({"leftovers": [{"reason": "r", "until": "next year"}]})"), HasSubstr("until is not a day: next year"));
  EXPECT_THAT(refusal(R"({"leftovers": [{"reason": "r", "until": "2027-02-30"}]})"), HasSubstr("until is not a day"));
}

TEST_F(WaiversFile, SaysWhichDifferencesAreAccepted) {
  const auto waivers = read(R"({"differences": [{"name": "public.i*", "reason": "made by hand", "until": "2027-01-31"},
                                               {"of": "fresh", "kind": "index", "name": "public.j", "change": "removed", "reason": "r", "until": "2027-01-31"}]})");
  ASSERT_EQ(waivers.differences.size(), 2U);
  EXPECT_EQ(waivers.differences[0].of, "both");
  EXPECT_EQ(waivers.differences[0].kind, "*");
  EXPECT_EQ(waivers.differences[1].change, "removed");
  EXPECT_THAT(refusal(R"({"differences": [{"reason": "r", "until": "2027-01-31"}]})"), HasSubstr("differences[0] needs name"));
  EXPECT_THAT(refusal(R"({"differences": [{"name": "x", "of": "production", "reason": "r", "until": "2027-01-31"}]})"), HasSubstr("declared"));
  EXPECT_THAT(refusal(R"({"differences": [{"name": "x", "change": "dropped", "reason": "r", "until": "2027-01-31"}]})"), HasSubstr("renamed"));
}

TEST_F(WaiversFile, NamesAnUnknownKeyAndTheNearest) {
  EXPECT_THAT(refusal(R"({"down_loses": []})"), HasSubstr("down_losses"));
}

TEST_F(WaiversFile, SaysWhichDataMayBeLostOrChanged) {
  const auto waivers = read(R"({"losses": [{"migration": "1-a", "table": "t", "reason": "empty since 2020", "until": "2026-12-31"},
                                          {"migration": "1-a", "table": "t", "column": "c", "change": "content", "reason": "trimmed", "until": "2026-12-31"}]})");
  ASSERT_EQ(waivers.losses.size(), 2U);
  EXPECT_EQ(waivers.losses[0].change, AcceptedChange::lost);
  EXPECT_EQ(waivers.losses[0].column, "");
  EXPECT_EQ(waivers.losses[1].change, AcceptedChange::content);
  EXPECT_EQ(waivers.losses[1].until, std::chrono::year(2026) / std::chrono::month(12) / std::chrono::day(31));
}

TEST_F(WaiversFile, NeedsOfALossAllThatMakesItReviewable) {
  EXPECT_THAT(refusal(R"({"losses": [{"migration": "1-a", "table": "t", "until": "2026-12-31"}]})"), HasSubstr("needs reason and until"));
  EXPECT_THAT(refusal(R"({"losses": [{"table": "t", "reason": "r", "until": "2026-12-31"}]})"), HasSubstr("needs migration and table"));
  EXPECT_THAT(refusal(R"({"losses": [{"migration": "1-a", "table": "t", "reason": "r", "until": "2026-12-31", "change": "gone"}]})"), HasSubstr("change"));
  EXPECT_THAT(refusal(R"({"losses": [{"migration": "1-a", "tabel": "t", "reason": "r", "until": "2026-12-31"}]})"), HasSubstr("tabel"));
}

}  // namespace
}  // namespace prodclone::config
