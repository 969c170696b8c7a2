#include <gtest/gtest.h>

#include <prodclone/base/files.hpp>
#include <prodclone/process/child.hpp>

#include "selftest_server.hpp"
#include "server_lease.hpp"
#include "support/eventually.hpp"
#include "support/temporary_folder.hpp"

namespace prodclone::selftest {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

bool has_lease(const process::Identity& holder) {
  for (const auto& entry :
       fs::recursive_directory_iterator(PRODCLONE_SELFTEST_HOME, fs::directory_options::skip_permission_denied))
    if (entry.path().filename() == std::to_string(holder.pid) + "-" + std::to_string(holder.start_ticks) + ".json")
      return true;
  return false;
}

// A shell under the name of ctest, because that name is what a lease is given to.
TEST(SelftestServer, AKilledCtestGivesItsLeaseBack) {
  const auto ours = acquire(holder());  // so that the server itself outlasts the other ctest
  const TemporaryFolder folder;
  fs::copy_file(process::find_program("sh").value(), folder / "ctest");
  const auto ctest = process::start_detached(
      {.arguments = {(folder / "ctest").string(), "-c",
                     std::string(SELFTEST_SERVER) + " start && echo ready && sleep 100; exit 0"},
       .unset = {"PRODCLONE_TEST_SERVER"}},
      folder / "log");
  ASSERT_TRUE(eventually([&] { return read_file(folder / "log").find("ready") != std::string::npos; }, 60s))
      << read_file(folder / "log");
  EXPECT_TRUE(has_lease(ctest));
  process::end_group(ctest, 0ms);
  EXPECT_TRUE(eventually([&] { return !has_lease(ctest); }));
  EXPECT_TRUE(has_lease(holder()));
  EXPECT_TRUE(process::alive(ours.postmaster));
}

TEST(SelftestServer, ScratchDatabasesGoWithTheirOwner) {
  std::string name;
  {
    const ScratchDatabase scratch;
    name = scratch.conninfo().database;
    EXPECT_NE(name, ScratchDatabase().conninfo().database);
  }
  EXPECT_NE(name, "");
}

}  // namespace
}  // namespace prodclone::selftest
