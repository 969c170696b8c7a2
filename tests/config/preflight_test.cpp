#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <prodclone/config/waivers.hpp>

#include "project_folder.hpp"

namespace prodclone::config {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class PreflightTest : public testing::Test {
 protected:
  // Beside a live source and one that is a dump.
  static std::string project(const std::string& preflight) {
    return R"({"sources": {"prod": {"kind": "url", "url_env": "U"}, "file": {"path": "p"}}, "preflight": )" + preflight + "}";
  }
  ProjectFolder folder_;
};

TEST_F(PreflightTest, ReadsTheSourceAndItsLimits) {
  const auto preflight = folder_.parse(project(R"({"source": "prod", "transaction_s": 5, "slot_retained_mb": 2, "sequence_percent": 80, "free_disk_mb": 3})")).preflight;
  EXPECT_EQ(preflight.source, "prod");
  EXPECT_EQ(preflight.transaction, 5s);
  EXPECT_EQ(preflight.prepared, 300s);
  EXPECT_EQ(preflight.slot_retained.count, 2 << 20);
  EXPECT_EQ(preflight.sequence_percent, 80);
  EXPECT_EQ(preflight.free_disk, Bytes{3 << 20});
}

TEST_F(PreflightTest, TheSourceMustBeALiveServer) {
  EXPECT_EQ(folder_.error_of(project(R"({"source": "file"})")).what_failed(), "preflight.source \"file\" is no live server.");
  EXPECT_EQ(folder_.error_of(project(R"({"source": "prdo"})")).remedy(), "Did you mean \"prod\"?");
}

TEST_F(PreflightTest, RefusesLimitsOutOfRange) {
  EXPECT_THAT(folder_.error_of(project(R"({"transaction_s": -1})")).what_failed(), HasSubstr("preflight.transaction_s must be a number of seconds"));
  EXPECT_THAT(folder_.error_of(project(R"({"sequence_percent": 101})")).what_failed(), HasSubstr("preflight.sequence_percent must be a number from 0 to 100"));
}

TEST_F(PreflightTest, AWaiverNamesItsCheck) {
  folder_.write("waivers.json", R"({"preflight": [{"check": "slot", "object": "left", "reason": "r", "until": "2027-01-31"}]})");
  EXPECT_EQ(read_waivers(folder_.root() / "waivers.json").preflight.at(0).object, "left");
  folder_.write("waivers.json", R"({"preflight": [{"reason": "r", "until": "2027-01-31"}]})");
  EXPECT_THROW(read_waivers(folder_.root() / "waivers.json"), Error);
}

}  // namespace
}  // namespace prodclone::config
