// A rehearsal as one value: what ran, what it found, what was left out. Gathered from the record by `workflow`,
// rendered by the functions of render.hpp.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <prodclone/base/quantities.hpp>
#include <prodclone/checks/finding.hpp>
#include <prodclone/rehearsal/lock_trace.hpp>

namespace prodclone::report {

// `unfinished`: it was begun and never ended, so its process was killed.
enum class Outcome { passed, failed, could_not_check, unfinished };
std::string_view to_string(Outcome outcome);
std::optional<Outcome> parse_outcome(std::string_view text);

// One test of a suite, or one check of `prodclone rehearse`.
struct Test {
  std::string name = {};
  std::vector<std::string> labels = {};
  Outcome outcome = Outcome::passed;
  std::string message = {};                // what it said besides its findings, when it did not pass
  std::chrono::milliseconds took = {};
  checks::Findings findings = {};
  friend bool operator==(const Test&, const Test&) = default;
};

struct Phase {
  std::string name = {};                   // "pristine", "migrated", "clone", "fresh", "expected"
  std::string database = {};
  std::string note = {};
  bool reused = false;
  std::chrono::milliseconds took = {};
  friend bool operator==(const Phase&, const Phase&) = default;
};

struct Report {
  std::string project = {};
  std::optional<rehearsal::LockTrace> trace = {};
  std::string migration_failure = {};
  std::vector<Phase> phases = {};
  std::vector<Test> tests = {};
};

struct Verdict {
  std::string label = {};
  int tests = 0, failed = 0, could_not_check = 0, unfinished = 0, warnings = 0;
  bool passed() const { return failed + could_not_check + unfinished == 0; }
  friend bool operator==(const Verdict&, const Verdict&) = default;
};

// By label, sorted; a test with several counts under each.
std::vector<Verdict> verdicts(const Report& report);

// Green means that everything ran and passed; nothing that ran is not green.
bool green(const Report& report);
std::string conclusion(const Report& report);   // one sentence

// What no test has judged: findings of that severity, and what the observer could not measure. Each once.
std::vector<std::string> left_out(const Report& report);

struct TableLock {
  std::string relation = {};
  rehearsal::LockMode mode = rehearsal::LockMode::access_share;   // the strongest
  rehearsal::Duration held = {};                                  // the longest
  Bytes size = {};
};

// Tables that were there before and whose writers had to wait, longest first.
std::vector<TableLock> locks_against_writes(const rehearsal::LockTrace& trace);

// How many relations that were there before the migration rewrote.
int rewrites(const rehearsal::MigrationTrace& migration);

}  // namespace prodclone::report
