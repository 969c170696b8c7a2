#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <prodclone/base/files.hpp>
#include <prodclone/process/child.hpp>

#include "support/temporary_folder.hpp"

namespace prodclone::cli {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// The program itself, in a project without dump or server: no command here starts one.
class ProgramTest : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(folder_ / "migrations"); }
  void write_config(const std::string& text) const { write_file_atomically(folder_ / "prodclone.json", text); }
  process::Outcome prodclone(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), PRODCLONE_PROGRAM);
    auto outcome = process::run({.arguments = std::move(arguments), .unset = {"PRODCLONE_CONFIG", "PRODCLONE_KEEP"}, .directory = folder_.path()},
                                {.deadline = std::chrono::seconds(60)});
    EXPECT_TRUE(outcome.signal == 0 && !outcome.timed_out) << describe(outcome);
    return outcome;
  }
  selftest::TemporaryFolder folder_;
};

TEST_F(ProgramTest, HelpGoesToStandardOutput) {
  const auto outcome = prodclone({"--help"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.out, StartsWith("Rehearses PostgreSQL migrations on a clone of production before the deploy."));
  EXPECT_EQ(outcome.err, "");
}

TEST_F(ProgramTest, UsageErrorsExitWithFiveOnStandardError) {
  const auto outcome = prodclone({"rset"});
  EXPECT_EQ(outcome.exit_code, 5);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(outcome.err, "There is no command \"rset\".\n  Did you mean \"reset\"? `prodclone --help` lists them.\n");
}

TEST_F(ProgramTest, CommandsNotBuiltYetExitWithFive) {
  const auto outcome = prodclone({"survey"});
  EXPECT_EQ(outcome.exit_code, 5);
  EXPECT_EQ(outcome.err, "`prodclone survey` is not built yet.\n");
}

TEST_F(ProgramTest, AMissingConfigurationExitsWithFive) {
  const auto outcome = prodclone({"status"});
  EXPECT_EQ(outcome.exit_code, 5);
  EXPECT_EQ(outcome.err, "prodclone: No prodclone.json was found in " + folder_.path().string() + " or above.\n"
                         "  `prodclone init` writes one, in the repository's folder; or name it with --config.\n");
}

TEST_F(ProgramTest, AScriptThatAskedForJsonGetsTheErrorInJsonToo) {
  const auto outcome = prodclone({"status", "--format", "json"});
  EXPECT_EQ(outcome.exit_code, 5);
  EXPECT_THAT(outcome.err, StartsWith("prodclone: No prodclone.json was found"));
  const auto json = nlohmann::json::parse(outcome.out);
  EXPECT_EQ(json["schema"], "prodclone/error/1");
  EXPECT_EQ(json["exit_code"], 5);
  EXPECT_THAT(json["what"].get<std::string>(), StartsWith("No prodclone.json was found in"));
  EXPECT_THAT(json["remedy"].get<std::string>(), StartsWith("`prodclone init` writes one"));
}

TEST_F(ProgramTest, ANamedConfigurationThatIsNotThereExitsWithFive) {
  write_config("{}");
  const auto outcome = prodclone({"report", "--config", "none.json"});
  EXPECT_EQ(outcome.exit_code, 5);
  EXPECT_EQ(outcome.err, "prodclone: There is no file none.json.\n  Name a prodclone.json.\n");
}

TEST_F(ProgramTest, AWrongConfigurationExitsWithFive) {
  write_config(R"({"databses": {}})");
  const auto outcome = prodclone({"report"});
  EXPECT_EQ(outcome.exit_code, 5);
  EXPECT_EQ(outcome.err, "prodclone: prodclone.json has no key \"databses\".\n  Did you mean \"databases\"?\n");
}

TEST_F(ProgramTest, AReportBeforeAnyRehearsalExitsWithSix) {
  write_config("{}");
  const auto outcome = prodclone({"report"});
  EXPECT_EQ(outcome.exit_code, 6);
  EXPECT_THAT(outcome.err, StartsWith("prodclone: Nothing has been rehearsed in "));
}

TEST_F(ProgramTest, AMissingDumpExitsWithSix) {
  write_config("{}");
  const auto outcome = prodclone({"load", "none.dump"});
  EXPECT_EQ(outcome.exit_code, 6) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr((folder_ / "none.dump").string()));
  EXPECT_EQ(prodclone({"rehearse"}).exit_code, 6);
}

