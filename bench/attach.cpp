#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/config/project.hpp>
#include <prodclone/process/child.hpp>
#include <prodclone/process/identity.hpp>
#include <prodclone/workflow/provisioning.hpp>
#include <prodclone/workflow/release.hpp>

#include "comparisons.hpp"

namespace prodclone::bench {

namespace {

namespace fs = std::filesystem;

void run(const process::Command& command) {
  const auto outcome = process::run(command);
  if (!outcome.succeeded())
    throw Error(Failure::could_not_check,
                fmt::format("{} ended with {}: {}{}", command.arguments.front(), process::describe(outcome),
                            trimmed(outcome.out), trimmed(outcome.err)));
}

std::string quoted(const std::string& text) {
  return "[==[" + text + "]==]";
}

// Attaching is what a test process does inside a run of ctest, whose provisioning entries have gone before it. So the
// measuring happens in such a run: provisioning, then ourselves as the one test, then the clean-up.
std::string test_file(const fs::path& binaries, const fs::path& config, const std::string& measuring) {
  const auto entry = [&](const std::string& name, const std::string& command, const std::string& properties) {
    return fmt::format(
        "add_test({} {})\nset_tests_properties({} PROPERTIES ENVIRONMENT "
        "[==[PRODCLONE_UNDER_CTEST=1;PRODCLONE_CONFIG={}]==] {})\n",
        name, command, name, config.string(), properties);
  };
  const auto provision = quoted((binaries / "prodclone_provision").string());
  return entry("pristine", provision + " --gtest_filter=Provision.Pristine", "FIXTURES_SETUP run") +
         entry("migrated", provision + " --gtest_filter=Provision.Migrated",
               "FIXTURES_SETUP run2 FIXTURES_REQUIRED run") +
         entry("clone", provision + " --gtest_filter=Provision.Clone", "FIXTURES_SETUP run3 FIXTURES_REQUIRED run2") +
         entry("measure", measuring, "FIXTURES_REQUIRED \"run;run3\"") +
         entry("cleanup", provision + " --gtest_filter=Cleanup.LeavesNothingOfThisRun",
               "FIXTURES_CLEANUP \"run;run2;run3\"");
}

}  // namespace

Comparison compare_attach(const Arena& arena, const fs::path& binaries, const fs::path& project, int rounds) {
  const auto folder = arena.folder() / "ctest";
  make_private_directory(folder);
  const auto output = folder / "attach.json";
  const auto self = fs::read_symlink("/proc/self/exe").string();
  const auto measuring =
      fmt::format("{} --measure-attach {} --psql {} --rounds-quick {} --binaries {}", quoted(self),
                  quoted(output.string()), quoted(arena.tools().psql.string()), rounds, quoted(binaries.string()));
  std::ofstream(folder / "CTestTestfile.cmake") << test_file(binaries, project / "prodclone.json", measuring);
  run({.arguments = {"ctest", "--test-dir", folder.string(), "--output-on-failure", "--no-tests=error"},
       .directory = folder});

  Comparison comparison{.name = "Attach", .subject = "One test process of a run of ctest whose databases exist."};
  for (const auto& one : nlohmann::json::parse(read_file(output))) {
    Measured measured{.name = one.at("name"), .includes = one.at("includes")};
    for (const auto& sample : one.at("samples")) measured.samples.push_back({sample.at(0), sample.at(1)});
    comparison.alternatives.push_back(std::move(measured));
  }
  return comparison;
}

void measure_attach(const fs::path& binaries, const fs::path& psql, const fs::path& output, int rounds) {
  const auto project = config::load_project(std::getenv("PRODCLONE_CONFIG"), ".");
  workflow::Provisioning run_of_ctest(project, {.owner = workflow::owner_of_this_process(true, "ctest")});
  if (!run_of_ctest.made(workflow::Stage::clone))
    throw Error(Failure::could_not_check,
                "This is not a run of ctest that has provisioned a clone: there is nothing to attach to.");
  const auto clone = run_of_ctest.conninfo(workflow::Stage::clone);
  const auto comparison = measure(
      "Attach", "",
      {{.name = "a suite's test: the clean migration history",
        .includes =
            "suite_dirty from start to end: joins the run, finds its databases, runs one test that reads files only",
        .run =
            [&] {
              run({.arguments = {(binaries / "suite_dirty").string(), "--gtest_filter=Migrations.HaveACleanHistory"}});
            }},
       {.name = "psql -c 'SELECT 1'",
        .includes = "psql from start to end on the clone: connects, asks, ends",
        .run =
            [&] {
              run({.arguments = {psql.string(), "-X", "-c", "SELECT 1"}, .environment = pg::environment(clone)});
            }},
       {.name = "the same suite, listing its tests",
        .includes = "suite_dirty --gtest_list_tests: what starting the program costs before it attaches to anything",
        .run =
            [&] {
              run({.arguments = {(binaries / "suite_dirty").string(), "--gtest_list_tests"}});
            }}},
      rounds, ProcessorTime());
  auto json = nlohmann::json::array();
  for (const auto& one : comparison.alternatives) {
    auto samples = nlohmann::json::array();
    for (const auto& sample : one.samples) samples.push_back({sample.wall_s, sample.cpu_s});
    json.push_back({{"name", one.name}, {"includes", one.includes}, {"samples", samples}});
  }
  write_file_atomically(output, json.dump());
}

}  // namespace prodclone::bench
