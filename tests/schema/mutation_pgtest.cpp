#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>

#include <prodclone/base/files.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/pg/session.hpp>
#include <prodclone/schema/diff.hpp>
#include <prodclone/schema/kinds.hpp>
#include <prodclone/schema/render.hpp>

#include "coverage.hpp"
#include "kitchen_sink.hpp"
#include "mutations.hpp"
#include "seen.hpp"

namespace prodclone::schema {
namespace {

using testing::ElementsAreArray;
using testing::IsEmpty;

// Each mutation is made and looked at within one transaction and rolled back: hundreds of them take seconds.
TEST(Mutation, EachIsReportedExactlyAndUndoneLeavesNothing) {
  KitchenSink sink;
  auto& session = sink.session();
  // No provider of labels can be had, and pg_dump's text of one needs it: straight into the catalog.
  sink.run("INSERT INTO pg_seclabel VALUES ('spare'::regclass, 'pg_class'::regclass, 0, 'sample', 'secret')");
  const SnapshotOptions all{.large_objects = true};
  const auto before = take_snapshot(session, all);
  const auto ordinary = take_snapshot(session);
  const auto covered = coverage_of(mutations());
  std::set<std::string> missing = uncovered(before, covered);
  for (const auto& mutation : mutations()) {
    const DiffOptions options{.owners = mutation.on_request, .privileges = mutation.on_request};
    SCOPED_TRACE(mutation.ddl);
    session.execute("BEGIN");
    try {
      sink.run(mutation.ddl);
      EXPECT_LE(mutation.from_major, session.server_major()) << "the row claims that this needs a later server";
      const auto after = take_snapshot_within_transaction(session, all);
      missing.merge(uncovered(after, covered));
      const auto across = diff(before, after, options);
      EXPECT_THAT(renderings(across), ElementsAreArray(sorted(mutation.expected))) << to_plain(across);
      const auto back = diff(after, before, options);
      EXPECT_EQ(back.entries.size(), across.entries.size()) << to_plain(back);
      const auto lineage = diff_by_identity(before, after, options);
      EXPECT_THAT(renderings(lineage),
                  ElementsAreArray(sorted(mutation.lineage.empty() ? mutation.expected : mutation.lineage)))
          << to_plain(lineage);
      const auto unasked = mutation.on_request ? take_snapshot_within_transaction(session) : after;
      EXPECT_EQ(fingerprint(mutation.on_request ? ordinary : before) == fingerprint(unasked), mutation.on_request);
      if (mutation.on_request) {
        EXPECT_THAT(renderings(diff(ordinary, unasked)), IsEmpty());
      }
    } catch (const pg::SqlError& error) {
      EXPECT_GT(mutation.from_major, session.server_major()) << error.what();
    }
    session.execute("ROLLBACK");
  }
  EXPECT_EQ(before, take_snapshot(session, all));
  EXPECT_THAT(missing, IsEmpty()) << "has a value somewhere, and no mutation changes it: add one, or an excuse";
}

// What no object of the kitchen sink has is missing from its snapshots: here the queries themselves are read.
TEST(Mutation, CoversEachAttributeOfEachQuery) {
  std::set<std::string> covered;
  for (const auto& [kind, entry] : coverage_of(mutations()))
    for (const auto& [name, from] : entry.attributes) covered.insert(name);
  for (const auto& excuse : excuses()) covered.emplace(excuse.attribute);
  std::set<std::string> missing;
  for (const auto& file : std::filesystem::directory_iterator(PRODCLONE_SCHEMA_QUERIES)) {
    const auto sql = read_file(file.path());
    constexpr std::string_view prefix = "AS attr_";
    for (auto at = sql.find(prefix); at != std::string::npos; at = sql.find(prefix, at + 1)) {
      const auto begin = at + prefix.size();
      const auto name = sql.substr(begin, sql.find_first_not_of("abcdefghijklmnopqrstuvwxyz_", begin) - begin);
      if (!covered.contains(name)) missing.insert(name);
    }
  }
  EXPECT_THAT(missing, IsEmpty());
}

TEST(Mutation, AddsAndRemovesEachKind) {
  const auto covered = coverage_of(mutations());
  for (const auto& kind : kinds()) {
    const auto found = covered.find(std::string(kind.name));
    ASSERT_NE(found, covered.end()) << kind.name;
    EXPECT_TRUE(found->second.added) << kind.name;
    EXPECT_TRUE(found->second.removed) << kind.name;
  }
}

TEST(Mutation, IsWhatTheDocumentSays) {
  const auto text = coverage_document(mutations());
  const std::filesystem::path document = PRODCLONE_COVERAGE_DOCUMENT;
  if (std::getenv("PRODCLONE_RENEW_DOCS") != nullptr) write_file_atomically(document, text);
  EXPECT_EQ(read_file_if_present(document).value_or(""), text) << "Renew it: PRODCLONE_RENEW_DOCS=1 ctest -R Mutation";
}

void expect_nothing_lost(const Snapshot& original, const std::string& dump) {
  selftest::ScratchDatabase copy;
  restore(dump, copy.conninfo());
  pg::Session session(copy.conninfo());
  const auto restored = take_snapshot(session);
  drop_subscriptions(session);
  const auto lost = diff(original, restored);
  EXPECT_TRUE(lost.empty()) << to_plain(lost);
  EXPECT_EQ(fingerprint(original), fingerprint(restored));
}

// pg_dump shows columns, defaults and checks within their table's entry, everything else in one of its own.
std::set<std::string> entries_of(const Mutation& mutation) {
  std::set<std::string> entries;
  for (const auto& line : mutation.expected) {
    const auto named = line.substr(0, line.find(" ("));
    for (const auto kind : {" table ", " column ", " check constraint ", " domain ", " sequence "})
      if (const auto at = named.find(kind); at != std::string::npos) {
        const auto parts = split(named.substr(named.rfind(' ') + 1), '.');
        entries.insert(parts[0] + '.' + (parts.size() > 1 ? parts[1] : ""));
      }
    entries.insert(named.substr(named.find(' ')));
  }
  return entries;
}

bool is_ddl(const Mutation& mutation) {
  return mutation.ddl.find("UPDATE pg_") == std::string::npos && mutation.ddl.find("INSERT INTO pg_") == std::string::npos;
}

// Many at once, as long as no two of them show in one entry: pg_dump costs a process, a copy of the database even more.
// What does not go together with another one of its batch waits for the next.
TEST(Mutation, PgDumpAgreesAboutAllAndARestoreLosesNothing) {
  KitchenSink sink;
  std::vector<Mutation> waiting;
  for (const auto& mutation : mutations())
    if (!mutation.on_request && mutation.from_major <= sink.session().server_major()) waiting.push_back(mutation);
  std::stable_partition(waiting.begin(), waiting.end(), is_ddl);

  KitchenSinkCopy untouched(sink);
  const auto before = take_snapshot(untouched.session());
  const auto dump_before = pg_dump(untouched.conninfo());
  while (!waiting.empty()) {
    KitchenSinkCopy changed(sink);
    std::set<std::string> entries;
    std::string batch;
    std::vector<Mutation> later;
    const bool ddl = is_ddl(waiting.front());
    for (const auto& mutation : waiting) {
      auto own = entries_of(mutation);
      const bool fits = is_ddl(mutation) == ddl && std::none_of(own.begin(), own.end(), [&](const auto& entry) {
        return entries.contains(entry);
      });
      try {
        if (fits) sink.run(changed.session(), mutation.ddl);
      } catch (const pg::SqlError& error) {
        ASSERT_FALSE(batch.empty()) << error.what();
        later.push_back(mutation);
        continue;
      }
      if (!fits) {
        later.push_back(mutation);
        continue;
      }
      entries.merge(own);
      batch += mutation.ddl + '\n';
    }
    waiting = std::move(later);
    SCOPED_TRACE(batch);
    const auto after = take_snapshot(changed.session());
    const auto dump_after = pg_dump(changed.conninfo());
    const auto differences = diff(before, after);
    EXPECT_THAT(disagreements(differences, dump_before, dump_after), IsEmpty()) << to_plain(differences);
    if (ddl) expect_nothing_lost(after, dump_after);
  }
  expect_nothing_lost(before, dump_before);
}

}  // namespace
}  // namespace prodclone::schema
