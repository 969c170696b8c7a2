#include <prodclone/workflow/findings_record.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>

#include <prodclone/base/files.hpp>

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

const char* word(checks::Severity severity) {
  switch (severity) {
    case checks::Severity::failure: return "failure";
    case checks::Severity::warning: return "warning";
    case checks::Severity::note: return "note";
  }
  return "failure";
}

checks::Severity severity_of(const std::string& text) {
  if (text == "warning") return checks::Severity::warning;
  return text == "note" ? checks::Severity::note : checks::Severity::failure;
}

}  // namespace

void record_findings(const config::Project& project, const std::string& name, const checks::Findings& findings) {
  nlohmann::ordered_json json = {{"schema", version}, {"name", name}, {"findings", nlohmann::json::array()}};
  for (const auto& finding : findings)
    json["findings"].push_back({{"check", finding.check}, {"severity", word(finding.severity)}, {"object", finding.object},
                                {"what", finding.what}, {"where", finding.where}, {"why", finding.why},
                                {"remedy", finding.remedy}, {"evidence", finding.evidence}});
  make_private_directory(folder(project));
  write_file_atomically(folder(project) / (safe(name) + ".json"), json.dump(1) + '\n');
}

std::vector<std::pair<std::string, checks::Findings>> recorded_findings(const config::Project& project) {
  std::vector<std::pair<std::string, checks::Findings>> all;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder(project), error)) {
    const auto json = nlohmann::json::parse(read_file(entry.path()), nullptr, false);
    if (!json.is_object() || json.value("schema", "") != version) continue;
    checks::Findings findings;
    for (const auto& one : json["findings"])
      findings.push_back({one.value("check", ""), severity_of(one.value("severity", "")), one.value("object", ""),
                          one.value("what", ""), one.value("where", ""), one.value("why", ""), one.value("remedy", ""),
                          one.value("evidence", std::vector<std::string>{})});
    all.emplace_back(json.value("name", ""), std::move(findings));
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return all;
}

void clear_findings(const config::Project& project) {
  std::error_code ignored;
  fs::remove_all(folder(project), ignored);
}

}  // namespace prodclone::workflow
