#include "server_cluster.hpp"

#include <gtest/gtest.h>

#include <prodclone/base/files.hpp>

#include "server_tuning.hpp"
#include "support/temporary_folder.hpp"

namespace prodclone::pg {
namespace {

namespace fs = std::filesystem;

TEST(ServerCluster, FoldersTellMajorAndLocaleApart) {
  EXPECT_EQ(cluster_folder(15, "C.UTF-8"), "pg15");
  EXPECT_EQ(cluster_folder(15, "de_DE.UTF-8"), "pg15-de_DE.UTF-8");
  EXPECT_EQ(cluster_folder(17, "../x"), "pg17-...x");
}

TEST(ServerCluster, OnlyWhatIsOursIsTouched) {
  const selftest::TemporaryFolder folder;
  for (const auto* name : {"pg15", "pg15-C"}) {
    make_private_directory(folder / name);
    write_file_atomically(folder / name / "PG_VERSION", "15");
    EXPECT_TRUE(is_cluster_entry(folder / name)) << name;
  }
  EXPECT_TRUE(is_cluster_entry(folder / "pg15.init-0123abcd"));
  EXPECT_TRUE(is_cluster_entry(folder / "pg15.boot"));
  make_private_directory(folder / "pg16-notes");
  for (const auto* name :
       {"pg16-notes", "pg15-backup.dump", "pgdump", "pg1", "pg155", "notes.init-1", "server.json", "pgab.boot"})
    EXPECT_FALSE(is_cluster_entry(folder / name)) << name;
}

TEST(ServerCluster, IsRemovedUnderTheNameOfAnUnfinishedOne) {
  const selftest::TemporaryFolder folder;
  for (const auto* name : {"pg15", "pg15.init-0123abcd"}) {
    make_private_directory(folder / name / "base");
    write_file_atomically(folder / name / "base/1", "x");
    remove_cluster(folder / name);
  }
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(ServerTuning, FitsTheMachine) {
  constexpr std::int64_t giga = std::int64_t{1} << 30;
  const auto small = tuned_settings({.memory = {giga / 4}, .cores = 1}, {.major = 13});
  EXPECT_EQ(small.at("shared_buffers"), "64MB");
  EXPECT_EQ(small.at("max_parallel_maintenance_workers"), "1");
  EXPECT_FALSE(small.contains("compute_query_id")) << "unknown to PostgreSQL 13";
  EXPECT_FALSE(small.contains("shared_preload_libraries"));
  const auto large = tuned_settings({.memory = {64 * giga}, .cores = 16, .small_shared_memory = true},
                                    {.major = 15, .pg_stat_statements = true});
  EXPECT_EQ(large.at("shared_buffers"), "2048MB");
  EXPECT_EQ(large.at("maintenance_work_mem"), "1024MB");
  EXPECT_EQ(large.at("max_parallel_maintenance_workers"), "4");
  EXPECT_EQ(large.at("compute_query_id"), "on");
  EXPECT_EQ(large.at("shared_preload_libraries"), "pg_stat_statements");
  EXPECT_EQ(large.at("dynamic_shared_memory_type"), "mmap");
}

TEST(ServerTuning, ValuesAreQuotedForTheConfigurationFile) {
  EXPECT_TRUE(configuration_file({{"a.b", "it's \\"}}).ends_with("a.b = 'it''s \\\\'\n"));
}

}  // namespace
}  // namespace prodclone::pg
