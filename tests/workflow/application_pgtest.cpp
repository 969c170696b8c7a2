#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <fmt/format.h>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/base/hash.hpp>
#include <prodclone/pg/session.hpp>
#include <prodclone/workflow/application.hpp>
#include <prodclone/workflow/release.hpp>

#include "own_server.hpp"
#include "support/selftest_server.hpp"
#include "support/temporary_folder.hpp"

namespace prodclone::workflow {
namespace {

using checks::Findings;
using checks::Severity;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

MATCHER_P(What, matcher, "a finding that says what " + testing::DescribeMatcher<std::string>(matcher)) {
  return testing::ExplainMatchResult(matcher, arg.what, result_listener);
}
MATCHER_P(About, object, "") { return arg.object == object; }
MATCHER_P(Of, severity, "") { return arg.severity == severity; }

// A team's project: table doc in production, and a migration that renames its column label to title. The program is
// web_probe, on a server of the team's own, by TCP and with a password.
class ApplicationTest : public testing::Test {
 protected:
  void SetUp() override {
    write("migrations/001-doc.up.sql", "CREATE TABLE doc (name text, state text, label text);\n");
    write("migrations/002-title.up.sql", "ALTER TABLE doc RENAME COLUMN label TO title;\n");
    const auto major = std::to_string(selftest::server_major());
    write("prod.sql", "--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version " + major + ".1\n-- Dumped by pg_dump version " + major + ".1\n\n"
          "CREATE TABLE public.doc (name text, state text, label text);\n"
          "CREATE TABLE public.schema_migrations (id bigint, applied timestamp, description varchar(1024));\n"
          "COPY public.doc (name, state, label) FROM stdin;\nold.json\tdone\tx\n\\.\n\n"
          "COPY public.schema_migrations (id, applied, description) FROM stdin;\n1\t2026-01-01 00:00:00\tdoc\n\\.\n\n"
          "--\n-- PostgreSQL database dump complete\n--\n");
    for (const char* name : {"in/a.json", "in/b c.json"}) write(name, "{}");
  }
  void TearDown() override {
    if (run_) {
      EXPECT_THAT(copies(), IsEmpty()) << "each private copy is dropped when its program has ended";
      for (const auto& run : databases::Leases(run_->project().state_directory()).runs()) release(run_->project(), run.id);
      EXPECT_THAT(release_everything(run_->project()).failed, IsEmpty());
    }
  }

  void write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((folder_ / name).parent_path());
    write_file_atomically(folder_ / name, text);
  }
  // `start` follows the port; `more` are members of the project.
  Provisioning& project(const std::string& start = "", const std::string& more = "", const std::string& application = "") {
    write("prodclone.json", fmt::format(R"({{"project": "{}", "default_source": "file", "sources": {{"file": {{"path": "prod.sql"}}}},
      "server": {{"url_env": "PRODCLONE_SELFTEST_URL", "allow_hosts": ["{}"]}}, "migrations": {{"layout": "migratus"}},
      "application": {{"database_env": "DB", "url_env": "SHOP_URL", "start": ["{}", "{{port}}"{}], "health": "http://127.0.0.1:{{port}}/health", "ready_within_s": {}{}}}{}}})",
      name_, role_.host, WEB_PROBE, start, patience_, application, more));
    return provisioned();
  }
  Provisioning& provisioned() {
    run_ = std::make_unique<Provisioning>(config::load_project(folder_ / "prodclone.json", folder_.path()), Options{.owner = owner_of_this_process(false, "test"), .warden = false});
    return *run_;
  }
  std::string ingestion(const std::string& documents, const std::string& deadline = "20") const {
    return fmt::format(R"(, "ingestion": {{"documents": "{}", "request": {{"url": "/in?name={{document_name}}"}},
      "state_query": "SELECT state FROM doc WHERE name = $1", "terminal": ["done"], "failed": ["failed"], "deadline_s": {}}})", documents, deadline);
  }
  std::vector<std::string> copies() const {
    std::vector<std::string> names;
    pg::Session session(role_);
    const auto rows = session.query("SELECT datname AS name FROM pg_catalog.pg_database WHERE datname LIKE 'prodclone_' || $1 || '_case_%'", {name_});
    for (std::size_t row = 0; row < rows.rows(); ++row) names.push_back(rows.text(row, "name"));
    return names;
  }
  std::string log(const std::string& name) const { return read_file(run_->project().record_directory() / "application" / (name + ".log")); }

  selftest::TemporaryFolder folder_;
  std::string name_ = "sa" + random_hex(8);
  pg::ConnInfo role_ = selftest::ordinary_role();
  Variable url_{"PRODCLONE_SELFTEST_URL", pg::url(role_)};
  std::unique_ptr<Provisioning> run_;
  int patience_ = 20;
};

