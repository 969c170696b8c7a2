#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "project_folder.hpp"

namespace prodclone::config {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

constexpr const char* started = R"("application": {"database_env": "DB", "start": ["shop", "--port", "{port}"], "health": "http://127.0.0.1:{port}/health"})";

std::string with(const std::string& more) { return std::string("{") + started + ", " + more + "}"; }

class ApplicationConfig : public testing::Test {
 protected:
  Error error_of_ingestion(const std::string& members) const { return folder_.error_of(with(R"("ingestion": {)" + members + "}")); }
  Error error_of_screen(const std::string& members) const { return folder_.error_of(with(R"("smoke": [{)" + members + "}]")); }
  ProjectFolder folder_;
};

TEST_F(ApplicationConfig, NothingIsConfiguredByDefault) {
  const auto project = folder_.parse(R"({"application": {"database_env": "DB"}, "ingestion": {}, "smoke": []})");
  EXPECT_EQ(project.application.database_env, "DB");
  EXPECT_FALSE(project.application.configured());
  EXPECT_FALSE(project.ingestion.configured());
  EXPECT_TRUE(project.smoke.empty());
}

TEST_F(ApplicationConfig, TheProgramIsReadWithItsTimesAndItsDirectory) {
  folder_.write("app/file");
  const auto application = folder_.parse(R"({"application": {"url_env": "URL", "start": ["bb", "dev"], "directory": "app", "health": "http://127.0.0.1:1/h",
    "ready_within_s": 2.5, "environment": {"A": "{database}"}, "log_patterns": {"oops": "oops"}, "rolling_deploy": false, "tcp": false}})").application;
  EXPECT_THAT(application.current.start, ElementsAre("bb", "dev"));
  EXPECT_EQ(application.current.directory, folder_.root() / "app");
  EXPECT_EQ(application.current.ready_within, milliseconds(2500));
  EXPECT_THAT(application.current.environment, ElementsAre(Pair("A", "{database}")));
  EXPECT_FALSE(application.rolling_deploy);
  EXPECT_FALSE(application.tcp);
}

TEST_F(ApplicationConfig, ThePreviousReleaseInheritsWhatItDoesNotSay) {
  const auto previous = folder_.parse(R"({"application": {"database_env": "DB", "start": ["new", "{port}"], "health": "http://127.0.0.1:{port}/h", "ready_within_s": 7,
    "environment": {"A": "b"}, "previous": {"start": ["old", "{port}"]}}})").application.previous;
  EXPECT_THAT(previous.start, ElementsAre("old", "{port}"));
  EXPECT_EQ(previous.health, "http://127.0.0.1:{port}/h");
  EXPECT_EQ(previous.ready_within, milliseconds(7000));
  EXPECT_THAT(previous.environment, ElementsAre(Pair("A", "b")));
}

