// docs/prodclone.schema.json says what the parser knows, no more and no less. Whoever adds a key to the parser adds it
// to the schema; whoever adds an object adds it to `every_object` here, so that its keys are asked for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include <prodclone/checks/lock_budgets.hpp>
#include <prodclone/config/schema.hpp>

#include "json_object.hpp"
#include "project_folder.hpp"

namespace prodclone::config {
namespace {

using ::testing::IsEmpty;

constexpr const char* every_object = R"({
  "sources": { "a": { "kind": "dump", "path": "p" }, "b": { "kind": "url", "url_env": "U" },
               "c": { "kind": "existing", "database": "d" }, "d": { "kind": "rds" } },
  "server": {}, "databases": {}, "migrations": {}, "schema": {},
  "application": { "database_env": "D", "start": ["s"], "health": "http://h/",
                   "previous": { "start": ["s"], "smoke": [ { "manual": "look" }, { "url": "/", "paginates": { "next": "/n" } } ] } },
  "ingestion": { "documents": "*", "request": { "url": "/" }, "state_query": "SELECT $1", "terminal": "t" },
  "smoke": [ { "manual": "look" }, { "url": "/", "paginates": { "next": "/n" } } ],
  "preflight": {},
  "budgets": { "tables": [ { "match": "public.*" } ],
               "exceptions": [ { "migration": "1", "rule": "LK04", "until": "2030-01-01", "reason": "because" } ] }
})";

std::set<std::string> known_to_the_parser() {
  const ProjectFolder folder;
  std::set<std::string> known;
  JsonObject::log_into(&known);
  try {
    folder.parse(every_object);
  } catch (const Error& error) {
    ADD_FAILURE() << error.what();
  }
  JsonObject::log_into(nullptr);
  return known;
}

std::set<std::string> missing(const std::set<std::string>& from, const std::set<std::string>& in) {
  std::set<std::string> result;
  for (const auto& key : from)
    if (!in.contains(key)) result.insert(key);
  return result;
}

bool is_budget(const std::string& path) { return path.starts_with("budgets.") && path.find('.', 8) == std::string::npos && path != "budgets.tables" && path != "budgets.exceptions"; }

TEST(ProjectSchema, HasEveryKeyThatTheParserKnows) {
  EXPECT_THAT(missing(known_to_the_parser(), schema_paths()), IsEmpty()) << "add these keys to docs/prodclone.schema.json";
}

TEST(ProjectSchema, HasNoKeyThatTheParserDoesNotKnow) {
  auto unknown = missing(schema_paths(), known_to_the_parser());
  std::erase_if(unknown, is_budget);
  EXPECT_THAT(unknown, IsEmpty()) << "remove these keys from docs/prodclone.schema.json, or name their object in every_object";
}

// Budgets are numbers by name, and the lock check knows the names.
TEST(ProjectSchema, NamesTheBudgetsThatTheLockCheckKnows) {
  for (const auto& path : schema_paths()) {
    if (!is_budget(path)) continue;
    EXPECT_NO_THROW(checks::lock_budgets({.values = {{path.substr(8), 1.0}}})) << path;
  }
  for (const auto& name : checks::lock_budget_names()) EXPECT_TRUE(schema_paths().contains("budgets." + name)) << name;
}

TEST(ProjectSchema, DescribesEveryKey) {
  const auto schema = nlohmann::json::parse(project_schema());
  for (const auto& [key, value] : schema.at("properties").items())
    EXPECT_TRUE(value.contains("description") || value.contains("properties")) << key;
}

}  // namespace
}  // namespace prodclone::config
