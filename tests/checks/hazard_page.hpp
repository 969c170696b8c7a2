// A page of docs/hazards: what the rule book says, and what a real server answered to its scripts.
#pragma once

#include <string>
#include <vector>

#include <prodclone/checks/rule_book.hpp>
#include <prodclone/rehearsal/lock_trace.hpp>
#include <prodclone/rehearsal/traffic_trace.hpp>

namespace prodclone::checks {

struct MeasuredScript {
  std::string server = {}, database = {};
  rehearsal::LockTrace trace = {};           // of those that are measured by it
  rehearsal::TrafficTrace traffic = {};      // likewise
  rehearsal::Standoffs standoffs = {};       // likewise
  Findings findings = {};   // of the hazard's check
};

struct MeasuredExample {
  MeasuredScript bad = {}, good = {};
};

// The good scripts are those to which the rule has nothing to say.
std::string hazard_page(const Hazard& hazard, const std::vector<MeasuredExample>& measured);

// The list of all pages.
std::string hazard_index(const std::vector<Hazard>& book);

// Figures, and what depends on them, are another in each run: without them two pages of one measurement are equal.
// What was looked at again and again is not even seen the same each time, and goes as well.
std::string without_figures(const std::string& page);

}  // namespace prodclone::checks
