// The CTest entries selftest.server.start and selftest.server.stop: the shared server for as long as this ctest runs.
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include <prodclone/base/error.hpp>
#include <prodclone/pg/conninfo.hpp>
#include <prodclone/process/warden.hpp>

#include "server_lease.hpp"

namespace {

int serve(std::string_view verb) {
  using namespace prodclone;
  if (const char* url = std::getenv("PRODCLONE_TEST_SERVER"); url != nullptr && *url != '\0') {
    fmt::print("PRODCLONE_TEST_SERVER names {}\n", pg::masked(pg::parse_conninfo(url)));
    return 0;
  }
  const auto ctest = process::ancestor_named("ctest");
  if (!ctest)
    throw Error(Failure::usage, "There is no ctest above this process.",
                "Test binaries start their server themselves.");
  if (verb == "start") {
    const auto record = selftest::acquire(*ctest);
    fmt::print("PostgreSQL {}: {}\n", record.version, pg::masked(record.conninfo()));
    return 0;
  }
  if (verb == "stop") {
    selftest::release(*ctest);
    return 0;
  }
  throw Error(Failure::usage, "The argument is neither start nor stop.");
}

}  // namespace

int main(int argc, char** argv) {
  if (const auto code = prodclone::process::serve_as_warden(argc, argv)) return *code;
  if (const auto code = prodclone::selftest::serve_as_releaser(argc, argv)) return *code;
  try {
    return serve(argc == 2 ? argv[1] : "");
  } catch (const prodclone::Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return exit_code(error.failure());
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
