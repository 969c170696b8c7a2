#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <prodclone/pg/result.hpp>
#include <prodclone/pg/sql_error.hpp>

namespace prodclone::pg {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Result, ReadsNullsAsNothing) {
  const Result result({"a", "b"}, {"7", std::nullopt, "", "t"});
  EXPECT_EQ(result.rows(), 2U);
  EXPECT_EQ(result.integer(0, "a"), 7);
  EXPECT_TRUE(result.is_null(0, "b"));
  EXPECT_EQ(result.optional_text(0, "b"), std::nullopt);
  EXPECT_EQ(result.optional_text(1, "a"), "");
  EXPECT_FALSE(result.boolean(0, "b"));
  EXPECT_TRUE(result.boolean(1, "b"));
}

TEST(Result, OurOwnMistakesAreLogicErrors) {
  const Result result({"a"}, {"7x"});
  EXPECT_THROW(result.text(0, "b"), std::logic_error);
  EXPECT_THROW(result.text(1, "a"), std::logic_error);
  EXPECT_THROW(result.integer(0, "a"), std::logic_error);
  EXPECT_THROW(result.real(0, "a"), std::logic_error);
}

TEST(Result, CountsAffectedRowsFromTheTag) {
  EXPECT_EQ(Result({}, {}, "INSERT 0 5").affected_rows(), 5);
  EXPECT_EQ(Result({}, {}, "UPDATE 3").affected_rows(), 3);
  EXPECT_EQ(Result({}, {}, "CREATE TABLE").affected_rows(), 0);
  EXPECT_EQ(Result({}, {}, "").affected_rows(), 0);
}

TEST(Array, ReadsWhatPostgresqlPrints) {
  EXPECT_THAT(parse_array("{}"), IsEmpty());
  EXPECT_THAT(parse_array(""), IsEmpty());
  EXPECT_THAT(parse_array(R"({a,"b c",NULL,"NULL","",x"y"})"), ElementsAre("a", "b c", "", "NULL", "", "xy"));
  EXPECT_THAT(parse_array(R"({"a\"b","c\\d","e,f","{}"})"), ElementsAre("a\"b", "c\\d", "e,f", "{}"));
  EXPECT_THAT(parse_array("[0:1]={a,b}"), ElementsAre("a", "b"));
}

TEST(Array, SurvivesItsOwnLiteral) {
  const std::vector<std::string> values{"", "a", "NULL", "b c", "\"", "\\", "{,}", "ä\n"};
  EXPECT_EQ(parse_array(array_literal(values)), values);
  EXPECT_EQ(array_literal({}), "{}");
}

TEST(SqlError, KnowsCodesClassesAndWhatMayBeTriedAgain) {
  const SqlError unique({.sqlstate = "23505",
                         .message = "duplicate key",
                         .detail = "Key (id)=(1) already exists.",
                         .hint = "none",
                         .statement = "INSERT"});
  EXPECT_TRUE(unique.is("23505"));
  EXPECT_TRUE(unique.is("23"));
  EXPECT_FALSE(unique.is("23503"));
  EXPECT_FALSE(unique.retryable());
  EXPECT_FALSE(unique.connection_lost());
  EXPECT_STREQ(unique.what(),
               "duplicate key (SQLSTATE 23505).\n"
               "  detail: Key (id)=(1) already exists.\n"
               "  statement: INSERT\n"
               "  Hint: none");
  EXPECT_TRUE(SqlError({.sqlstate = "40P01"}).retryable());
  EXPECT_TRUE(SqlError({.sqlstate = "57P01"}).connection_lost());
  EXPECT_TRUE(SqlError({.message = "gone"}).connection_lost());
}

}  // namespace
}  // namespace prodclone::pg
