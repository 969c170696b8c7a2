#include <prodclone/application/json_value.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace prodclone::application {

namespace {

using Json = nlohmann::json;

// Discarded where it is none.
Json parsed(const std::string& text) { return Json::parse(text, nullptr, false); }

std::string text_of(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace

bool is_json(const std::string& text) { return Json::accept(text); }

std::optional<std::string> json_at(const std::string& reply, const std::string& pointer) {
  const auto json = parsed(reply);
  if (json.is_discarded()) return std::nullopt;
  try {
    const Json::json_pointer where(pointer);
    if (!json.contains(where)) return std::nullopt;
    return text_of(json.at(where));
  } catch (const Json::exception&) {
    return std::nullopt;  // it leads into a text, or beyond a list
  }
}

bool same_json(const std::string& a, const std::string& b) {
  const auto left = parsed(a);
  return !left.is_discarded() && left == parsed(b);
}

std::string plain(const std::string& json) {
  const auto value = parsed(json);
  return value.is_string() ? value.get<std::string>() : json;
}

std::string shape_of(const std::string& json) {
  const auto value = parsed(json);
  if (value.is_string()) return fmt::format("a text of {} characters", value.get<std::string>().size());
  if (value.is_array()) return fmt::format("a list of {}", value.size());
  if (value.is_object()) return fmt::format("an object of {}", value.size());
  return value.is_number() ? "another number" : json;
}

}  // namespace prodclone::application
