// prodclone-bench: what prodclone does beside what a user would do instead, measured in turns, as ratios.
#include <fmt/format.h>
#include <stdlib.h>
#include <CLI/CLI.hpp>

#include <cstdio>
#include <filesystem>
#include <optional>
#include <set>
#include <string>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/process/child.hpp>
#include <prodclone/workflow/release.hpp>

#include "arena.hpp"
#include "comparison.hpp"
#include "comparisons.hpp"

namespace {

using namespace prodclone;
namespace fs = std::filesystem;

struct Wanted {
  fs::path folder = fs::temp_directory_path();
  fs::path binaries = fs::read_symlink("/proc/self/exe").parent_path();
  double scale = 2;
  int tables = 1000;
  int rows = 250'000;
  int megabytes = 512, major = 0;
  bench::Rounds rounds;
  std::vector<std::string> only = {"load", "schema", "content", "fk", "attach", "copies"};
  bool json = false;
  fs::path measure_attach, psql;  // from ourselves only
};

double load_average() {
  double average = 0;
  return ::getloadavg(&average, 1) == 1 ? average : 0;
}

fs::path make_sample(const Wanted& wanted, const fs::path& project, double scale) {
  const auto outcome = process::run({.arguments = {(wanted.binaries / "orcha-sample").string(), "--project",
                                                   project.string(), "--scale", fmt::format("{}", scale)}});
  if (!outcome.succeeded())
    throw Error(Failure::could_not_check,
                fmt::format("orcha-sample ended with {}: {}", process::describe(outcome), trimmed(outcome.err)));
  return project / "dump/orcha-prod.dump";
}

void print(const Wanted& wanted, const std::vector<bench::Comparison>& comparisons,
           const bench::MachineFacts& machine) {
  fmt::print("{}", wanted.json ? bench::to_json(comparisons, machine) : bench::to_markdown(comparisons, machine));
}

void compare(const Wanted& wanted) {
  const std::set<std::string> only(wanted.only.begin(), wanted.only.end());
  bench::Arena arena(wanted.folder);
  const double load_before = load_average();
  // The sample's dump also says which major to compare on; copies need no sample, and so no tools of their major.
  const auto sample = arena.folder() / "sample";
  std::optional<dump::DumpFile> dump;
  if (only != std::set<std::string>{"copies"})
    dump = dump::recognise(make_sample(wanted, sample, only.contains("load") ? wanted.scale : 0.1));
  arena.start_servers(dump ? dump::major_of(dump->server_version).value() : wanted.major);
  std::vector<bench::Comparison> comparisons;
  const auto report = [&] {
    auto machine = arena.facts();
    machine.load_before = load_before;
    machine.load_after = load_average();
    print(wanted, comparisons, machine);
  };
  try {
    if (only.contains("schema"))
      comparisons.push_back(bench::compare_schema_check(arena, wanted.tables, wanted.rounds.quick));
    if (only.contains("content"))
      comparisons.push_back(bench::compare_content_check(arena, wanted.rows, wanted.rounds.slow));
    if (only.contains("fk"))
      comparisons.push_back(bench::compare_foreign_key_check(arena, wanted.rows, wanted.rounds.slow));
    if (only.contains("attach"))
      comparisons.push_back(bench::compare_attach(arena, wanted.binaries, sample, wanted.rounds.quick));
    if (only.contains("copies")) comparisons.push_back(bench::compare_copies(arena, wanted.megabytes, wanted.rounds.slow));
    if (only.contains("load")) bench::compare_load_and_reset(arena, *dump, wanted.rounds.slow, comparisons);
  } catch (...) {
    if (!comparisons.empty()) report();  // minutes of measuring
    throw;
  }
  report();
}

}  // namespace

int main(int argc, char** argv) {
  if (const auto code = workflow::serve_internal(argc, argv)) return *code;
  if (const auto code = bench::serve_as_arena_cleaner(argc, argv)) return *code;
  Wanted wanted;
  CLI::App app{"Compares prodclone with what a user would do instead. Everything happens in a folder of its own.",
               "prodclone-bench"};
  app.add_option("--folder", wanted.folder,
                 "where that folder is made, and so on which disk; default: the temporary folder")
      ->check(CLI::ExistingDirectory);
  app.add_option("--binaries", wanted.binaries, "where orcha-sample and the suites are; default: beside this program");
  app.add_option("--scale", wanted.scale, "of the sample for load and reset; 1: some 340,000 rows")
      ->check(CLI::PositiveNumber);
  app.add_option("--tables", wanted.tables, "of the schema check")->check(CLI::Range(2, 100000));
  app.add_option("--rows", wanted.rows, "of each table of the content and fk checks")->check(CLI::Range(5000, 1000000000));
  app.add_option("--rounds", wanted.rounds.slow, "of load, reset and content")->check(CLI::Range(1, 1000));
  app.add_option("--rounds-quick", wanted.rounds.quick, "of schema check and attach")->check(CLI::Range(1, 1000));
  app.add_option("--only", wanted.only, "load (with reset), schema, content, fk, attach, copies; default: all")
      ->delimiter(',')
      ->check(CLI::IsMember({"load", "schema", "content", "fk", "attach", "copies"}));
  app.add_option("--megabytes", wanted.megabytes, "of the database that is copied")->check(CLI::Range(32, 1 << 20));
  app.add_option("--major", wanted.major, "of the server, for copies alone; default: the newest");
  app.add_flag("--json", wanted.json, "prodclone/bench/1 instead of Markdown");
  app.add_option("--measure-attach", wanted.measure_attach)->group("");
  app.add_option("--psql", wanted.psql)->group("");
  CLI11_PARSE(app, argc, argv);
  try {
    if (!wanted.measure_attach.empty())
      bench::measure_attach(wanted.binaries, wanted.psql, wanted.measure_attach, wanted.rounds.quick);
    else
      compare(wanted);
    return 0;
  } catch (const Error& error) {
    fmt::print(stderr, "prodclone-bench: {}\n", error.what());
    return exit_code(error.failure());
  } catch (const std::exception& error) {
    fmt::print(stderr, "prodclone-bench: {}\n", error.what());
    return exit_code(Failure::could_not_check);
  }
}
