#include <prodclone/schema/majors.hpp>

#include <gmock/gmock.h>

#include <algorithm>
#include <array>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/schema/diff.hpp>
#include <prodclone/schema/render.hpp>

#include "recorded_majors.hpp"

namespace prodclone::schema {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr DiffOptions everything{.strict = true, .owners = true, .privileges = true};

std::vector<std::string> lines(const Differences& differences) {
  std::vector<std::string> lines;
  for (const auto& one : differences.entries) lines.push_back(to_string(one));
  return lines;
}

class TwoMajors : public testing::TestWithParam<std::pair<int, int>> {};

std::vector<std::pair<int, int>> pairs() {
  std::vector<std::pair<int, int>> all;
  for (const int older : comparable_majors())
    for (const int newer : comparable_majors())
      if (older < newer) all.emplace_back(older, newer);
  return all;
}

INSTANTIATE_TEST_SUITE_P(Pair, TwoMajors, testing::ValuesIn(pairs()), [](const auto& pair) {
  return std::to_string(pair.param.first) + "And" + std::to_string(pair.param.second);
});

// A subscription that does not say streams in parallel from 18 on: the one thing here that is not the same there.
TEST_P(TwoMajors, SayTheSameOfOneSchema) {
  const auto [older, newer] = GetParam();
  const auto a = recorded(older), b = as_known_to(older, recorded(newer));
  std::vector<std::string> real;
  if (newer == 18) real.push_back("changed subscription sink (streaming)");
  const auto there = diff(a, b, everything), back = diff(b, a, everything);
  EXPECT_EQ(lines(there), real) << to_plain(there);
  EXPECT_EQ(lines(back), real) << to_plain(back);
}

// What is brought to one spelling, changed in the newer one: each is a difference, and none is hidden.
struct Change {
  std::string_view kind, name, attribute, from, to;
};
constexpr std::array changed = {
    Change{"view", "spelled.one_table", "query", "born", "at"},
    Change{"view", "spelled.one_with_subqueries", "query", "person.id", "visit.id"},
    Change{"view", "spelled.joined", "query", "p.id", "q.id"},
    Change{"view", "spelled.words", "query", "FOR 2", "FOR 3"},
    Change{"view", "spelled.words", "query", "LEADING", "TRAILING"},
    Change{"view", "spelled.words_with_casts", "query", "body FROM", "note FROM"},
    Change{"view", "spelled.one_named_as_schema", "query", "app.english", "app.german"},
    Change{"materialized_view", "app.item_totals", "query", "max", "min"},
    Change{"index", "spelled.guarded_json", "on", "offset", "json_value"},
    Change{"check_constraint", "spelled.guarded.guarded_words", "definition", "BOTH", "LEADING"},
    Change{"procedure", "app.tidy(text)", "arguments", "how", "what"},
    Change{"column", "spelled.guarded.name", "default", "x", "y"},
};

TEST_P(TwoMajors, HideNoChange) {
  const auto [older, newer] = GetParam();
  const auto a = recorded(older), b = as_known_to(older, recorded(newer));
  const auto known = diff(a, b, everything);
  for (const auto& change : changed) {
    auto other = b;
    bool found = false;
    for (auto& object : other.objects)
      for (auto& attribute : object.attributes) {
        if (object.kind != change.kind || qualified_name(object) != change.name || attribute.name != change.attribute) continue;
        const auto at = attribute.value.find(change.from);
        if (at == std::string::npos) continue;
        attribute.value.replace(at, change.from.size(), change.to);
        found = true;
      }
    EXPECT_TRUE(found) << change.name << ' ' << change.from;
    const auto seen = lines(diff(a, other, everything));
    EXPECT_EQ(seen.size(), known.entries.size() + 1) << change.name << ' ' << change.from;
  }
}

std::string refusal(int a, int b) {
  try {
    require_comparable("shop", a, "shop_fresh", b);
  } catch (const Error& error) {
    EXPECT_EQ(error.failure(), Failure::could_not_check);
    return error.what();
  }
  return "";
}

TEST(Majors, APairThatIsNotMeasuredIsRefusedNamingBoth) {
  EXPECT_THAT(refusal(120022, 150018), AllOf(HasSubstr("shop is on PostgreSQL 12"), HasSubstr("shop_fresh on 15"), HasSubstr("give a dump of one side")));
  EXPECT_THAT(refusal(170010, 190000), AllOf(HasSubstr("17"), HasSubstr("19")));
  EXPECT_THROW(diff({.server_version = 120022}, {.server_version = 180004}), Error);
  EXPECT_EQ(refusal(130023, 180004), "");
  EXPECT_EQ(refusal(190000, 190001), "");
}

Snapshot with(int version, Object object) { return {.server_version = version, .objects = {std::move(object)}}; }

Object extension(const char* version) { return {.kind = "extension", .schema = "public", .name = "citext", .attributes = {{"version", version}}}; }

TEST(Majors, AnExtensionThatWasNeverUpdatedDiffers) {
  EXPECT_THAT(lines(diff(with(150018, extension("1.6")), with(180004, extension("1.8")))), IsEmpty());
  EXPECT_THAT(lines(diff(with(150018, extension("1.6")), with(180004, extension("1.7")))), ElementsAre("changed extension citext (version)"));
  EXPECT_THAT(lines(diff(with(150018, extension("1.5")), with(180004, extension("1.8")))), ElementsAre("changed extension citext (version)"));
}

Object table(const char* privilege) { return {.kind = "table", .schema = "public", .name = "t", .privileges = {privilege}}; }

TEST(Majors, MaintainIsToldApartWhereTheRestIsNotAll) {
  const auto seen = [](const char* older, const char* newer) { return lines(diff(with(160014, table(older)), with(170010, table(newer)), {.privileges = true})); };
  EXPECT_THAT(seen("r=arwdDxt/o", "r=arwdDxtm/o"), IsEmpty());
  EXPECT_THAT(seen("r=a*r*w*d*D*x*t*/o", "r=a*r*w*d*D*x*t*m*/o"), IsEmpty());
  EXPECT_THAT(seen("r=r/o", "r=rm/o"), ElementsAre("changed table public.t (privileges)"));
  EXPECT_THAT(seen("r=arwdDxt/o", "r=arwdDxm/o"), ElementsAre("changed table public.t (privileges)"));
}

Object born(const char* owner, std::vector<std::string> privileges, bool as_born) {
  Object object{.kind = "schema", .name = "public", .owner = owner, .privileges = std::move(privileges)};
  if (as_born) object.attributes.push_back({.name = "as_born", .raw = "yes"});
  return object;
}

TEST(Majors, SchemaPublicIsAsBornOnlyWhereNobodyChangedIt) {
  const auto newer = born("pg_database_owner", {"=U/pg_database_owner", "pg_database_owner=UC/pg_database_owner"}, true);
  const auto seen = [&](Object older) { return lines(diff(with(140023, std::move(older)), with(150018, newer), everything)); };
  EXPECT_THAT(seen(born("postgres", {"=UC/postgres", "postgres=UC/postgres"}, true)), IsEmpty());
  EXPECT_THAT(seen(born("app", {"=UC/app", "app=UC/app"}, false)), ElementsAre("changed schema public (owner, privileges)"));
  EXPECT_THAT(seen(born("postgres", {"=U/postgres", "postgres=UC/postgres"}, true)), ElementsAre("changed schema public (owner, privileges)"));
}

TEST(Majors, ThePageSaysWhichAndHow) {
  const auto page = read_file(PRODCLONE_SCHEMA_DIFF_PAGE);
  std::string majors;
  for (const int major : comparable_majors()) majors += (majors.empty() ? "" : ", ") + std::to_string(major);
  EXPECT_THAT(page, HasSubstr("Measured are all pairs of " + majors + '.'));
  for (const auto& change : major_changes())
    EXPECT_THAT(page, HasSubstr("| " + std::to_string(change.major) + " | " + std::string(change.what) + " | " + std::string(change.compared) + " |"));
}

}  // namespace
}  // namespace prodclone::schema
