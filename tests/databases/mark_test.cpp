#include <gtest/gtest.h>

#include <prodclone/databases/mark.hpp>

namespace prodclone::databases {

void PrintTo(const Mark& mark, std::ostream* out) { *out << to_comment(mark); }

namespace {

constexpr Use every_use[] = {Use::pristine, Use::migrated, Use::clone,        Use::fresh_base,
                             Use::fresh,    Use::expected, Use::private_copy, Use::scratch};

TEST(Mark, TravelsThroughAComment) {
  for (const auto use : every_use) {
    const Mark mark{.workspace = "w", .project = "bücher \"x\" 'y' \\", .use = use, .key = "k", .run = "r",
                    .made_at = "2026-04-24T10:00:00Z", .note = "stopped before 1\nand 2"};
    EXPECT_EQ(parse_mark(to_comment(mark)), mark);
  }
}

TEST(Mark, UsesHaveDistinctNames) {
  for (const auto use : every_use) EXPECT_EQ(parse_use(to_string(use)), use);
  EXPECT_EQ(parse_use("production"), std::nullopt);
  EXPECT_EQ(parse_use(""), std::nullopt);
}

TEST(Mark, IsReadableInAListOfDatabases) {
  EXPECT_EQ(to_comment({.workspace = "w", .project = "shop", .use = Use::clone, .key = "k", .run = "r", .made_at = "t", .note = "n"}),
            R"(prodclone: {"schema":"prodclone/mark/1","workspace":"w","project":"shop","use":"clone","key":"k","run":"r","made_at":"t","note":"n"})");
}

TEST(Mark, ANoteThatIsNotUtf8StillMakesAComment) {
  const auto mark = parse_mark(to_comment({.project = "shop", .note = "loaded caf\xe9.dump"}));
  ASSERT_TRUE(mark);
  EXPECT_EQ(mark->note, "loaded caf\xef\xbf\xbd.dump");
}

TEST(Mark, ForeignCommentsAreNone) {
  const char* foreign[] = {
      "",
      "default administrative connection database",
      "prodclone",
      "prodclone: the database of the prodclone team",
      "prodclone: ",
      "prodclone: []",
      "prodclone: 1",
      "prodclone: {}",
      R"(prodclone: {"schema":"prodclone/mark/2","use":"clone"})",
      R"(prodclone: {"schema":"prodclone/mark/1","use":"production"})",
      R"(prodclone: {"schema":"prodclone/mark/1"})",
      R"(prodclone: {"schema":"prodclone/mark/1","use":5})",
      R"(prodclone: {"schema":1,"use":"clone"})",
      R"( prodclone: {"schema":"prodclone/mark/1","use":"clone"})",
      R"(prodclone: {"schema":"prodclone/mark/1","use":"clone")",
  };
  for (const auto* comment : foreign) EXPECT_EQ(parse_mark(comment), std::nullopt) << comment;
}

}  // namespace
}  // namespace prodclone::databases
