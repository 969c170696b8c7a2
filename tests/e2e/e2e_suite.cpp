// A suite for the census to count: one case that runs and one that somebody disabled.
#include <gtest/gtest.h>

TEST(Claims, HoldsWater) { SUCCEED(); }
TEST(Claims, DISABLED_IsNeverChecked) { FAIL(); }
