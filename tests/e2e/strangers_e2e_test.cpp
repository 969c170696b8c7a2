// Databases and an application that others made, and a repository around each as its team would have it: `init`, then
// the verdict on a good migration and on bad ones. PRODCLONE_SAMPLE_DATABASES names a folder of the databases; without
// it small ones with the same tables stand in.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>

#include <prodclone/base/files.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/pg/session.hpp>
#include <prodclone/pg/tools.hpp>
#include <prodclone/process/child.hpp>
#include <support/selftest_server.hpp>
#include <support/temporary_folder.hpp>

namespace prodclone::e2e {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using nlohmann::json;

const fs::path strangers = fs::path(PRODCLONE_SOURCE_DIR) / "tests/e2e/strangers";

std::vector<std::string> names() {
  std::vector<std::string> all;
  for (const auto& entry : fs::directory_iterator(strangers)) all.push_back(entry.path().filename());
  std::sort(all.begin(), all.end());
  return all;
}

std::optional<fs::path> given_databases() {
  const char* folder = std::getenv("PRODCLONE_SAMPLE_DATABASES");
  return folder == nullptr || *folder == '\0' ? std::nullopt : std::optional<fs::path>(folder);
}

class Stranger : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    fs::copy(source_ / "repository", root_, fs::copy_options::recursive);
    take_production();
  }
  void TearDown() override {
    const auto dropped = prodclone({"drop-clone"});
    EXPECT_EQ(dropped.exit_code, 0) << dropped.out << dropped.err;
  }

  process::Outcome prodclone(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), std::string(PRODCLONE_BIN_DIR) + "/prodclone");
    return process::run({.arguments = std::move(arguments), .environment = system_, .unset = {"PRODCLONE_CONFIG", "PRODCLONE_UNDER_CTEST", "PRODCLONE_KEEP", "DATABASE_URL"}, .directory = root_},
                        {.deadline = std::chrono::minutes(5)});
  }
  // What a rehearsal says: its JSON, with the labels of all that failed.
  struct Verdict {
    int exit_code = 0;
    std::set<std::string> red = {};
    std::string text = {};
  };
  Verdict rehearse() const {
    const auto outcome = prodclone({"rehearse", "--format", "json"});
    Verdict verdict{.exit_code = outcome.exit_code, .text = outcome.err};
    const auto said = json::parse(outcome.out, nullptr, false);
    if (said.is_discarded()) return verdict;
    if (said.at("migration_failure").is_string()) verdict.text += said.at("migration_failure").get<std::string>() + '\n';
    for (const auto& check : said.at("checks")) {
      if (check.at("error").is_string()) verdict.text += check.at("label").get<std::string>() + ": " + check.at("error").get<std::string>() + '\n';
      for (const auto& finding : check.at("findings")) {
        if (!finding.at("failure").get<bool>()) continue;
        verdict.red.insert(check.at("label").get<std::string>());
        for (const char* part : {"check", "object", "what", "where", "why", "remedy"}) verdict.text += finding.at(part).get<std::string>() + '\n';
        for (const auto& line : finding.at("evidence")) verdict.text += line.get<std::string>() + '\n';
      }
    }
    return verdict;
  }

  // The tools that Debian packages, whatever else is first in the developer's PATH.
  const std::map<std::string, std::string> system_ = {{"PATH", std::string("/usr/bin:/bin:") + std::getenv("PATH")}};
  const fs::path source_ = strangers / GetParam();
  const json manifest_ = json::parse(read_file(source_ / "stranger.json"));
  const std::optional<fs::path> given_ = given_databases();
  const selftest::TemporaryFolder folder_;
  const fs::path root_ = fs::canonical(folder_.path()) / GetParam();

 private:
  // As docs/your-own-database.md says: the baseline is production's schema, and is recorded there as applied.
  void take_production() {
    const selftest::ScratchDatabase production;
    const auto tools = pg::find_tools(selftest::server_major());
    auto environment = pg::environment(production.conninfo());
    environment.insert(system_.begin(), system_.end());
    const auto run = [&](const fs::path& tool, std::vector<std::string> arguments) {
      arguments.insert(arguments.begin(), tool.string());
      auto outcome = process::run({.arguments = arguments, .environment = environment, .directory = root_}, {.limit = std::size_t{64} << 20});
      if (!outcome.succeeded()) throw std::runtime_error(tool.string() + ": " + outcome.err);
      return outcome.out;
    };
    fs::create_directory(root_ / "dump");
    const auto keep = [&] { run(tools.pg_dump, {"-Fc", "-f", (root_ / "dump/prod.dump").string()}); };
    if (manifest_.contains("prepare")) {
      for (const auto& command : manifest_.at("prepare")) {
        const auto words = command.get<std::vector<std::string>>();
        run(process::find_program(words.front(), {"/usr/bin"}).value_or(words.front()), {words.begin() + 1, words.end()});
      }
      return keep();
    }
    const auto database = given_ ? *given_ / GetParam() / (GetParam() + ".sql") : source_ / "stand-in.sql";
    run(tools.psql, {"-Xq", "-v", "ON_ERROR_STOP=1", "-f", database.string()});
    std::string baseline;
    for (const auto& line : lines_of(run(tools.pg_dump, {"-s", "-O", "-x"})))
      if (!line.starts_with("\\restrict") && !line.starts_with("\\unrestrict") && line.find("set_config('search_path'") == std::string::npos) baseline += line + '\n';
    const auto file = root_ / manifest_.at("baseline").get<std::string>();
    fs::create_directories(file.parent_path());
    write_file_atomically(file, baseline);
    pg::Session(production.conninfo()).execute(manifest_.at("applied").get<std::string>());
    keep();
  }
};

TEST_P(Stranger, SeesGoodMigrationsGreenAndBadOnesRed) {
  const auto init = prodclone({"init"});
  ASSERT_EQ(init.exit_code, 0) << init.out << init.err;
  EXPECT_THAT(init.out, HasSubstr(manifest_.at("found").get<std::string>()));
  EXPECT_THAT(init.out, HasSubstr("dump/prod.dump"));
  auto config = json::parse(read_file(root_ / "prodclone.json"));
  if (manifest_.contains("accepted")) config.merge_patch(manifest_.at("accepted"));
  config["budgets"]["adversary_seconds"] = 3;  // the largest table or two
  write_file_atomically(root_ / "prodclone.json", config.dump(2));
  const auto good = rehearse();
  EXPECT_EQ(good.exit_code, 0) << good.text;
  EXPECT_THAT(good.red, ::testing::IsEmpty()) << good.text;
  auto bad = manifest_.at("bad");
  if (!given_) bad.erase(bad.begin() + 1, bad.end());  // one tells as much of the way as both
  for (const auto& variant : bad) {
    SCOPED_TRACE(variant.at("name").get<std::string>());
    fs::copy(source_ / "bad" / variant.at("name").get<std::string>(), root_, fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    const auto verdict = rehearse();
    EXPECT_EQ(verdict.exit_code, variant.at("exit").get<int>()) << verdict.text;
    EXPECT_EQ(verdict.red, variant.at("red").get<std::set<std::string>>()) << verdict.text;
    for (const auto& words : variant.at("words")) EXPECT_THAT(verdict.text, HasSubstr(words.get<std::string>()));
  }
}

INSTANTIATE_TEST_SUITE_P(SampleDatabases, Stranger, ::testing::ValuesIn(names()), [](const auto& one) { return replaced(one.param, "-", "_"); });

}  // namespace
}  // namespace prodclone::e2e
