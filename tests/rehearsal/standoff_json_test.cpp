#include <prodclone/rehearsal/standoff.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <prodclone/base/error.hpp>

namespace prodclone::rehearsal {
namespace {

using namespace std::chrono_literals;

TEST(StandoffJson, ReadsBackWhatItWrote) {
  const Attempt failed{false, "55P03", "no", 500us}, done{true, "", "", 20us};
  const Standoff full{"1", "one", "public.t", {8192}, 7, Holder::idle_writer, true, "ALTER …", {failed, done}, 1500us, std::nullopt,
                      {{"public.u", LockMode::share}}, Left::partly, done, Left::unchanged};
  const Standoffs all{{full, Standoff{.attempts = {done}}}, {"two: no time left"}};
  EXPECT_EQ(standoffs_from_json(to_json(all)), all);
}

TEST(StandoffJson, AnotherVersionOrWordIsNotGuessed) {
  EXPECT_THROW(standoffs_from_json(R"({"schema": "prodclone/adversary/2", "fought": [], "not_rehearsed": []})"), Error);
  auto text = to_json(Standoffs{{Standoff{}}, {}});
  text.replace(text.find("idle_reader"), 11, "idle_walker");
  EXPECT_THROW(standoffs_from_json(text), Error);
}

}  // namespace
}  // namespace prodclone::rehearsal
