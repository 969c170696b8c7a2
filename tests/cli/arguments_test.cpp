#include "arguments.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace prodclone::cli {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Arguments parsed(std::vector<std::string> words) {
  words.insert(words.begin(), "prodclone");
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  return parse_arguments(static_cast<int>(argv.size()), argv.data());
}

// What is printed instead of running a command.
Usage usage_of(const std::vector<std::string>& words) {
  try {
    parsed(words);
  } catch (const Usage& usage) {
    return usage;
  }
  return {"a command would have run", -1};
}

TEST(Arguments, ACommandAloneHasDefaults) {
  const auto arguments = parsed({"status"});
  EXPECT_EQ(arguments.command, "status");
  EXPECT_EQ(arguments.subcommand, "");
  EXPECT_EQ(arguments.config, std::nullopt);
  EXPECT_FALSE(arguments.json);
  EXPECT_FALSE(arguments.sql);
  EXPECT_TRUE(arguments.color);
  EXPECT_EQ(arguments.database, "");
  EXPECT_FALSE(arguments.exit_code);
  EXPECT_FALSE(arguments.write_sums);
}

TEST(Arguments, GlobalFlagsStandBeforeOrAfterTheCommand) {
  const std::vector<std::string> orders[] = {
      {"--config", "p.json", "--format", "json", "--no-color", "reset"},
      {"reset", "--config", "p.json", "--format", "json", "--no-color"},
      {"--config", "p.json", "reset", "--format=json", "--no-color"},
  };
  for (const auto& words : orders) {
    const auto arguments = parsed(words);
    EXPECT_EQ(arguments.command, "reset");
    EXPECT_EQ(arguments.config, "p.json");
    EXPECT_TRUE(arguments.json);
    EXPECT_FALSE(arguments.color);
  }
}

TEST(Arguments, GlobalFlagsStandAroundASubcommandToo) {
  const std::vector<std::string> orders[] = {
      {"--format", "json", "server", "start", "--loopback"},
      {"server", "--format", "json", "start", "--loopback"},
      {"server", "start", "--loopback", "--format", "json"},
  };
  for (const auto& words : orders) {
    const auto arguments = parsed(words);
    EXPECT_EQ(arguments.command, "server");
    EXPECT_EQ(arguments.subcommand, "start");
    EXPECT_TRUE(arguments.loopback);
    EXPECT_TRUE(arguments.json);
  }
}

TEST(Arguments, ReadsTheFlagsOfEveryCommand) {
  const auto load = parsed({"load", "dump/prod.dump", "--source", "file", "--no-clone"});
  EXPECT_EQ(load.command, "load");
  EXPECT_EQ(load.dump, "dump/prod.dump");
  EXPECT_EQ(load.source, "file");
  EXPECT_TRUE(load.no_clone);

  const auto clone = parsed({"clone", "--source", "prod", "--keep-clone"});
  EXPECT_EQ(clone.source, "prod");
  EXPECT_TRUE(clone.keep_clone);

  const auto migrate = parsed({"migrate", "--database", "d", "--steps", "2"});
  EXPECT_EQ(migrate.database, "d");
  EXPECT_EQ(migrate.steps, 2);

  const auto status = parsed({"status", "--database", "d", "--exit-code", "--write-sums"});
  EXPECT_EQ(status.database, "d");
  EXPECT_TRUE(status.exit_code);
  EXPECT_TRUE(status.write_sums);

  const auto diff = parsed({"schema-diff", "--a", "x", "--b", "y", "--schema", "public", "audit", "--strict", "--owners", "--privileges"});
  EXPECT_EQ(diff.a, "x");
  EXPECT_EQ(diff.b, "y");
  EXPECT_THAT(diff.schemas, ElementsAre("public", "audit"));
  EXPECT_TRUE(diff.strict && diff.owners && diff.privileges);

  EXPECT_EQ(parsed({"rehearse", "--source", "file"}).source, "file");
  for (const char* command : {"reset", "drop-clone", "fresh", "report"}) EXPECT_EQ(parsed({command}).command, command);
  for (const char* verb : {"start", "stop", "status"}) EXPECT_EQ(parsed({"server", verb}).subcommand, verb);
}

