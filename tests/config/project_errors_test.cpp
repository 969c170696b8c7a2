#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "project_folder.hpp"

namespace prodclone::config {
namespace {

// A text, and what reading it says: what failed, and what to do.
struct Refusal {
  const char* name;
  const char* text;
  const char* what;
  const char* remedy;
};

class ProjectErrorsTest : public testing::TestWithParam<Refusal> {
 protected:
  ProjectFolder folder_;
};

TEST_P(ProjectErrorsTest, NamesKeyAndRemedy) {
  const auto error = folder_.error_of(GetParam().text);
  EXPECT_EQ(error.failure(), Failure::usage);
  EXPECT_EQ(error.what_failed(), GetParam().what);
  EXPECT_EQ(error.remedy(), GetParam().remedy);
}

constexpr Refusal refusals[] = {
    {"AnUnknownKeyAtTheTop", R"({"databses": {}})", R"(prodclone.json has no key "databses".)", R"(Did you mean "databases"?)"},
    {"AnUnknownKeyInside", R"({"server": {"urlenv": "X"}})", R"(prodclone.json.server has no key "urlenv".)", R"(Did you mean "url_env"?)"},
    {"AKeyLikeNoOther", R"({"schema": {"something_else": 1}})", R"(prodclone.json.schema has no key "something_else".)", "Known keys: expected, waivers."},
    {"AKnownKeyIsListedOnce", R"({"server": {"something_else": 1}})", R"(prodclone.json.server has no key "something_else".)",
     "Known keys: url, url_env, kind, password_env, allow_hosts, major, loopback, settings, binaries."},
    {"AKeyOfAnotherKindOfSource", R"({"sources": {"a": {"kind": "url", "url_env": "U", "path": "p"}}})", R"(prodclone.json.sources.a has no key "path".)", "Known keys: kind, url, url_env, password_env, passfile, replica_url_env, exclude_data."},
    {"AnUnknownKeyInABudget", R"({"budgets": {"match": 1}})", R"(prodclone.json.budgets has no key "match".)", R"(That key stands in "budgets.tables[]".)"},
    {"AKeyInTheWrongPlace", R"({"expected": "schema/"})", R"(prodclone.json has no key "expected".)", R"(That key stands in "schema".)"},
    {"AKeyThatBelongsToTheTop", R"({"server": {"show_keys": true}})", R"(prodclone.json.server has no key "show_keys".)", R"(That key stands in the top of the file.)"},
    {"AKeyInTheWrongPlaceThatIsLikeOneHere", R"({"server": {"Major": 15}})", R"(prodclone.json.server has no key "Major".)", R"(Did you mean "major"?)"},
    {"ATextThatIsANumber", R"({"project": 1})", "prodclone.json.project must be a text.", ""},
    {"ANumberThatIsAText", R"({"server": {"major": "16"}})", "prodclone.json.server.major must be a whole number.", ""},
    {"AFraction", R"({"server": {"major": 16.5}})", "prodclone.json.server.major must be a whole number.", ""},
    {"ABooleanThatIsAText", R"({"show_keys": "yes"})", "prodclone.json.show_keys must be true or false.", ""},
    {"AListThatIsAText", R"({"migrations": {"up": "make"}})", "prodclone.json.migrations.up must be a list of texts.", ""},
    {"AListOfNumbers", R"({"migrations": {"up": [1]}})", "prodclone.json.migrations.up must be a list of texts.", ""},
    {"AMapOfNumbers", R"({"server": {"settings": {"a": 1}}})", "prodclone.json.server.settings must be an object of texts.", ""},
    {"AnObjectThatIsAList", R"({"server": []})", "prodclone.json.server must be an object { … }.", ""},
    {"TheWholeIsAList", "[]", "prodclone.json must be an object { … }.", ""},
    {"SourcesThatAreAList", R"({"sources": []})", "prodclone.json.sources must be an object.", ""},
    {"ASourceThatIsAText", R"({"sources": {"a": "b"}})", "prodclone.json.sources.a must be an object { … }.", ""},
    {"ABudgetThatIsAText", R"({"budgets": {"rewrite_mb": "10"}})", "prodclone.json.budgets.rewrite_mb must be a number.", ""},
    {"AnUnknownKindOfSource", R"({"sources": {"a": {"kind": "mysql"}}})", R"(prodclone.json.sources.a.kind must be one of "dump", "url", "existing", "rds".)", ""},
    {"ADumpWithoutPath", R"({"sources": {"a": {}}})", "prodclone.json.sources.a.path must be the path of a dump file or folder.", ""},
    {"AUrlWithoutVariable", R"({"sources": {"a": {"kind": "url"}}})", "prodclone.json.sources.a.url_env must be the name of the variable that holds the connection string.", ""},
    {"AnExistingWithoutDatabase", R"({"sources": {"a": {"kind": "existing"}}})", "prodclone.json.sources.a.database must be the name of a database on the configured server.", ""},
    {"AnUnknownKindOfServer", R"({"server": {"kind": "docker"}})", R"(prodclone.json.server.kind must be "embedded" or "url".)", ""},
    {"AServerOfOnesOwnWithoutUrl", R"({"server": {"kind": "url"}})",
     R"(prodclone.json.server.url_env must be the name of the variable that holds the connection string (or give "url" without a password).)", ""},
    {"TheMaintenanceDatabaseAsClone", R"({"databases": {"clone": "postgres"}})", R"(databases.clone cannot be "postgres".)", "Choose a name of its own, at most 63 bytes."},
    {"ATemplateAsFresh", R"({"databases": {"fresh": "template1"}})", R"(databases.fresh cannot be "template1".)", "Choose a name of its own, at most 63 bytes."},
    {"NoName", R"({"databases": {"clone": ""}})", R"(databases.clone cannot be "".)", "Choose a name of its own, at most 63 bytes."},
    {"TheNameOfAHalfMadeDatabase", R"({"databases": {"clone": "prodclone_tmp_x"}})", R"(databases.clone cannot be "prodclone_tmp_x".)", "Choose a name of its own, at most 63 bytes."},
    {"ANameThatTheServerWouldCut", R"({"databases": {"clone": "a234567890123456789012345678901234567890123456789012345678901234"}})",
     R"(databases.clone cannot be "a234567890123456789012345678901234567890123456789012345678901234".)", "Choose a name of its own, at most 63 bytes."},
    {"OneNameForBoth", R"({"databases": {"clone": "x", "fresh": "x"}})", "databases.clone and databases.fresh are the same.", "Give them different names."},
    {"ADefaultSourceThatIsNotThere", R"({"default_source": "fiel", "sources": {"file": {"path": "p"}, "prod": {"path": "q"}}})",
     R"(default_source "fiel" is not among the sources.)", R"(Did you mean "file"?)"},
    {"ADefaultSourceWithoutSources", R"({"default_source": "prod"})", R"(default_source "prod" is not among the sources.)", ""},
};
INSTANTIATE_TEST_SUITE_P(Of, ProjectErrorsTest, testing::ValuesIn(refusals), [](const auto& one) { return std::string(one.param.name); });

class ProjectFilesTest : public testing::Test {
 protected:
  void expect_refusal(const std::string& text, const std::string& what, const std::string& remedy) {
    const auto error = folder_.error_of(text);
    EXPECT_EQ(error.failure(), Failure::usage);
    EXPECT_EQ(error.what_failed(), what);
    EXPECT_EQ(error.remedy(), remedy);
  }
  std::string root() const { return folder_.root().string(); }
  ProjectFolder folder_;
};

TEST_F(ProjectFilesTest, AMissingMigrationsFolderIsNamed) {
  expect_refusal(R"({"migrations": {"dir": "db/none"}})", "The migrations folder " + root() + "/db/none does not exist.",
                 "Correct migrations.dir in prodclone.json.");
  std::filesystem::remove(folder_.root() / "migrations");
  expect_refusal("{}", "No migrations folder was found in " + root() + ".", "Set migrations.dir in prodclone.json.");
}

TEST_F(ProjectFilesTest, AMissingInitScriptIsNamedWhenItWasAskedFor) {
  expect_refusal(R"({"migrations": {"init": "first.sql"}})",
                 "migrations.init: there is no first.sql in " + root() + "/migrations or " + root() + ".", "");
}

TEST_F(ProjectFilesTest, AMissingDeclaredSchemaIsNamed) {
  expect_refusal(R"({"schema": {"expected": "structure.sql"}})", "schema.expected: " + root() + "/structure.sql does not exist.", "");
}

TEST_F(ProjectFilesTest, ASyntaxErrorNamesTheLine) {
  const std::string remedy = "Look for a missing comma, quote or bracket there.";
  const auto at = [&](int line) { return folder_.file().string() + ":" + std::to_string(line) + " is not valid JSON."; };
  expect_refusal("{\n  \"project\": \"a\"\n  \"server\": {}\n}\n", at(3), remedy);
  expect_refusal("{\n  \"project\": \"a\n}\n", at(2), remedy);
  expect_refusal("{,}", at(1), remedy);
  expect_refusal("", at(1), remedy);
}

}  // namespace
}  // namespace prodclone::config