TEST_F(ApplicationConfig, AProgramNeedsADatabaseVariableAndASignOfReadiness) {
  EXPECT_THAT(folder_.error_of(R"({"application": {"start": ["a"], "health": "http://h/"}})").what_failed(), HasSubstr("prodclone.json.application.database_env must be"));
  EXPECT_THAT(folder_.error_of(R"({"application": {"database_env": "DB", "start": ["a"]}})").what_failed(), HasSubstr("prodclone.json.application.health must be"));
  EXPECT_THAT(folder_.error_of(R"({"application": {"database_env": "DB", "start": ["a"], "health": "http://127.0.0.1:{port}/"}})").what_failed(),
              HasSubstr("at a port that the program is told"));
  EXPECT_THAT(folder_.error_of(R"({"application": {"database_env": "DB", "start": ["a"], "ready_log": "("}})").what_failed(), HasSubstr("a regular expression"));
}

TEST_F(ApplicationConfig, MisspeltKeysNameTheNearest) {
  EXPECT_EQ(folder_.error_of(R"({"application": {"database_env": "DB", "strat": ["a"]}})").remedy(), R"(Did you mean "start"?)");
  EXPECT_EQ(folder_.error_of(R"({"application": {"database_env": "DB", "previous": {"start": ["a"], "heath": "x"}}})").remedy(), R"(Did you mean "health"?)");
  EXPECT_EQ(error_of_ingestion(R"("document": "a")").remedy(), R"(Did you mean "documents"?)");
  EXPECT_EQ(error_of_screen(R"("url": "/", "stauts": 200)").remedy(), R"(Did you mean "status"?)");
}

TEST_F(ApplicationConfig, AScreenIsReadWithWhatItExpects) {
  const auto smoke = folder_.parse(with(R"("smoke": [
    {"name": "list", "url": "/documents", "status": [200, "301-302"], "json": ["/items/0/id", {"/total": 3}], "text": "Ada",
     "paginates": {"next": "/next", "items": "/items"}, "capture": {"first": "/items/0/id"}},
    {"url": "/documents/{first}", "method": "post", "body": {"a": 1}},
    {"manual": "Drag a file into the window."}])")).smoke;
  ASSERT_EQ(smoke.size(), 3U);
  EXPECT_THAT(smoke[0].status, ElementsAre(StatusRange{200, 200}, StatusRange{301, 302}));
  ASSERT_EQ(smoke[0].json.size(), 2U);
  EXPECT_EQ(smoke[0].json[0].equals, std::nullopt);
  EXPECT_EQ(smoke[0].json[1].equals, "3");
  EXPECT_THAT(smoke[0].text, ElementsAre("Ada"));
  EXPECT_EQ(smoke[0].paginates->next, "/next");
  EXPECT_EQ(smoke[1].name, "POST /documents/{first}");
  EXPECT_EQ(smoke[1].body, R"({"a":1})");
  EXPECT_THAT(smoke[1].headers, ElementsAre(Pair("Content-Type", "application/json")));
  EXPECT_EQ(smoke[2].manual, "Drag a file into the window.");
}

TEST_F(ApplicationConfig, AScreenNeverAcceptsAServersFailure) {
  EXPECT_THAT(error_of_screen(R"("url": "/", "status": 500)").what_failed(), HasSubstr("below 500"));
  EXPECT_THAT(error_of_screen(R"("url": "/", "status": "200-599")").what_failed(), HasSubstr("below 500"));
  EXPECT_THAT(error_of_screen(R"("url": "documents")").what_failed(), HasSubstr("must be a path"));
  EXPECT_THAT(error_of_screen(R"("url": "/", "json": ["items"])").what_failed(), HasSubstr("a JSON pointer"));
}

TEST_F(ApplicationConfig, DocumentsAreReadWithTheirWayIn) {
  const auto ingestion = folder_.parse(with(R"("ingestion": {"documents": "in/*.json", "request": {"url": "/documents", "multipart": {"file": "@{document}"}},
    "state_query": "SELECT state FROM document WHERE name = $1", "terminal": ["done"], "failed": "failed", "deadline_s": 5})")).ingestion;
  EXPECT_THAT(ingestion.documents, ElementsAre("in/*.json"));
  EXPECT_EQ(ingestion.method, "POST");
  EXPECT_THAT(ingestion.multipart, ElementsAre(Pair("file", "@{document}")));
  EXPECT_THAT(ingestion.failed, ElementsAre("failed"));
  EXPECT_EQ(ingestion.deadline, milliseconds(5000));
}

TEST_F(ApplicationConfig, AnIngestionThatCannotJudgeADocumentIsRefused) {
  const std::string way = R"("documents": "*", "command": ["in"], "terminal": ["done"])";
  EXPECT_THAT(error_of_ingestion(way).what_failed(), HasSubstr("prodclone.json.ingestion.state_query must be a query"));
  EXPECT_THAT(error_of_ingestion(way + R"(, "state_query": "SELECT state FROM document")").what_failed(), HasSubstr("about one document"));
  EXPECT_THAT(error_of_ingestion(R"("documents": "*", "command": ["in"], "state_query": "SELECT $1")").what_failed(), HasSubstr("ingestion.terminal must be"));
  EXPECT_THAT(error_of_ingestion(R"("documents": "*", "terminal": ["done"], "state_query": "SELECT $1")").what_failed(), HasSubstr("ingestion.command must be"));
}

TEST_F(ApplicationConfig, DocumentsAndScreensNeedAProgram) {
  EXPECT_EQ(folder_.error_of(R"({"smoke": [{"url": "/"}]})").failure(), Failure::usage);
  EXPECT_EQ(folder_.error_of(R"({"smoke": [{"url": "http://127.0.0.1/"}]})").what_failed(), "smoke is configured, but application.start is not set.");
  EXPECT_EQ(folder_.parse(R"({"smoke": [{"manual": "look"}]})").smoke.size(), 1U);
}

}  // namespace
}  // namespace prodclone::config
