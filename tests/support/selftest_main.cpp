#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>

#include <prodclone/process/warden.hpp>

#include "selftest_session.hpp"
#include "server_lease.hpp"

int main(int argc, char** argv) {
  using namespace prodclone;
  if (const auto code = process::serve_as_warden(argc, argv)) return *code;
  if (const auto code = selftest::serve_as_releaser(argc, argv)) return *code;
  testing::InitGoogleMock(&argc, argv);
  int code = RUN_ALL_TESTS();
  try {
    selftest::give_everything_back();
  } catch (const std::exception& error) {
    fmt::print(stderr, "Giving the test server back failed: {}\n", error.what());
    code = code == 0 ? 1 : code;
  }
  return code;
}