TEST_F(ProgramTest, AForeignServerIsRefusedWithEight) {
  write_config(R"({"server": {"url": "postgresql://app@db.example.org/shop"}})");
  const auto outcome = prodclone({"drop-clone"});
  EXPECT_EQ(outcome.exit_code, 8) << outcome.err;
  EXPECT_THAT(outcome.err, StartsWith("prodclone: The server db.example.org is not on this machine, and prodclone.json does not allow it.\n"));
}

TEST_F(ProgramTest, TheEmbeddedServerOfAServerOfOnesOwnIsAUsageError) {
  write_config(R"({"server": {"url": "postgresql://app@localhost/shop"}})");
  const auto outcome = prodclone({"server", "status"});
  EXPECT_EQ(outcome.exit_code, 5);
  EXPECT_EQ(outcome.err, "prodclone: prodclone.json names a server of your own, so there is no embedded one.\n");
}

TEST_F(ProgramTest, NothingToDoIsSuccess) {
  write_config("{}");
  const auto status = prodclone({"server", "status"});
  EXPECT_EQ(status.exit_code, 0);
  EXPECT_EQ(status.out, "There is no embedded server.\n");
  const auto stop = prodclone({"server", "stop"});
  EXPECT_EQ(stop.exit_code, 0);
  const auto drop = prodclone({"drop-clone"});
  EXPECT_EQ(drop.exit_code, 0);
  EXPECT_EQ(drop.out, "There was nothing to remove.\n");
}

TEST_F(ProgramTest, JsonIsJsonAndNothingElse) {
  write_config("{}");
  const auto status = prodclone({"--format", "json", "server", "status"});
  EXPECT_EQ(nlohmann::json::parse(status.out, nullptr, false), nlohmann::json::parse(R"({"schema": "prodclone/server/1", "servers": []})"));
  const auto drop = prodclone({"drop-clone", "--format", "json"});
  EXPECT_EQ(nlohmann::json::parse(drop.out, nullptr, false), nlohmann::json::parse(R"({"schema": "prodclone/drop-clone/1", "removed": [], "failed": []})"));
}

TEST_F(ProgramTest, NothingIsClonedUnlessASourceIsNamed) {
  write_config(R"({"sources": {"prod": {"kind": "rds", "instance": "i"}, "render": {"kind": "url", "url_env": "PRODCLONE_NOT_SET"}}})");
  const auto outcome = prodclone({"clone"});
  EXPECT_EQ(outcome.exit_code, 5);
  EXPECT_EQ(outcome.err, "prodclone: No source was named, and prodclone.json has no default_source.\n  Name one: prodclone clone --source prod | render.\n");
  EXPECT_THAT(prodclone({"clone", "--source", "prd"}).err, HasSubstr("Did you mean \"prod\"?"));
}

TEST_F(ProgramTest, ASourceThatCannotBeReadExitsWithFive) {
  write_config(R"({"sources": {"prod": {"kind": "rds", "instance": "i"}, "render": {"kind": "url", "url_env": "PRODCLONE_NOT_SET"},
                                "open": {"kind": "url", "url": "postgresql://u:secret@h/d"}}})");
  const auto rds = prodclone({"clone", "--source", "prod"});
  EXPECT_EQ(rds.exit_code, 5);
  EXPECT_THAT(rds.err, HasSubstr("not built yet"));
  const auto render = prodclone({"clone", "--source", "render"});
  EXPECT_EQ(render.exit_code, 5);
  EXPECT_THAT(render.err, HasSubstr("The variable PRODCLONE_NOT_SET (prodclone.json: sources.render.url_env) is not set."));
  const auto open = prodclone({"clone", "--source", "open"});
  EXPECT_EQ(open.exit_code, 5);
  EXPECT_THAT(open.err, testing::AllOf(HasSubstr("holds a password"), testing::Not(HasSubstr("secret"))));
}

TEST_F(ProgramTest, TheDoctorNamesAllThatIsMissing) {
  write_config(R"({"sources": {"render": {"kind": "url", "url_env": "PRODCLONE_NOT_SET"}}, "default_source": "render", "server": {"major": 99}})");
  const auto outcome = prodclone({"doctor"});
  EXPECT_EQ(outcome.exit_code, 6);
  EXPECT_THAT(outcome.out, testing::AllOf(HasSubstr("ok      configuration: "), HasSubstr("missing source: The variable PRODCLONE_NOT_SET"), HasSubstr("missing server: No PostgreSQL 99"),
                                          HasSubstr("apt install postgresql-99"), HasSubstr("disk: ")));
  write_config("{");
  EXPECT_EQ(prodclone({"doctor"}).exit_code, 6);
  const auto json = nlohmann::json::parse(prodclone({"doctor", "--format", "json"}).out);
  EXPECT_EQ(json.at("schema"), "prodclone/doctor/1");
  EXPECT_FALSE(json.at("healthy").get<bool>());
  EXPECT_EQ(json.at("symptoms").at(0).at("subject"), "configuration");
}

TEST_F(ProgramTest, TheDoctorIsContentWithADumpAndItsTools) {
  write_file_atomically(folder_ / "prod.sql", "CREATE TABLE t (i int);\n");
  write_file_atomically(folder_ / "migrations/001-t.up.sql", "CREATE TABLE u (i int);\n");
  write_file_atomically(folder_ / "migrations/001-t.down.sql", "DROP TABLE u;\n");
  write_config(R"({"sources": {"file": {"path": "prod.sql"}}, "default_source": "file"})");
  const auto outcome = prodclone({"doctor"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.out;
  EXPECT_THAT(outcome.out, testing::Not(HasSubstr("missing")));
}

}  // namespace
}  // namespace prodclone::cli