TEST_F(ApplicationTest, AGoodReleaseIsGreenEverywhere) {
  auto& run = project("", ingestion("in/*.json") + R"re(, "smoke": [
    {"name": "list", "url": "/pages", "json": ["/items/0/id", {"/after": 2}], "text": "items", "paginates": {"next": "/next", "items": "/items", "pages": 3}, "capture": {"first": "/items/0/id"}},
    {"name": "by link", "url": "/pages", "paginates": true}, {"name": "by token", "url": "/pages", "paginates": {"next": "/after", "url": "/pages?page={next}", "items": "/items"}},
    {"name": "by number", "url": "/pages", "paginates": {"url": "/pages?page={page}", "items": "/items"}},
    {"name": "one", "url": "/echo?id={first}", "json": {"/method": "GET"}}, {"url": "/nowhere", "status": 404}])re",
    R"(, "boots_before": true)");
  EXPECT_EQ(baseline_boot_findings(run), Findings{});
  EXPECT_EQ(boot_findings(run), Findings{});
  EXPECT_EQ(ingestion_findings(run), Findings{});
  EXPECT_EQ(screen_findings(run), Findings{});
}

TEST_F(ApplicationTest, ItIsToldItsDatabaseAndNoOther) {
  Variable elsewhere("PGDATABASE", "production");
  auto& run = project(R"(, "--tell", "DB", "--tell", "SHOP_URL", "--tell", "PGDATABASE", "--tell", "PRODCLONE_SELFTEST_URL")");
  EXPECT_EQ(boot_findings(run), Findings{});
  EXPECT_THAT(log("new-release"), AllOf(HasSubstr("DB=prodclone_" + name_ + "_case_"), HasSubstr("PGDATABASE=prodclone_" + name_ + "_case_"), HasSubstr("SHOP_URL=postgresql://")));
  EXPECT_THAT(log("new-release"), HasSubstr("PRODCLONE_SELFTEST_URL=(not set)")) << "what tells of the server as a whole is none of its business";
  EXPECT_THAT(log("new-release"), Not(HasSubstr(role_.password.reveal()))) << "it wrote the password, which does not stay";
}

TEST_F(ApplicationTest, OneThatDiesAtItsStartIsFlaggedWithTheEndOfItsLog) {
  const auto findings = boot_findings(project(R"(, "--die", "3")"));
  ASSERT_EQ(findings.size(), 1U) << checks::to_string(findings);
  EXPECT_THAT(findings[0].what, HasSubstr("The new release ended (exit code 3)"));
  EXPECT_THAT(findings[0].evidence, Contains("log: cannot start"));
}

TEST_F(ApplicationTest, OneThatNeverBecomesHealthyIsFlagged) {
  patience_ = 1;
  const auto findings = boot_findings(project(R"(, "--health", "503")", "", R"(, "stops_within_s": 1)"));
  EXPECT_THAT(findings, ElementsAre(What(AllOf(HasSubstr("was not ready within"), HasSubstr("answers 503: health")))));
}

