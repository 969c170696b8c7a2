// Remains as a file of the record: "prodclone/remains/1".
#pragma once

#include <string>
#include <string_view>

#include <prodclone/rehearsal/remains.hpp>

namespace prodclone::rehearsal {

std::string to_json(const Remains& remains);
// Throws Error(could_not_check) when the text is not of this form.
Remains remains_from_json(std::string_view json);

}  // namespace prodclone::rehearsal
