#include <prodclone/workflow/workspace.hpp>

#include <unistd.h>

#include <array>

#include <prodclone/base/hash.hpp>

namespace prodclone::workflow {

std::string workspace_id(const config::Project& project) {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  return Sha256().add_field(host.data()).add_field(project.root.string()).hex().substr(0, 16);
}

std::filesystem::path run_file(const config::Project& project, const std::string& run) {
  return project.state_directory() / "runs" / (run + ".json");
}

std::filesystem::path work_directory(const config::Project& project, const std::string& run) {
  return project.state_directory() / "work" / run;
}

std::filesystem::path warden_file(const config::Project& project, const std::string& run) {
  return project.state_directory() / "runs" / (run + ".warden");
}

std::filesystem::path programs_directory(const config::Project& project) { return project.state_directory() / "programs"; }

}  // namespace prodclone::workflow