TEST_F(ApplicationTest, ALogThatTellsOfAMissingColumnIsFlagged) {
  const auto findings = boot_findings(project(R"(, "--log", "ERROR: column \"label\" does not exist")"));
  EXPECT_THAT(findings, ElementsAre(AllOf(About("undefined_column"), What(HasSubstr("1 such line")), Of(Severity::failure))));
}

TEST_F(ApplicationTest, APreviousReleaseThatBreaksOnTheNewSchemaIsFlaggedThereAndNotBefore) {
  auto& run = project("", "", fmt::format(R"(, "previous": {{"start": ["{}", "{{port}}", "--query", "SELECT label FROM doc"]}})", WEB_PROBE));
  EXPECT_EQ(baseline_boot_findings(run), Findings{});
  const auto findings = rolling_boot_findings(run);
  EXPECT_THAT(findings, Contains(What(HasSubstr("The previous release ended (exit code 4)"))));
  EXPECT_THAT(findings, Contains(About("undefined_column")));
}

TEST_F(ApplicationTest, WhatThePreviousReleaseLogsTodayIsNoFailure) {
  auto& run = project("", "", fmt::format(R"(, "previous": {{"start": ["{}", "{{port}}", "--log", "KeyError: 'x'"]}})", WEB_PROBE));
  EXPECT_THAT(baseline_boot_findings(run), ElementsAre(AllOf(About("payload_key_mismatch"), Of(Severity::warning))));
}

TEST_F(ApplicationTest, AScreenOfThePreviousReleaseThatBreaksIsFlagged) {
  auto& run = project("", "", fmt::format(R"(, "previous": {{"start": ["{}", "{{port}}", "--page", "/labels", "500", "{{}}"], "smoke": [{{"url": "/labels"}}]}})", WEB_PROBE));
  EXPECT_THAT(rolling_boot_findings(run), ElementsAre(AllOf(About("GET /labels"), What(HasSubstr("it answers 500")))));
}

TEST_F(ApplicationTest, EachBrokenScreenIsFlaggedByItself) {
  auto& run = project(R"(, "--page", "/broken", "500", "{\"error\": \"boom\"}", "--page", "/wrong", "200", "{\"total\": 4, \"name\": \"Ada\", \"none\": null}", "--page", "/text", "200", "plain")", R"re(, "smoke": [
    {"name": "broken", "url": "/broken"}, {"name": "wrong", "url": "/wrong", "json": [{"/total": 3, "/name": "Bob"}, "/absent", "/none"]},
    {"name": "text", "url": "/text", "text": "fancy"}, {"name": "no json", "url": "/text", "json": "/a"}, {"name": "absent", "url": "/nowhere"},
    {"name": "stale", "url": "/stale-pages", "paginates": {"next": "/next", "items": "/items"}}, {"name": "one page", "url": "/wrong", "paginates": {"next": "/next"}},
    {"name": "captures", "url": "/wrong", "capture": {"id": "/id"}}, {"name": "follows", "url": "/echo?id={id}"}, {"name": "fine", "url": "/wrong"}, {"manual": "Drag a file."}])re");
  const auto findings = screen_findings(run);
  EXPECT_THAT(findings, ElementsAre(
      AllOf(About("the checklist"), Of(Severity::not_checked)),
      AllOf(About("broken"), What(HasSubstr(R"(it answers 500, a failure of the server: {"error": "boom"})"))),
      AllOf(About("wrong"), What(AllOf(HasSubstr("/total is another number instead of 3"), HasSubstr("/name is a text of 3 characters instead of \"Bob\""), HasSubstr("there is nothing at /absent"), HasSubstr("/none is null"), Not(HasSubstr("Ada"))))),
      AllOf(About("text"), What(HasSubstr("it does not hold the text \"fancy\""))),
      AllOf(About("no json"), What(HasSubstr("its answer is no JSON"))),
      AllOf(About("absent"), What(HasSubstr("it answers 404 instead of 200-399"))),
      AllOf(About("stale"), What(HasSubstr("page 2 shows the same as page 1"))),
      AllOf(About("one page"), What(HasSubstr("after page 1 of 2 nothing tells of a next one"))),
      AllOf(About("captures"), What(HasSubstr("there is nothing at /id to capture as {id}"))),
      AllOf(About("follows"), What(HasSubstr("it was not tried: {id} was not captured")))))
      << checks::to_string(findings);
  EXPECT_THAT(findings[0].evidence, ElementsAre("[ ] Drag a file."));
}

TEST_F(ApplicationTest, EachDocumentThatDoesNotArriveIsFlagged) {
  for (const char* name : {"in/bad.json", "in/stuck.json", "in/refused.json"}) write(name, "{}");
  const auto findings = ingestion_findings(project("", ingestion("in/*.json", "1")));
  EXPECT_THAT(findings, ElementsAre(AllOf(About("in/bad.json"), What(HasSubstr("its state became \"failed\""))),
                                    AllOf(About("in/refused.json"), What(HasSubstr("answered 422"))),
                                    AllOf(About("in/stuck.json"), What(HasSubstr("its state is still \"received\"")))))
      << checks::to_string(findings);
}

TEST_F(ApplicationTest, DocumentsCanBeGivenByACommandAndAskedForByWhatItReplies) {
  write("give.sh", "#!/bin/sh\npsql -qX -v ON_ERROR_STOP=1 -c \"INSERT INTO doc VALUES ('k-$(basename \"$1\")', 'done')\" >&2 && echo \"{\\\"key\\\": \\\"k-$(basename \"$1\")\\\"}\"\n");
  std::filesystem::permissions(folder_ / "give.sh", std::filesystem::perms::owner_all);
  const auto findings = ingestion_findings(project("", R"(, "ingestion": {"documents": ["in/a.json"], "command": ["./give.sh", "{document}"], "capture": {"key": "/key"},
    "state_query": "SELECT state FROM doc WHERE name = {key}", "terminal": "done", "deadline_s": 20})"));
  EXPECT_EQ(findings, Findings{}) << checks::to_string(findings);
}

TEST_F(ApplicationTest, ACommandThatFailsIsFlaggedWithWhatItSaid) {
  const auto findings = ingestion_findings(project("", R"(, "ingestion": {"documents": "in/a.json", "command": ["sh", "-c", "echo no way >&2; exit 7"],
    "state_query": "SELECT state FROM doc WHERE name = $1", "terminal": "done"})"));
  EXPECT_THAT(findings, ElementsAre(What(AllOf(HasSubstr("sh ended with exit code 7"), HasSubstr("no way")))));
}

TEST_F(ApplicationTest, ADocumentThatProductionHasAlreadyCannotBeJudged) {
  write("in/old.json", "{}");
  try {
    ingestion_findings(project("", ingestion("in/old.json")));
    FAIL() << "it was judged";
  } catch (const Error& error) {
    EXPECT_EQ(error.failure(), Failure::could_not_check);
    EXPECT_THAT(error.what(), HasSubstr("production has a document of that name"));
  }
}

TEST_F(ApplicationTest, WhatIsConfiguredWronglyIsNeverPassedOver) {
  EXPECT_THROW(ingestion_findings(project("", ingestion("none/*.json"))), Error);
  try {
    ingestion_findings(project("", R"(, "ingestion": {"documents": "in/*.json", "request": {"url": "/in"}, "state_query": "SELECT label FROM doc WHERE name = $1", "terminal": "done"})"));
    FAIL() << "the query names a column that the migration renamed";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("ingestion.state_query"));
  }
}

TEST_F(ApplicationTest, WhatIsNotConfiguredSaysThatItWasNotChecked) {
  write("prodclone.json", fmt::format(R"({{"project": "{}", "migrations": {{"layout": "migratus"}}}})", name_));
  auto& run = provisioned();
  for (const auto& findings : {baseline_boot_findings(run), rolling_boot_findings(run), boot_findings(run), ingestion_findings(run), screen_findings(run), application_test_findings(run)})
    EXPECT_THAT(findings, ElementsAre(AllOf(Of(Severity::not_checked), What(HasSubstr("is not set")))));
  run_.reset();  // no server was needed, so there is nothing to release
}

TEST_F(ApplicationTest, TheTeamsOwnTestsRunOnACopyOfTheMigratedClone) {
  auto& run = project("", "", R"(, "tests": ["sh", "-c", "psql -qX -v ON_ERROR_STOP=1 -c 'SELECT title FROM doc' && psql -qXc 'DELETE FROM doc'"])");
  EXPECT_EQ(application_test_findings(run), Findings{});
  auto& broken = project("", "", R"(, "tests": ["psql", "-qX", "-v", "ON_ERROR_STOP=1", "-c", "SELECT label FROM doc"])");
  const auto findings = application_test_findings(broken);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_THAT(findings[0].what, HasSubstr("exit code 1"));
  EXPECT_THAT(findings[0].evidence, Contains(HasSubstr("column \"label\" does not exist")));
}

}  // namespace
}  // namespace prodclone::workflow
