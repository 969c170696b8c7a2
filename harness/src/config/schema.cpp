#include <prodclone/config/schema.hpp>

#include <nlohmann/json.hpp>

#include <sql/prodclone.hpp>

namespace prodclone::config {

namespace {

using nlohmann::json;

void collect(const json& root, const json& node, const std::string& path, std::set<std::string>& into) {
  if (!node.is_object()) return;
  if (node.contains("$ref")) {
    const auto pointer = node.at("$ref").get<std::string>().substr(1);  // "#/$defs/release"
    collect(root, root.at(json::json_pointer(pointer)), path, into);
  }
  for (const char* choice : {"oneOf", "anyOf"})
    if (node.contains(choice))
      for (const auto& one : node.at(choice)) collect(root, one, path, into);
  if (node.contains("properties"))
    for (const auto& [key, value] : node.at("properties").items()) {
      const auto inner = path.empty() ? key : path + '.' + key;
      into.insert(inner);
      collect(root, value, inner, into);
    }
  if (node.contains("items")) collect(root, node.at("items"), path + "[]", into);
  if (node.contains("additionalProperties")) collect(root, node.at("additionalProperties"), path + ".*", into);
}

}  // namespace

std::string_view project_schema() { return sql::prodclone; }

const std::set<std::string>& schema_paths() {
  static const std::set<std::string> paths = [] {
    std::set<std::string> all;
    const auto schema = json::parse(project_schema());
    collect(schema, schema, "", all);
    return all;
  }();
  return paths;
}

}  // namespace prodclone::config
