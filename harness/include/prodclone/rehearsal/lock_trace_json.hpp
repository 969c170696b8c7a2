// The lock trace as a file of the record: "prodclone/trace/1".
#pragma once

#include <string>
#include <string_view>

#include <prodclone/rehearsal/lock_trace.hpp>

namespace prodclone::rehearsal {

std::string to_json(const LockTrace& trace);
// Throws Error(could_not_check) when the text is not a trace of this form.
LockTrace lock_trace_from_json(std::string_view json);

}  // namespace prodclone::rehearsal
