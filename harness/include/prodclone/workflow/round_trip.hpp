// Takes the pending migrations up, down and up again on private copies of pristine, one by one and as a chain.
#pragma once

#include <functional>

#include <prodclone/checks/round_trip.hpp>
#include <prodclone/rehearsal/round_trip.hpp>
#include <prodclone/workflow/provisioning.hpp>

namespace prodclone::workflow {

// Made once and shared by all processes of a run. Throws Error(could_not_check).
rehearsal::RoundTrips round_trips(Provisioning& provisioning);

checks::Findings round_trip_findings(Provisioning& provisioning, checks::TripRule rule);
checks::Findings round_trip_findings(Provisioning& provisioning);

// What judges a trip: the project's budgets and waivers.
checks::TripContext trip_context(Provisioning& provisioning);

// One migration on a private copy that stands right before it. The copy is left after the last leg that ran.
rehearsal::RoundTrip round_trip_of(Provisioning& provisioning, const pg::ConnInfo& copy, const migrations::Migration& migration);

}  // namespace prodclone::workflow
