// Databases that nobody made for testing: the orcha sample, and those in the folder that PRODCLONE_SAMPLE_DATABASES
// names. Of each kind and each thing that is done to it one mutation; all with PRODCLONE_ALL_MUTATIONS.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <set>

#include <prodclone/dump/load.hpp>
#include <prodclone/migrations/runner.hpp>
#include <prodclone/pg/driver.hpp>
#include <prodclone/pg/sql_error.hpp>
#include <prodclone/schema/diff.hpp>
#include <prodclone/schema/render.hpp>
#include <support/selftest_server.hpp>

#include "derived_mutations.hpp"
#include "script_round.hpp"
#include "seen.hpp"

namespace prodclone::schema {
namespace {

namespace fs = std::filesystem;
using testing::IsEmpty;

bool is_set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

// Of the schema only, dumped and restored once: rows would refuse some mutations.
struct Sample {
  std::string name = {};
  std::unique_ptr<selftest::ScratchDatabase> database = std::make_unique<selftest::ScratchDatabase>();
};

Sample sample_of(const std::string& name, const std::function<void(const pg::ConnInfo&)>& fill) {
  const selftest::ScratchDatabase whole;
  fill(whole.conninfo());
  Sample sample{.name = name};
  restore(pg_dump(whole.conninfo()), sample.database->conninfo());
  return sample;
}

std::vector<Sample> samples() {
  std::vector<Sample> all;
  all.push_back(sample_of("orcha", [](const pg::ConnInfo& database) {
    const auto project = migrations::read_project({.layout = migrations::Layout::migratus, .dir = PRODCLONE_ORCHA_MIGRATIONS, .init = "init.sql"});
    pg::Driver driver(database);
    migrations::run_init(driver, project);
    migrations::run_up(driver, project);
  }));
  if (!is_set("PRODCLONE_SAMPLE_DATABASES")) return all;
  for (const auto& entry : fs::recursive_directory_iterator(std::getenv("PRODCLONE_SAMPLE_DATABASES"))) {
    const auto name = entry.path().filename().string();
    if ((!name.ends_with(".sql") && !name.ends_with(".sql.gz")) || entry.path().parent_path().filename() == "pagila-pg18") continue;
    all.push_back(sample_of(name, [&](const pg::ConnInfo& database) { dump::load_dump(dump::recognise(entry.path()), database); }));
  }
  return all;
}

// What needs an object, by the server's own dependencies, with what stands on that.
class Dependents {
 public:
  explicit Dependents(const Snapshot& snapshot) {
    for (const auto& object : snapshot.objects) {
      by_name_.emplace(object.kind + ' ' + qualified_name(object), &object);
      for (const auto& id : object.depends) needed_by_.emplace(id, &object);
      if (object.parent_identity && object.parent_identity != object.identity) needed_by_.emplace(object.parent_identity, &object);
      if (object.identity.sub != 0) columns_.emplace(Identity{object.identity.catalog, object.identity.oid, 0}, &object);
    }
  }

  std::set<std::string> of(const std::string& kind_and_name) const {
    std::set<std::string> found;
    const auto first = by_name_.find(kind_and_name);
    if (first == by_name_.end()) return found;
    std::vector<const Object*> next = {first->second};
    while (!next.empty()) {
      const auto* object = next.back();
      next.pop_back();
      if (!found.insert(object->kind + ' ' + qualified_name(*object)).second) continue;
      for (const auto& id : {object->identity, object->index}) {
        if (!id) continue;
        for (auto [at, end] = needed_by_.equal_range(id); at != end; ++at) next.push_back(at->second);
        for (auto [at, end] = columns_.equal_range(id); at != end; ++at) next.push_back(at->second);
      }
      // A column of a view is none of ours: what needs it needs the view. A sequence goes with its column.
      for (const auto& [id, dependent] : needed_by_)
        if (id.catalog == object->identity.catalog && id.oid == object->identity.oid && object->identity.sub == 0) next.push_back(dependent);
    }
    return found;
  }

