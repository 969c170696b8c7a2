#include <nlohmann/json.hpp>

#include <charconv>
#include <map>

#include <prodclone/base/text.hpp>
#include <prodclone/report/render.hpp>

#include "wording.hpp"

namespace prodclone::report {

namespace {

using Json = nlohmann::ordered_json;

// "migrations/3_x.up.sql:12"; none when it names a database or an object instead of a place in a file.
std::optional<Json> location(const std::string& where) {
  const auto colon = where.rfind(':');
  if (colon == std::string::npos || colon == 0) return std::nullopt;
  int line = 0;
  const auto* end = where.data() + where.size();
  if (const auto [rest, error] = std::from_chars(where.data() + colon + 1, end, line); error != std::errc() || rest != end || line < 1) return std::nullopt;
  return Json{{"physicalLocation", {{"artifactLocation", {{"uri", where.substr(0, colon)}}}, {"region", {{"startLine", line}}}}}};
}

Json result(const std::string& rule, const char* level, const std::string& message, const std::string& where, const std::string& object) {
  Json json = {{"ruleId", rule}, {"level", level}, {"message", {{"text", message}}}};
  auto place = location(where).value_or(Json::object());
  if (!object.empty()) place["logicalLocations"] = Json::array({{{"fullyQualifiedName", object}}});
  if (!place.empty()) json["locations"] = Json::array({place});
  return json;
}

std::string message_of(const checks::Finding& finding) {
  std::vector<std::string> parts{finding.what};
  for (const auto& part : {finding.why, finding.remedy})
    if (!part.empty()) parts.push_back(part);
  return joined(parts, "\n");
}

}  // namespace

std::string to_sarif(const Report& report) {
  auto results = Json::array();
  std::map<std::string, std::string> rules;
  const auto add = [&](const std::string& rule, const char* level, const std::string& message, const std::string& where, const std::string& object) {
    rules.emplace(rule, rule);
    results.push_back(result(rule, level, message, where, object));
  };
  for (const auto& test : report.tests) {
    for (const auto& finding : test.findings) {
      if (finding.severity == checks::Severity::failure) add(finding.check, "error", message_of(finding), finding.where, finding.object);
      if (finding.severity == checks::Severity::warning) add(finding.check, "warning", message_of(finding), finding.where, finding.object);
    }
    if (test.outcome != Outcome::passed && !speaks_through_findings(test))
      add(std::string(to_string(test.outcome)), "error", test.name + ": " + said(test, report), "", test.name);
  }
  if (!report.migration_failure.empty()) add("migration_failed", "error", report.migration_failure, "", "");
  auto described = Json::array();
  for (const auto& [id, name] : rules) described.push_back({{"id", id}});
  const Json json = {{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                     {"version", "2.1.0"},
                     {"runs", Json::array({{{"tool", {{"driver", {{"name", "prodclone"}, {"rules", described}}}}}, {"results", results}}})}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace prodclone::report
