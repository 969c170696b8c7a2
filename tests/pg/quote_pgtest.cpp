#include <gtest/gtest.h>

#include <prodclone/base/quantities.hpp>
#include <prodclone/pg/quote.hpp>
#include <prodclone/pg/result.hpp>
#include <prodclone/pg/session.hpp>

#include "support/selftest_server.hpp"

namespace prodclone::pg {
namespace {

const std::vector<std::string> nasty{"a",    "A b", "it's", "\"",     "'\"'", "\\",        "\\'", "$1",
                                     "a;--", "/*",  "äöü",  "select", "1a",   "new\nline", "{}",  "E'x'"};

class Quote : public testing::Test {
 protected:
  selftest::ScratchDatabase scratch_;
  Session session_{scratch_.conninfo()};
};

TEST_F(Quote, LiteralsComeBackAsTheyWere) {
  for (const std::string setting : {"on", "off"}) {
    session_.execute("SET standard_conforming_strings = " + setting);
    for (const auto& value : nasty)
      EXPECT_EQ(session_.query("SELECT " + quote_literal(value) + " AS v").text(0, "v"), value) << setting;
  }
  EXPECT_EQ(session_.query("SELECT " + quote_literal("") + " AS v").optional_text(0, "v"), "");
}

TEST_F(Quote, NamesComeBackAsTheyWere) {
  for (const auto& name : nasty) {
    EXPECT_EQ(session_.query("SELECT 1 AS " + quote_identifier(name)).columns().at(0), name);
    EXPECT_EQ(session_.query("SELECT 1 AS " + quote_identifier_if_needed(name)).columns().at(0), name);
  }
  session_.execute("CREATE SCHEMA " + quote_identifier("a.\"b"));
  session_.execute("CREATE TABLE " + qualified("a.\"b", "c'd") + " (x int)");
  EXPECT_EQ(session_.query("SELECT relname FROM pg_catalog.pg_class WHERE relname = $1", {"c'd"}).rows(), 1U);
}

TEST_F(Quote, EveryWordThatTheServerQuotesIsQuoted) {
  const auto words =
      session_.query("SELECT word, catcode, pg_catalog.quote_ident(word) AS quoted FROM pg_catalog.pg_get_keywords()");
  ASSERT_GT(words.rows(), 400U);
  for (std::size_t row = 0; row < words.rows(); ++row) {
    const auto& word = words.text(row, "word");
    const auto ours = quote_identifier_if_needed(word);
    if (words.text(row, "quoted") != word) {
      EXPECT_EQ(ours, words.text(row, "quoted"));
    }
  }
  for (const auto* name : {"id", "tenant", "legal_entity_id", "_x", "name", "type", "value"})
    EXPECT_EQ(quote_identifier_if_needed(name), name);
}

TEST_F(Quote, ArraysGoThereAndBack) {
  const auto result = session_.query("SELECT $1::text[] AS there, ARRAY[NULL, 'a b', '', 'NULL', E'q\"\\\\'] AS back",
                                     {array_literal(nasty)});
  EXPECT_EQ(result.texts(0, "there"), nasty);
  EXPECT_EQ(result.texts(0, "back"), (std::vector<std::string>{"", "a b", "", "NULL", "q\"\\"}));
}

TEST_F(Quote, SizesReadAsTheServerPrintsThem) {
  for (const std::int64_t size : {0LL, 1LL, 10239LL, 10240LL, 518151168LL, 10485247LL, 10485248LL, 123456789012LL,
                                  -20480LL, 9007199254740992LL}) {
    const auto printed =
        session_.query("SELECT pg_catalog.pg_size_pretty($1::bigint) AS p", {std::to_string(size)}).text(0, "p");
    // PostgreSQL 14 and older stop at TB.
    if (session_.server_major() >= 15 || printed.find("TB") == std::string::npos) {
      EXPECT_EQ(to_string(Bytes{size}), printed);
    }
  }
}

}  // namespace
}  // namespace prodclone::pg
