#include <prodclone/dump/manifest.hpp>

#include <gmock/gmock.h>

#include <prodclone/base/error.hpp>

#include "scratch.hpp"

namespace prodclone::dump {
namespace {

using namespace std::chrono_literals;
using selftest::ScratchFolder;
using selftest::write;
using testing::HasSubstr;

Manifest example() {
  return {.source = "host=db port=5432 user=orcha dbname=orcha", .database = "orcha", .server_version = "15.20", .server_major = 15,
          .pg_dump_version = "17.2", .taken_at = parse_iso8601("2026-04-24T10:00:00Z"), .size = {12345}, .sha256 = std::string(64, 'a'),
          .identity = "1:2:3", .roles = {"a", "B \"b\""}, .extensions = {{"hstore", "1.8"}}, .settings = {{"", "search_path", "\"$user\", public"}, {"a", "x.y", "z"}},
          .encoding = "UTF8", .lc_collate = "C", .lc_ctype = "de_DE.UTF-8", .timezone = "Europe/Berlin", .schema_fingerprint = "f"};
}

TEST(Manifest, SurvivesJson) {
  EXPECT_EQ(manifest_from_json(to_json(example()), "m"), example());
  const Manifest nothing{.taken_at = parse_iso8601("2026-04-24T10:00:00Z")};
  EXPECT_EQ(manifest_from_json(to_json(nothing), "m"), nothing);
}

TEST(Manifest, SaysWhichOneCannotBeRead) {
  for (const std::string text : {"", "{}", "[1]", R"({"schema": "prodclone/dump-manifest/2"})", R"({"schema": "prodclone/dump-manifest/1"})"}) {
    try {
      manifest_from_json(text, "dump/x.manifest.json");
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_THAT(error.what_failed(), HasSubstr("dump/x.manifest.json"));
      EXPECT_THAT(error.remedy(), HasSubstr("Delete it"));
    }
  }
}

TEST(Manifest, AddsTheTimeZoneUnlessItIsSet) {
  auto manifest = example();
  EXPECT_THAT(settings_of(manifest), testing::Contains(Setting{"", "TimeZone", "Europe/Berlin"}));
  manifest.settings.push_back({"", "timezone", "UTC"});
  EXPECT_THAT(settings_of(manifest), testing::Not(testing::Contains(Setting{"", "TimeZone", "Europe/Berlin"})));
}

TEST(Manifest, StandsBesideItsDump) {
  EXPECT_EQ(manifest_path("dump/prod.dump"), "dump/prod.dump.manifest.json");
  EXPECT_EQ(manifest_path("dump/prod/"), "dump/prod.manifest.json");
}

TEST(IdentityOf, ChangesWithEachFile) {
  const ScratchFolder folder;
  const auto file = write(folder / "a", "1");
  const auto before = identity_of(file), folder_before = identity_of(folder.path());
  EXPECT_EQ(identity_of(file), before);
  write(file, "22");
  EXPECT_NE(identity_of(file), before);
  EXPECT_NE(identity_of(folder.path()), folder_before);
}

TEST(Age, IsToldInWords) {
  const auto now = parse_iso8601("2026-04-24T10:00:00Z");
  EXPECT_EQ(age(now - 72h, now), "3 days old");
  EXPECT_EQ(age(now - 5h, now), "5 hours old");
  EXPECT_EQ(age(now - 61s, now), "1 minute old");
  EXPECT_EQ(age(now, now), "just taken");
  EXPECT_THAT(age(now + 1h, now), HasSubstr("clock"));
}

TEST(ValueSql, QuotesListsElementByElement) {
  EXPECT_EQ(value_sql({"", "search_path", "\"$user\", public, \"a \"\"b\"\", c\""}), "'$user', 'public', 'a \"b\", c'");
  EXPECT_EQ(value_sql({"", "app.list", "a, b'c"}), "'a, b''c'");
}

}  // namespace
}  // namespace prodclone::dump
