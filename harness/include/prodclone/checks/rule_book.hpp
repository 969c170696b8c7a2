// What prodclone knows about migrations that hurt live traffic, as data: for each rule when it speaks, whom it protects,
// how the figure is come by, the safer way, and scripts that it must and must not flag. docs/hazards is made from it,
// with what a real server answered.
#pragma once

#include <map>
#include <ostream>
#include <string>
#include <vector>

#include <prodclone/checks/finding.hpp>
#include <prodclone/rehearsal/standoff.hpp>

namespace prodclone::checks {

enum class ScriptTransactions { one, each };  // one for all statements, or each commits by itself

struct HazardScript {
  std::vector<std::string> statements = {};
  ScriptTransactions transactions = ScriptTransactions::one;
};

// Both run on the sample of rule_book_sample(), each on a copy of its own.
struct HazardExample {
  std::string name = {};                      // "Type change"
  HazardScript bad = {}, good = {};
  Severity severity = Severity::failure;      // of what the bad one is told
  std::map<std::string, double> budgets = {}; // that differ from the book's, by their names in prodclone.json
  std::vector<rehearsal::Opponent> opponents = {};   // one by one in the way of both
  int attempts = 1;                           // that the deploy makes
  std::vector<std::string> lock_order = {};   // of the application
};

// Who measures what a rule judges.
enum class MeasuredBy { trace, traffic, standoffs, leftovers, foreign_keys };

struct Hazard {
  std::string id = {};            // "LK04"
  std::string title = {};         // "A large table is rewritten"
  std::string condition = {};     // when the rule speaks
  std::string effect = {};        // who is hurt, and how
  std::string measured = {};      // how the figure is come by, and how exact it is
  std::string safer = {};         // the recipe
  std::vector<std::string> budgets = {};  // names in prodclone.json that move it
  MeasuredBy by = MeasuredBy::trace;
  std::string check = {};         // "locks/LK04", "leftovers/invalid_index"
  std::vector<HazardExample> examples = {};
};
inline void PrintTo(const Hazard& hazard, std::ostream* out) { *out << hazard.id; }

// Sorted by id.
const std::vector<Hazard>& rule_book();

// Orders (30,000 rows), customers and items, as SQL; and what counts as large there, as in prodclone.json.
const std::string& rule_book_sample();
const std::map<std::string, double>& rule_book_budgets();

}  // namespace prodclone::checks
