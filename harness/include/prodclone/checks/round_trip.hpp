// Judges what going down and up again did. A down script must bring back schema and data; what it cannot bring back is
// declared in down_losses, a migration without a way back in irreversible. docs/roundtrip.md has the rules. Pure.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include <prodclone/checks/finding.hpp>
#include <prodclone/config/project.hpp>
#include <prodclone/config/waivers.hpp>
#include <prodclone/rehearsal/round_trip.hpp>

namespace prodclone::checks {

enum class TripRule {
  way_back,  // there is a down script, and it runs
  schema,    // after down the schema is what it was
  data,      // and so is every row
  again,     // a second up works and gives what the first gave
  chain,     // the same for all of them at once
  time,      // up and down within migration_seconds
};

struct TripContext {
  std::chrono::microseconds budget = std::chrono::seconds(30);
  std::vector<config::BudgetException> exceptions = {};   // those of the rule migration_seconds count
  std::vector<config::DownLossWaiver> losses = {};
  std::vector<config::IrreversibleWaiver> irreversible = {};
  std::chrono::year_month_day today = {};
};

Findings round_trip_findings(const rehearsal::RoundTrips& trips, const TripContext& context, TripRule rule);
Findings round_trip_findings(const rehearsal::RoundTrips& trips, const TripContext& context);  // all rules

}  // namespace prodclone::checks
