#include <gtest/gtest.h>

#include <prodclone/base/error.hpp>
#include <prodclone/config/project.hpp>

namespace prodclone::config {
namespace {

Project with_sources() {
  Project project{.file = "/shop/prodclone.json"};
  project.sources["file"] = {.name = "file", .path = "/shop/prod.dump"};
  project.sources["prod"] = {.name = "prod", .kind = SourceKind::rds};
  return project;
}

TEST(ChooseSource, TakesWhatWasNamed) {
  auto project = with_sources();
  project.default_source = "prod";
  EXPECT_EQ(choose_source(project, "file").name, "file");
}

TEST(ChooseSource, TakesTheDefaultElse) {
  auto project = with_sources();
  project.default_source = "prod";
  EXPECT_EQ(choose_source(project, std::nullopt).name, "prod");
}

// Declared sources may cost money: none is taken unless it was asked for.
TEST(ChooseSource, TakesTheNewestDumpWhenNothingWasAskedFor) {
  const auto project = with_sources();
  const auto source = choose_source(project, std::nullopt);
  EXPECT_EQ(source.kind, SourceKind::dump);
  EXPECT_EQ(source.name, "dump");
  EXPECT_EQ(source.path, "");
}

TEST(ChooseSource, NamesTheNearestOfAnUnknownOne) {
  const auto project = with_sources();
  try {
    choose_source(project, "prd");
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.failure(), Failure::usage);
    EXPECT_EQ(error.what_failed(), R"(There is no source "prd" in /shop/prodclone.json.)");
    EXPECT_EQ(error.remedy(), R"(Did you mean "prod"?)");
  }
}

TEST(ChooseSource, NamesAllWhenNoneIsNear) {
  const auto remedy_of = [](const Project& project) {
    try {
      choose_source(project, "somewhere");
    } catch (const Error& error) {
      return error.remedy();
    }
    return std::string("nothing was thrown");
  };
  EXPECT_EQ(remedy_of(with_sources()), "Known: file, prod.");
  EXPECT_EQ(remedy_of(Project{.file = "/shop/prodclone.json"}), "No sources are declared there.");
}

}  // namespace
}  // namespace prodclone::config
