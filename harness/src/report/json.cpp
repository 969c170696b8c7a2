#include <nlohmann/json.hpp>

#include <prodclone/report/render.hpp>

#include "wording.hpp"

namespace prodclone::report {

namespace {

using Json = nlohmann::ordered_json;

double milliseconds(std::chrono::microseconds duration) { return static_cast<double>(duration.count()) / 1000.0; }

Json to_json(const checks::Finding& finding) {
  return {{"check", finding.check}, {"severity", checks::to_string(finding.severity)}, {"object", finding.object}, {"what", finding.what},
          {"where", finding.where}, {"why", finding.why}, {"remedy", finding.remedy}, {"evidence", finding.evidence}};
}

Json to_json(const Test& test) {
  Json json = {{"name", test.name}, {"labels", test.labels}, {"outcome", to_string(test.outcome)}, {"took_ms", test.took.count()},
               {"message", test.message}, {"findings", Json::array()}};
  for (const auto& finding : test.findings) json["findings"].push_back(to_json(finding));
  return json;
}

Json migrations(const rehearsal::LockTrace& trace) {
  auto json = Json::array();
  for (const auto& one : trace.migrations)
    json.push_back({{"name", one.name}, {"succeeded", one.succeeded}, {"took_ms", milliseconds(rehearsal::duration_of(one))},
                    {"statements", one.statements.size()}, {"rewrites", rewrites(one)}, {"wal_bytes", one.wal ? Json(one.wal->count) : Json()}});
  return json;
}

Json locks(const rehearsal::LockTrace& trace) {
  auto json = Json::array();
  for (const auto& one : locks_against_writes(trace))
    json.push_back({{"relation", one.relation}, {"mode", rehearsal::sql_name(one.mode)}, {"held_ms", milliseconds(one.held)}, {"size_bytes", one.size.count}});
  return json;
}

}  // namespace

std::string to_json(const Report& report) {
  Json json = {{"schema", "prodclone/report/1"}, {"project", report.project}, {"green", green(report)}, {"conclusion", conclusion(report)}};
  json["server_version"] = report.trace ? Json(report.trace->server.version) : Json();
  json["data_bytes"] = report.trace ? Json(report.trace->database_size.count) : Json();
  json["migration_failure"] = report.migration_failure.empty() ? Json() : Json(report.migration_failure);
  json["phases"] = Json::array();
  for (const auto& phase : report.phases)
    json["phases"].push_back({{"name", phase.name}, {"database", phase.database}, {"reused", phase.reused}, {"took_ms", phase.took.count()}, {"note", phase.note}});
  json["migrations"] = report.trace ? migrations(*report.trace) : Json::array();
  json["locks"] = report.trace ? locks(*report.trace) : Json::array();
  json["labels"] = Json::array();
  for (const auto& one : verdicts(report))
    json["labels"].push_back({{"label", one.label}, {"passed", one.passed()}, {"tests", one.tests}, {"failed", one.failed},
                              {"could_not_check", one.could_not_check}, {"unfinished", one.unfinished}, {"warnings", one.warnings}});
  json["tests"] = Json::array();
  for (const auto& test : report.tests) json["tests"].push_back(to_json(test));
  json["not_checked"] = left_out(report);
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace prodclone::report
