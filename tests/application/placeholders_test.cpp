#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <prodclone/application/placeholders.hpp>

namespace prodclone::application {
namespace {

TEST(Placeholders, AreReplacedWhereTheyAreKnown) {
  const Placeholders values{{"port", "80"}, {"document", "{port}"}};
  EXPECT_EQ(filled("http://h:{port}/{port}", values), "http://h:80/80");
  EXPECT_EQ(filled(R"({"a": {"b": 1}, "c": "{document}", "d": {port}})", values), R"({"a": {"b": 1}, "c": "{port}", "d": 80})") << "bodies have braces, and values stay as they are";
  EXPECT_EQ(filled("{unknown} {port", values), "{unknown} {port");
  EXPECT_EQ(filled("", values), "");
}

}  // namespace
}  // namespace prodclone::application