 private:
  std::map<std::string, const Object*> by_name_;
  std::multimap<Identity, const Object*> needed_by_, columns_;
};

bool is_it(const Difference& d, const DerivedMutation& mutation) {
  if (d.kind != mutation.kind || d.change != mutation.change) return false;
  if (d.old_name.value_or(d.name) != mutation.name) return false;
  if (mutation.change != Change::changed) return true;
  return std::any_of(d.touched.begin(), d.touched.end(), [&](const Touched& t) { return t.attribute == mutation.attribute; });
}

// Without attributes: the definition of an exclusion constraint shows its options, and only one lineage can tell.
std::set<std::string> names(const Differences& differences) {
  std::set<std::string> lines;
  for (const auto& d : differences.entries) lines.insert(fmt::format("{} {} {}", to_string(d.change), d.kind, d.name));
  return lines;
}

class DerivedMutations : public testing::Test {
 protected:
  void expect_seen(const DerivedMutation& mutation, const Snapshot& before, const Snapshot& after, const Dependents& dependents) {
    const DiffOptions options{.owners = mutation.on_request, .privileges = mutation.on_request};
    const auto lineage = diff_by_identity(before, after, options), across = diff(before, after, options);
    EXPECT_EQ(std::count_if(lineage.entries.begin(), lineage.entries.end(), [&](const Difference& d) { return is_it(d, mutation); }), 1) << to_plain(lineage);
    std::set<std::string> reached;
    if (mutation.reaches_others) reached = dependents.of(mutation.kind + ' ' + mutation.name);
    for (const auto& d : lineage.entries) {
      if (is_it(d, mutation)) continue;
      EXPECT_TRUE(mutation.reaches_others && reached.contains(d.kind + ' ' + d.name)) << "nobody touched it: " << to_string(d);
    }
    if (mutation.change != Change::renamed) {
      EXPECT_EQ(names(across), names(lineage)) << to_plain(across);
    } else {
      EXPECT_TRUE(std::any_of(across.entries.begin(), across.entries.end(), [&](const Difference& d) {
        return d.kind == mutation.kind && (d.name == mutation.name || d.old_name == mutation.name);
      })) << to_plain(across);
    }
    EXPECT_EQ(diff(after, before, options).entries.size(), across.entries.size());
    EXPECT_EQ(fingerprint(before) == fingerprint(after), mutation.on_request);
  }
};

TEST_F(DerivedMutations, AreReportedExactlyAndClosedByAScriptInBothDirections) {
  for (const auto& sample : samples()) {
    SCOPED_TRACE(sample.name);
    pg::Session session(sample.database->conninfo());
    const auto before = take_snapshot(session);
    const Dependents dependents(before);
    const auto chosen = schema::sample(derive_mutations(before), is_set("PRODCLONE_ALL_MUTATIONS"));
    std::size_t made = 0;
    for (const auto& mutation : chosen) {
      SCOPED_TRACE(mutation.ddl);
      session.execute("BEGIN; SET LOCAL client_min_messages = error; SET LOCAL check_function_bodies = off");
      try {
        session.execute(mutation.ddl);
      } catch (const pg::SqlError&) {
        session.execute("ROLLBACK");
        continue;
      }
      ++made;
      const auto after = take_snapshot_within_transaction(session);
      expect_seen(mutation, before, after, dependents);
      Round round(session, {.owners = mutation.on_request, .privileges = mutation.on_request}, {});
      EXPECT_EQ(round.go(after, before), "") << "back";
      session.execute("ROLLBACK; BEGIN");
      EXPECT_EQ(round.go(before, after), "") << "there";
      session.execute("ROLLBACK");
    }
    const auto left = diff_by_identity(before, take_snapshot(session), {.strict = true, .owners = true, .privileges = true});
    EXPECT_TRUE(left.empty()) << to_plain(left);
    EXPECT_GE(made, chosen.size() / 2) << "of " << chosen.size();
    RecordProperty(sample.name, std::to_string(made));
  }
}

// As many at once as the server takes one after the other.
TEST_F(DerivedMutations, AreSeenByPgDumpAndSurviveARestore) {
  for (const auto& sample : samples()) {
    SCOPED_TRACE(sample.name);
    const auto& database = sample.database->conninfo();
    Snapshot before;
    {
      pg::Session session(database);
      before = take_snapshot(session);
    }
    const auto dump_before = pg_dump(database);
    std::string batch;
    std::set<std::string> objects;
    pg::Session session(database);
    session.execute("SET client_min_messages = error; SET check_function_bodies = off");
    for (const auto& mutation : schema::sample(derive_mutations(before), is_set("PRODCLONE_ALL_MUTATIONS"))) {
      if (mutation.on_request || mutation.kind == "schema" || (mutation.change == Change::removed && mutation.kind == "table")) continue;
      if (!objects.insert(mutation.kind + ' ' + mutation.name).second) continue;
      try {
        session.execute(mutation.ddl);
        batch += mutation.ddl + '\n';
      } catch (const pg::SqlError&) {
        continue;  // an earlier one took away what it needs
      }
    }
    SCOPED_TRACE(batch);
    const auto after = take_snapshot(session);
    const auto dump_after = pg_dump(database);
    const auto differences = diff(before, after);
    EXPECT_THAT(disagreements(differences, dump_before, dump_after), IsEmpty()) << to_plain(differences);
    const selftest::ScratchDatabase copy;
    restore(dump_after, copy.conninfo());
    pg::Session restored(copy.conninfo());
    const auto lost = diff(after, take_snapshot(restored));
    EXPECT_TRUE(lost.empty()) << to_plain(lost);
  }
}

}  // namespace
}  // namespace prodclone::schema
