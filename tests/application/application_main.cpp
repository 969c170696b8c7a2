// A main of its own: a program that a test starts has this binary as its warden, and as its owner where that is killed.
#include <gmock/gmock.h>
#include <unistd.h>

#include <string_view>

#include <prodclone/application/program.hpp>
#include <prodclone/process/warden.hpp>

int main(int argc, char** argv) {
  using namespace prodclone;
  if (const auto code = process::serve_as_warden(argc, argv)) return *code;
  if (argc > 4 && std::string_view(argv[1]) == "--own") {
    application::Program program({.command = {argv + 4, argv + argc}, .health = argv[3], .log = std::string(argv[2]) + "/log", .papers = std::string(argv[2]) + "/papers"});
    ::pause();
  }
  testing::InitGoogleMock(&argc, argv);
  return RUN_ALL_TESTS();
}
