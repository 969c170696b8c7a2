#include <prodclone/workflow/recorded_report.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/rehearsal/lock_trace_json.hpp>
#include <prodclone/report/render.hpp>
#include <prodclone/schema/snapshot_json.hpp>
#include <prodclone/workflow/findings_record.hpp>

namespace prodclone::workflow {

namespace {

// In the order in which they are made; a stage that this run found made says so.
std::vector<report::Phase> phases(const std::string& text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  std::vector<report::Phase> all;
  if (!json.is_object()) return all;
  for (const auto* name : {"pristine", "migrated", "traffic", "clone", "fresh", "expected"})
    if (const auto stage = json.find(name); stage != json.end())
      all.push_back({.name = name, .database = stage->value("database", ""), .note = stage->value("note", ""), .reused = stage->value("reused", false),
                     .took = std::chrono::milliseconds(stage->value("took_ms", 0))});
  return all;
}

}  // namespace

report::Report recorded_report(const config::Project& project) {
  const auto record = project.record_directory();
  report::Report report{.project = project.name, .migration_failure = read_file_if_present(record / "migration-failure.txt").value_or("")};
  if (const auto trace = read_file_if_present(record / "trace.json")) report.trace = rehearsal::lock_trace_from_json(*trace);
  if (const auto stages = read_file_if_present(record / "stages.json")) report.phases = phases(*stages);
  for (auto& phase : report.phases)
    if (const auto snapshot = read_file_if_present(record / ("schema-" + phase.name + ".json")))
      if (const auto fingerprint = schema::recorded_fingerprint(*snapshot); !fingerprint.empty())
        phase.note += fmt::format("{}schema fingerprint {}", phase.note.empty() ? "" : "; ", fingerprint);
  report.tests = recorded_tests(project);
  if (!report.trace && report.tests.empty() && report.migration_failure.empty())
    throw Error(Failure::could_not_check, fmt::format("Nothing has been rehearsed in {} yet.", project.root.string()),
                "Run `prodclone rehearse`, or `ctest -L prodclone`.");
  return report;
}

std::filesystem::path write_reports(const config::Project& project) {
  const auto record = project.record_directory();
  const auto report = recorded_report(project);
  write_file_atomically(record / "report.json", report::to_json(report));
  write_file_atomically(record / "report.md", report::to_markdown(report));
  write_file_atomically(record / "report.html", report::to_html(report));
  return record;
}

}  // namespace prodclone::workflow
