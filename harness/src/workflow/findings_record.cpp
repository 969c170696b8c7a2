#include <prodclone/workflow/findings_record.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <filesystem>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/base/quantities.hpp>
#include <prodclone/process/identity.hpp>

namespace prodclone::workflow {

namespace {

namespace fs = std::filesystem;
constexpr const char* version = "prodclone/findings/1";

fs::path folder(const config::Project& project) { return project.record_directory() / "findings"; }

std::string safe(std::string name) {
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '.' && c != '-') c = '_';
  return name;
}

// A file that cannot be read may hold a failure, so it is never passed over.
report::Test parsed(const std::string& text, const fs::path& file) {
  const auto field = [](const nlohmann::json& object, const char* key) { return object.at(key).get<std::string>(); };
  try {
    const auto json = nlohmann::json::parse(text);
    if (field(json, "schema") == version) {
      report::Test test{.name = field(json, "name"), .labels = json.at("labels").get<std::vector<std::string>>(),
                        .outcome = report::parse_outcome(field(json, "outcome")).value_or(report::Outcome::failed),
                        .message = field(json, "message"), .took = std::chrono::milliseconds(json.at("took_ms").get<std::int64_t>())};
      for (const auto& one : json.at("findings"))
        test.findings.push_back({field(one, "check"), checks::parse_severity(field(one, "severity")).value_or(checks::Severity::failure),
                                 field(one, "object"), field(one, "what"), field(one, "where"), field(one, "why"), field(one, "remedy"),
                                 one.at("evidence").get<std::vector<std::string>>()});
      return test;
    }
  } catch (const nlohmann::json::exception&) {
    // Told below, as for a file of another version.
  }
  throw Error(Failure::could_not_check, file.string() + " is not readable as findings.", "Rehearse again.");
}

}  // namespace

void record_test(const config::Project& project, const report::Test& test) {
  nlohmann::ordered_json json = {{"schema", version}, {"name", test.name}, {"labels", test.labels}, {"outcome", report::to_string(test.outcome)},
                                 {"message", test.message}, {"took_ms", test.took.count()}, {"findings", nlohmann::json::array()}};
  for (const auto& finding : test.findings)
    json["findings"].push_back({{"check", finding.check}, {"severity", checks::to_string(finding.severity)}, {"object", finding.object},
                                {"what", finding.what}, {"where", finding.where}, {"why", finding.why},
                                {"remedy", finding.remedy}, {"evidence", finding.evidence}});
  make_private_directory(folder(project));
  // What a server of another encoding said need not be UTF-8, and a finding must not be lost for it.
  write_file_atomically(folder(project) / (safe(test.name) + ".json"), json.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + '\n');
}

std::vector<report::Test> recorded_tests(const config::Project& project) {
  std::vector<report::Test> all;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder(project), error)) {
    if (entry.path().extension() != ".json") continue;  // being written
    if (const auto text = read_file_if_present(entry.path())) all.push_back(parsed(*text, entry.path()));
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return all;
}

void clear_findings(const config::Project& project, const std::vector<databases::Run>& going_on) {
  auto first = WallTime::max();
  for (const auto& run : going_on)
    if (!run.ended && process::alive(run.owner)) first = std::min(first, parse_iso8601(run.started_at));
  std::error_code ignored;
  if (first == WallTime::max()) {
    fs::remove_all(folder(project), ignored);
    return;
  }
  for (fs::directory_iterator entry(folder(project), ignored), end; !ignored && entry != end; entry.increment(ignored)) {
    std::error_code gone;
    const auto written = fs::last_write_time(entry->path(), gone);
    if (!gone && std::chrono::file_clock::to_sys(written) < first) fs::remove(entry->path(), gone);
  }
}

}  // namespace prodclone::workflow
