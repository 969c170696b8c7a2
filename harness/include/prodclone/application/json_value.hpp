// Single values of a JSON reply, by JSON pointer, as JSON text.
#pragma once

#include <optional>
#include <string>

namespace prodclone::application {

bool is_json(const std::string& text);
// None: it is not there (or the reply is no JSON).
std::optional<std::string> json_at(const std::string& reply, const std::string& pointer);
bool same_json(const std::string& a, const std::string& b);
// A text without its quotes; anything else as it is.
std::string plain(const std::string& json);
// "a text of 12 characters", "a list of 3": what may be said of a value that may be personal.
std::string shape_of(const std::string& json);

}  // namespace prodclone::application
