// Reads what a pgTAP script printed (TAP, as pg_prove does) and judges it test by test.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <prodclone/checks/finding.hpp>

namespace prodclone::checks {

enum class TapDirective { none, todo, skip };

struct TapTest {
  long number = 0;                             // as printed, or the next one where none is
  bool ok = false;
  std::string description = {};
  TapDirective directive = TapDirective::none;
  std::string reason = {};                     // of the directive
  std::vector<std::string> diagnostics = {};   // without their "# "
  friend bool operator==(const TapTest&, const TapTest&) = default;
};

struct TapReport {
  std::optional<long> plan = {};
  std::optional<std::string> skipped = {};     // the whole script: "1..0 # SKIP why"
  std::optional<std::string> bailed_out = {};
  std::vector<TapTest> tests = {};
  friend bool operator==(const TapReport&, const TapReport&) = default;
};

// Subtests stand indented below the test that sums them up, and are its diagnostics when it fails.
TapReport read_tap(std::string_view output);

struct PgTapFacts {
  std::filesystem::path file = {};
  std::string moment = {};          // "after 20260424-rename"
  std::string output = {};
  std::string errors = {};          // psql's
  std::string ending = {};          // how psql ended, when not well
  bool show_values = false;         // else what a failed test has found is masked
};

// A failure for each test that is not ok, for tests that the plan has more or fewer of, and for a script that stopped.
// A test marked TODO may fail; what was skipped is a warning.
Findings pgtap_findings(const PgTapFacts& facts);

}  // namespace prodclone::checks
