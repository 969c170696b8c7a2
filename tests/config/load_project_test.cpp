#include <gtest/gtest.h>

#include "project_folder.hpp"

namespace prodclone::config {
namespace {

class LoadProjectTest : public testing::Test {
 protected:
  ProjectFolder folder_;
};

TEST_F(LoadProjectTest, WalksUpToTheNearestFile) {
  folder_.write("prodclone.json", R"({"project": "outer"})");
  folder_.write("a/b/c/file");
  EXPECT_EQ(load_project(std::nullopt, folder_.root() / "a/b/c").name, "outer");
  EXPECT_EQ(load_project(std::nullopt, folder_.root()).file, folder_.file());
  folder_.write("a/b/prodclone.json", R"({"project": "inner", "migrations": {"layout": "command"}})");
  const auto inner = load_project(std::nullopt, folder_.root() / "a/b/c");
  EXPECT_EQ(inner.name, "inner");
  EXPECT_EQ(inner.root, folder_.root() / "a/b");
}

TEST_F(LoadProjectTest, AFolderOfThatNameIsPassedOver) {
  folder_.write("prodclone.json", R"({"project": "outer"})");
  folder_.write("a/prodclone.json/file");
  EXPECT_EQ(load_project(std::nullopt, folder_.root() / "a").name, "outer");
}

TEST_F(LoadProjectTest, ANamedFileIsReadWhereverItIs) {
  folder_.write("prodclone.json", R"({"project": "found"})");
  folder_.write("other.json", R"({"project": "named"})");
  EXPECT_EQ(load_project(folder_.root() / "other.json", folder_.root()).name, "named");
}

TEST_F(LoadProjectTest, AVariableChoosesSingleCopyModeForOneRun) {
  folder_.write("prodclone.json", "{}");
  const auto file = folder_.file();
  const auto said = [&](const char* value) {
    ::setenv("PRODCLONE_SINGLE_COPY", value, 1);
    const auto single = load_project(file, ".").databases.single_copy;
    ::unsetenv("PRODCLONE_SINGLE_COPY");
    return single;
  };
  EXPECT_FALSE(load_project(file, ".").databases.single_copy);
  EXPECT_TRUE(said("1"));
  EXPECT_FALSE(said("0"));
  EXPECT_FALSE(said(""));
  folder_.write("prodclone.json", R"({"databases": {"single_copy": true}})");
  EXPECT_TRUE(load_project(file, ".").databases.single_copy);
  EXPECT_FALSE(said("0"));
  EXPECT_THROW(said("yes"), Error);
  ::unsetenv("PRODCLONE_SINGLE_COPY");
}

TEST_F(LoadProjectTest, AMissingFileIsAUsageError) {
  const auto error_of = [](const std::optional<std::filesystem::path>& file, const std::filesystem::path& start) {
    try {
      load_project(file, start);
    } catch (const Error& error) {
      return error;
    }
    return Error(Failure::check_failed, "nothing was thrown");
  };
  const auto named = error_of(folder_.root() / "none.json", folder_.root());
  EXPECT_EQ(named.failure(), Failure::usage);
  EXPECT_EQ(named.what_failed(), "There is no file " + (folder_.root() / "none.json").string() + ".");

  const auto found = error_of(std::nullopt, folder_.root());
  EXPECT_EQ(found.failure(), Failure::usage);
  EXPECT_EQ(found.what_failed(), "No prodclone.json was found in " + folder_.root().string() + " or above.");
  EXPECT_EQ(found.remedy(), "`prodclone init` writes one, in the repository's folder; or name it with --config.");
}

}  // namespace
}  // namespace prodclone::config
