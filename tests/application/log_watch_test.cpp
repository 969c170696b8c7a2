#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <prodclone/application/log_watch.hpp>

namespace prodclone::application {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string pattern_of(const std::string& line) {
  const auto matches = matches_in(line, default_log_patterns());
  return matches.empty() ? "" : matches.front().pattern;
}

TEST(DefaultLogPatterns, TellWhatServersDriversAndLibrariesWrite) {
  EXPECT_EQ(pattern_of(R"(ERROR:  column "legal_entity_id" does not exist)"), "undefined_column");
  EXPECT_EQ(pattern_of(R"(org.postgresql.util.PSQLException: ERROR: column d.legal_entity_id does not exist)"), "undefined_column");
  EXPECT_EQ(pattern_of(R"(psycopg2.errors.UndefinedColumn: column "x" of relation "t" does not exist)"), "undefined_column");
  EXPECT_EQ(pattern_of(R"(PG::UndefinedTable: ERROR:  relation "legal_entity" does not exist)"), "undefined_table");
  EXPECT_EQ(pattern_of("ERROR: function legal_entity_documents(bigint) does not exist"), "undefined_object");
  EXPECT_EQ(pattern_of(R"(ERROR: type "legal_entity_state" does not exist)"), "undefined_object");
  EXPECT_EQ(pattern_of("ERROR: permission denied for table tenant"), "permission_denied");
  EXPECT_EQ(pattern_of(R"(insert or update on table "a" violates foreign key constraint "b")"), "foreign_key_violation");
  EXPECT_EQ(pattern_of(R"(null value in column "a" violates not-null constraint)"), "constraint_violation");
  EXPECT_EQ(pattern_of(R"(ERROR: invalid input value for enum kind: "legal_entity")"), "invalid_value");
  EXPECT_EQ(pattern_of("json.decoder.JSONDecodeError: Expecting value"), "decode_error");
  EXPECT_EQ(pattern_of("could not decode the payload"), "decode_error");
  EXPECT_EQ(pattern_of("WARN outbox 12: payload key mismatch: tenant_id is missing"), "payload_key_mismatch");
  EXPECT_EQ(pattern_of("KeyError: 'tenant_id'"), "payload_key_mismatch");
  EXPECT_EQ(pattern_of("Traceback (most recent call last):"), "stack_trace");
  EXPECT_EQ(pattern_of("\tat com.shop.Documents.list(Documents.java:17)"), "stack_trace");
  EXPECT_EQ(pattern_of("panic: runtime error: index out of range"), "stack_trace");
  EXPECT_EQ(pattern_of("QueryFailedError (SQLSTATE 42P01)"), "sqlstate");
  EXPECT_EQ(pattern_of("{ severity: 'ERROR', code: '23505' }"), "sqlstate");
  EXPECT_EQ(pattern_of("ERROR:  42703: it failed"), "sqlstate");
}

TEST(DefaultLogPatterns, SaySoOnlyOfSuchLines) {
  for (const char* line : {"INFO listening on 127.0.0.1:42000", "GET /documents 200 in 23 ms", "parse_errors=0 decoded=17", "request took 42000 ms", "ERROR budget 23000 of 42000",
                           "the schema is up to date", "column widths adjusted", "cache key not used", "migrated 42703 rows", "at 12:30 the worker woke (pool: 4)"})
    EXPECT_EQ(pattern_of(line), "") << line;
}

TEST(LogWatch, CountsLinesAndShowsTheFirst) {
  const auto matches = matches_in("fine\nKeyError: 'a'\nfine\nKeyError: 'b'\n", default_log_patterns());
  ASSERT_EQ(matches.size(), 1U);
  EXPECT_EQ(matches[0].count, 2U);
  EXPECT_THAT(matches[0].lines, ElementsAre("2: KeyError: 'a'", "4: KeyError: 'b'"));
}

TEST(LogWatch, ShowsALineThatComesAgainOnce) {
  const auto matches = matches_in("10:01 KeyError: 'a'\n10:02 KeyError: 'a'\n10:03 KeyError: 'b'\n", default_log_patterns());
  ASSERT_EQ(matches.size(), 1U);
  EXPECT_EQ(matches[0].count, 3U);
  EXPECT_THAT(matches[0].lines, ElementsAre("1: 10:01 KeyError: 'a'", "3: 10:03 KeyError: 'b'"));
}

TEST(LogWatch, LeavesOutWhatIsAccepted) {
  EXPECT_THAT(matches_in("KeyError: 'known'\n", default_log_patterns(), {"'known'"}), IsEmpty());
}

TEST(LogWatch, TheProjectAddsReplacesAndSwitchesOff) {
  config::Application application;
  application.log_patterns = {{"oops", "oops"}, {"stack_trace", ""}, {"decode_error", "cannot read"}};
  const auto patterns = log_patterns(application);
  const auto names = [&](const std::string& log) {
    std::vector<std::string> found;
    for (const auto& match : matches_in(log, patterns)) found.push_back(match.pattern);
    return found;
  };
  EXPECT_THAT(names("Oops\n"), ElementsAre("oops"));
  EXPECT_THAT(names("Traceback (most recent call last):\n"), IsEmpty());
  EXPECT_THAT(names("could not decode\ncannot read\n"), ElementsAre("decode_error"));
}

TEST(LogWatch, ALineOfAMegabyteIsNoTrouble) {
  EXPECT_THAT(matches_in("KeyError " + std::string(1 << 20, 'x') + "\n", default_log_patterns()), testing::SizeIs(1));
}

}  // namespace
}  // namespace prodclone::application
