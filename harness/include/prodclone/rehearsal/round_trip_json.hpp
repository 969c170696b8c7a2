// Round trips as a file of the record: "prodclone/roundtrip/1".
#pragma once

#include <optional>
#include <string>

#include <prodclone/rehearsal/round_trip.hpp>

namespace prodclone::rehearsal {

std::string to_json(const RoundTrips& trips);
// None: not of this version of prodclone; make them again.
std::optional<RoundTrips> round_trips_from_json(const std::string& text);

}  // namespace prodclone::rehearsal
