#include "paces.hpp"

#include <nlohmann/json.hpp>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>

namespace prodclone::workflow {

namespace {

std::filesystem::path file_of(const config::Project& project) { return project.state_directory() / "facts" / "paces.json"; }

nlohmann::ordered_json read(const config::Project& project) {
  const auto text = read_file_if_present(file_of(project));
  auto json = text ? nlohmann::ordered_json::parse(*text, nullptr, false) : nlohmann::ordered_json();
  return json.is_object() ? json : nlohmann::ordered_json::object();
}

}  // namespace

std::optional<double> pace_of(const config::Project& project, const std::string& what) {
  const auto paces = read(project);
  const auto found = paces.find(what);
  if (found == paces.end() || !found->is_number()) return std::nullopt;
  return found->get<double>();
}

void remember_paces(const config::Project& project, const std::map<std::string, double>& paces) {
  try {
    make_private_directory(file_of(project).parent_path());
    auto all = read(project);
    for (const auto& [what, pace] : paces) all[what] = pace;
    write_file_atomically(file_of(project), all.dump(1) + '\n');
  } catch (const Error&) {
    // A forecast is not worth a failure; whatever is wrong with the disk shows elsewhere.
  }
}

}  // namespace prodclone::workflow
