#include "json_object.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <prodclone/base/error.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/config/schema.hpp>

namespace prodclone::config {

JsonObject::JsonObject(const nlohmann::json& value, std::string where, std::string path)
    : value_(&value), where_(std::move(where)), path_(std::move(path)) {
  if (!value.is_object()) throw Error(Failure::usage, fmt::format("{} must be an object {{ … }}.", where_));
}

const nlohmann::json* JsonObject::find(const std::string& key) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.push_back(key);
  if (log_ != nullptr) log_->insert(path_of(key));
  const auto found = value_->find(key);
  return found == value_->end() || found->is_null() ? nullptr : &*found;
}

bool JsonObject::has(const std::string& key) { return find(key) != nullptr; }

const nlohmann::json* JsonObject::raw(const std::string& key) { return find(key); }

void JsonObject::wrong(const std::string& key, const std::string& expected) const {
  throw Error(Failure::usage, fmt::format("{}.{} must be {}.", where_, key, expected));
}

std::string JsonObject::text(const std::string& key, std::string fallback) {
  return optional_text(key).value_or(std::move(fallback));
}

std::optional<std::string> JsonObject::optional_text(const std::string& key) {
  const auto* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) wrong(key, "a text");
  return value->get<std::string>();
}

bool JsonObject::boolean(const std::string& key, bool fallback) {
  const auto* value = find(key);
  if (value == nullptr) return fallback;
  if (!value->is_boolean()) wrong(key, "true or false");
  return value->get<bool>();
}

std::optional<int> JsonObject::integer(const std::string& key) {
  const auto* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_number_integer()) wrong(key, "a whole number");
  return value->get<int>();
}

std::optional<double> JsonObject::number(const std::string& key) {
  const auto* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_number()) wrong(key, "a number");
  return value->get<double>();
}

std::vector<std::string> JsonObject::texts(const std::string& key) {
  const auto* value = find(key);
  if (value == nullptr) return {};
  std::vector<std::string> result;
  if (!value->is_array()) wrong(key, "a list of texts");
  for (const auto& item : *value) {
    if (!item.is_string()) wrong(key, "a list of texts");
    result.push_back(item.get<std::string>());
  }
  return result;
}

std::map<std::string, std::string> JsonObject::text_map(const std::string& key) {
  const auto* value = find(key);
  if (value == nullptr) return {};
  if (!value->is_object()) wrong(key, "an object of texts");
  std::map<std::string, std::string> result;
  for (const auto& [name, item] : value->items()) {
    if (!item.is_string()) wrong(key, "an object of texts");
    result[name] = item.get<std::string>();
  }
  return result;
}

std::optional<JsonObject> JsonObject::object(const std::string& key) {
  const auto* value = find(key);
  if (value == nullptr) return std::nullopt;
  return JsonObject(*value, where_ + '.' + key, path_of(key));
}

std::vector<JsonObject> JsonObject::objects(const std::string& key) {
  const auto* value = find(key);
  if (value == nullptr) return {};
  if (!value->is_array()) wrong(key, "a list of objects");
  std::vector<JsonObject> result;
  for (std::size_t i = 0; i < value->size(); ++i)
    result.emplace_back((*value)[i], fmt::format("{}.{}[{}]", where_, key, i), path_of(key) + "[]");
  return result;
}

std::vector<std::pair<std::string, JsonObject>> JsonObject::members(const std::string& key) {
  const auto* value = find(key);
  if (value == nullptr) return {};
  if (!value->is_object()) wrong(key, "an object");
  std::vector<std::pair<std::string, JsonObject>> result;
  for (const auto& [name, item] : value->items())
    result.emplace_back(name, JsonObject(item, fmt::format("{}.{}.{}", where_, key, name), path_of(key) + ".*"));
  return result;
}

std::vector<std::string> JsonObject::keys() const {
  std::vector<std::string> result;
  for (const auto& [name, item] : value_->items()) result.push_back(name);
  return result;
}

namespace {

// A key in the wrong place is nearer to what was meant than one that only looks like it.
std::string remedy_for(const std::string& name, const std::string& path, const std::vector<std::string>& known) {
  std::vector<std::string> elsewhere;
  const bool of_project = !path.starts_with('?');
  for (const auto& one : of_project ? schema_paths() : std::set<std::string>()) {
    const auto dot = one.rfind('.');
    const auto parent = dot == std::string::npos ? std::string() : one.substr(0, dot);
    if (one.substr(dot + 1) == name && parent != path) elsewhere.push_back(parent.empty() ? "the top of the file" : "\"" + parent + '"');
  }
  const auto near = nearest(name, known);
  if (near && (elsewhere.empty() || lower(*near) == lower(name))) return fmt::format("Did you mean \"{}\"?", *near);
  if (!elsewhere.empty() && elsewhere.size() <= 3) return fmt::format("That key stands in {}.", joined(elsewhere, " or "));
  if (near) return fmt::format("Did you mean \"{}\"?", *near);
  return fmt::format("Known keys: {}.", joined(known, ", "));
}

}  // namespace

void JsonObject::finish() const {
  for (const auto& [name, item] : value_->items())
    if (std::find(known_.begin(), known_.end(), name) == known_.end())
      throw Error(Failure::usage, fmt::format("{} has no key \"{}\".", where_, name), remedy_for(name, path_, known_));
}

}  // namespace prodclone::config