TEST(Arguments, HelpIsNoError) {
  const auto usage = usage_of({"--help"});
  EXPECT_EQ(usage.exit_code, 0);
  for (const char* command : {"load", "reset", "drop-clone", "fresh", "migrate", "status", "schema-diff", "rehearse", "report",
                              "server", "preflight", "Exit codes:"})
    EXPECT_THAT(usage.text, HasSubstr(command));
  const auto of_command = usage_of({"load", "--help"});
  EXPECT_EQ(of_command.exit_code, 0);
  EXPECT_THAT(of_command.text, AllOf(HasSubstr("--no-clone"), HasSubstr("--config"), Not(HasSubstr("--steps"))));
}

TEST(Arguments, VersionIsNoError) {
  const auto usage = usage_of({"--version"});
  EXPECT_EQ(usage.exit_code, 0);
  EXPECT_EQ(usage.text, PRODCLONE_VERSION);
}

TEST(Arguments, AnUnknownCommandSuggestsTheNearest) {
  for (const auto& words : {std::vector<std::string>{"rset"}, {"--format", "json", "rset"}, {"rset", "--no-color"}, {"--no-color", "rset", "x"}}) {
    const auto usage = usage_of(words);
    EXPECT_EQ(usage.exit_code, 5);
    EXPECT_EQ(usage.text, "There is no command \"rset\".\n  Did you mean \"reset\"? `prodclone --help` lists them.");
  }
}

TEST(Arguments, AnUnknownCommandLikeNoOtherIsNamed) {
  const auto usage = usage_of({"photosynthesis"});
  EXPECT_EQ(usage.exit_code, 5);
  EXPECT_EQ(usage.text, "There is no command \"photosynthesis\".\n  `prodclone --help` lists them.");
}

TEST(Arguments, AnUnknownSubcommandSuggestsTheNearest) {
  const auto usage = usage_of({"server", "strat"});
  EXPECT_EQ(usage.exit_code, 5);
  EXPECT_EQ(usage.text, "There is no command \"server strat\".\n  Did you mean \"server start\"? `prodclone server --help` lists them.");
}

struct Mistake {
  std::vector<std::string> words;
  const char* names;
};

TEST(Arguments, EveryMistakeIsAUsageErrorThatNamesIt) {
  const Mistake mistakes[] = {
      {{}, "subcommand"},
      {{"server"}, "subcommand"},
      {{"reset", "--bogus"}, "--bogus"},
      {{"--bogus", "reset"}, "--bogus"},
      {{"reset", "extra"}, "extra"},
      {{"--format", "xml", "reset"}, "xml"},
      {{"reset", "--config"}, "--config"},
      {{"migrate", "--steps", "0"}, "--steps"},
      {{"migrate", "--steps", "many"}, "--steps"},
      {{"schema-diff", "--a", "x"}, "--b"},
      {{"schema-diff", "--a", "x", "--b", "y", "--verify"}, "`--format sql`"},
      {{"reset", "--format", "sql"}, "`--format sql` is for schema-diff."},
  };
  for (const auto& mistake : mistakes) {
    const auto usage = usage_of(mistake.words);
    EXPECT_EQ(usage.exit_code, 5) << testing::PrintToString(mistake.words);
    EXPECT_THAT(usage.text, HasSubstr(mistake.names));
    EXPECT_THAT(usage.text, Not(StartsWith("There is no command")));
  }
}

TEST(Arguments, WhatIsNotBuiltYetSaysSo) {
  const std::vector<std::string> all[] = {
      {"list-clones"},
      {"cleanup", "--dry-run"}, {"apply", "--steps", "1"}, {"rollback"}, {"deploy"}, {"survey"}, {"verify"},
  };
  for (const auto& words : all) {
    const auto usage = usage_of(words);
    EXPECT_EQ(usage.exit_code, 5);
    EXPECT_EQ(usage.text, "`prodclone " + words.front() + "` is not built yet.");
  }
}

}  // namespace
}  // namespace prodclone::cli
