#include <gmock/gmock.h>

#include <prodclone/schema/causes.hpp>
#include <prodclone/schema/kinds.hpp>

namespace prodclone::schema {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

TEST(Causes, AConstraintThatKeptItsNameIsSaidToHaveKeptIt) {
  EXPECT_THAT(std::string(usual_cause({.change = Change::renamed, .kind = "primary_key"})), HasSubstr("kept its old name"));
}

TEST(Causes, WhatIsTouchedDecides) {
  const Difference labels{.kind = "type", .touched = {{"labels", "'a', 'b'", "'b', 'a'"}}};
  EXPECT_THAT(std::string(usual_cause(labels)), HasSubstr("ADD VALUE"));
  const Difference range{.kind = "type", .touched = {{"range", "x", "y"}}};
  EXPECT_THAT(usual_cause(range), IsEmpty());
}

TEST(Causes, NothingIsSaidOfATableThatIsMissing) {
  EXPECT_THAT(usual_cause({.change = Change::removed, .kind = "table"}), IsEmpty());
}

TEST(Causes, NameKindsThatThereAre) {
  for (const auto& cause : causes()) {
    EXPECT_TRUE(std::string_view(cause.text).ends_with('.') || std::string_view(cause.text).ends_with('?')) << cause.text;
    std::string_view kinds_of = cause.kinds;
    while (!kinds_of.empty()) {
      const auto end = std::min(kinds_of.find(' '), kinds_of.size());
      const auto word = kinds_of.substr(0, end);
      EXPECT_TRUE(std::any_of(kinds().begin(), kinds().end(), [&](const Kind& kind) { return kind.name == word; })) << word;
      kinds_of.remove_prefix(std::min(end + 1, kinds_of.size()));
    }
  }
}

}  // namespace
}  // namespace prodclone::schema
