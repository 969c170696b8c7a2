#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>

#include <prodclone/base/error.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/preflight/judge.hpp>
#include <prodclone/workflow/preflight.hpp>

#include "commands.hpp"
#include "output.hpp"

namespace prodclone::cli {

namespace {

using nlohmann::ordered_json;

workflow::LookAtLive asked(const Arguments& arguments) {
  workflow::LookAtLive options;
  if (!arguments.source.empty()) options.source = arguments.source;
  if (arguments.free_disk_mb > 0) options.free_disk = Bytes{static_cast<std::int64_t>(arguments.free_disk_mb) << 20};
  return options;
}

int verdict(const workflow::LiveReport& report, Failure failed) {
  if (preflight::could_not_see(report.findings)) return exit_code(Failure::could_not_check);
  return checks::any_failure(report.findings) ? exit_code(failed) : 0;
}

ordered_json to_json(const preflight::Targets& targets) {
  ordered_json json = {{"recorded", targets.recorded}, {"from", targets.from}, {"migrations", targets.migrations}, {"tables", ordered_json::array()}};
  for (const auto& table : targets.tables)
    json["tables"].push_back({{"table", table.table}, {"lock", rehearsal::to_string(table.lock)}, {"rewritten", table.rewritten}, {"size_bytes", table.size.count}});
  return json;
}

ordered_json to_json(const workflow::LiveReport& report, const std::string& command, const std::string& project, int code) {
  ordered_json json = {{"schema", "prodclone/" + command + "/1"}, {"project", project}, {"exit_code", code}, {"source", report.source}, {"server", report.server.address},
                       {"database", report.server.database}, {"role", report.server.role}, {"server_version", report.server.version}};
  if (!report.server.looked_at.empty()) json["looked_at"] = report.server.looked_at;
  if (command == "preflight") json["about_to_be_altered"] = to_json(report.targets);
  const auto or_null = [](const std::string& text) { return text.empty() ? ordered_json() : ordered_json(text); };
  json["schema_fingerprint"] = {{"expected", or_null(report.schema.expected_fingerprint)}, {"live", or_null(report.schema.live_fingerprint)}, {"compared", report.schema.compared},
                                {"differences", report.schema.differences.entries.size()}};
  json["findings"] = ordered_json::array();
  for (const auto& finding : report.findings) json["findings"].push_back(cli::to_json(finding));
  return json;
}

void print_targets(const preflight::Targets& targets) {
  if (!targets.recorded) {
    fmt::print("About to be altered: not known, {}; all tables count.\n", targets.from);
    return;
  }
  if (targets.tables.empty()) {
    fmt::print("About to be altered: no table that is there, says {}.\n", targets.from);
    return;
  }
  fmt::print("About to be altered, says {}:\n", targets.from);
  for (const auto& table : targets.tables) fmt::print("  {:<40} {}{}\n", table.table, sql_name(table.lock), table.rewritten ? ", rewritten" : "");
}

void print_schema(const preflight::SchemaComparison& schema) {
  fmt::print("Schema: {}: {}.\n", schema.compared,
             schema.expected_fingerprint.empty()     ? "not compared"
             : !schema.unsettled.empty()             ? "not settled"
             : !schema.differences.empty()           ? counted(std::ssize(schema.differences.entries), "difference")
             : schema.expected_fingerprint == schema.live_fingerprint ? "the same, fingerprint " + schema.live_fingerprint
                                                                      : "the same but for spelling");
}

void print_verdict(const workflow::LiveReport& report, const std::string& does) {
  const auto count = [&](auto&& is) { return static_cast<long long>(std::count_if(report.findings.begin(), report.findings.end(), is)); };
  const auto unseen = count([](const auto& one) { return one.severity == checks::Severity::failure && one.check.ends_with("/unseen"); });
  const auto failures = count([](const auto& one) { return one.severity == checks::Severity::failure; }) - unseen;
  const auto warnings = count([](const auto& one) { return one.severity == checks::Severity::warning; });
  std::vector<std::string> parts;
  if (failures > 0) parts.push_back(fmt::format("{} {}", counted(failures, "finding"), (failures == 1 ? does + "s" : does) + " the deploy"));
  if (unseen > 0) parts.push_back(fmt::format("{} could not be seen", unseen));
  if (warnings > 0) parts.push_back(counted(warnings, "warning"));
  fmt::print("{}\n", parts.empty() ? "Nothing is in the way." : joined(parts, ", ") + '.');
}

int tell(const workflow::LiveReport& report, const Arguments& arguments, const std::string& project, Failure failed, const std::string& does) {
  const int code = verdict(report, failed);
  if (arguments.json) {
    fmt::print("{}\n", to_json(report, arguments.command, project, code).dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
    return code;
  }
  fmt::print("{}: {}, PostgreSQL {}, as {}{}\n", report.source, report.server.address, report.server.version, report.server.role,
             report.server.looked_at.empty() ? "" : ", at " + report.server.looked_at);
  if (arguments.command == "preflight") print_targets(report.targets);
  print_schema(report.schema);
  fmt::print("\n");
  for (const auto& finding : report.findings) fmt::print("{}\n", checks::to_string(finding));
  print_verdict(report, does);
  return code;
}

}  // namespace

int preflight(const Arguments& arguments) {
  CommandRun run(project_of(arguments), "preflight");
  const auto report = workflow::preflight(*run, asked(arguments));
  const int code = tell(report, arguments, run->project().name, Failure::check_failed, "block");
  run.end();
  return code;
}

int postflight(const Arguments& arguments) {
  CommandRun run(project_of(arguments), "postflight");
  const auto report = workflow::postflight(*run, asked(arguments));
  const int code = tell(report, arguments, run->project().name, Failure::postflight_failed, "fail");
  run.end();
  return code;
}

}  // namespace prodclone::cli
