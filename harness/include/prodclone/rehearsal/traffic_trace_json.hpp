// The traffic trace as a file of the record: "prodclone/traffic/1".
#pragma once

#include <string>
#include <string_view>

#include <prodclone/rehearsal/traffic_trace.hpp>

namespace prodclone::rehearsal {

std::string to_json(const TrafficTrace& trace);
// Throws Error(could_not_check) when the text is not a trace of this form.
TrafficTrace traffic_trace_from_json(std::string_view json);

}  // namespace prodclone::rehearsal
