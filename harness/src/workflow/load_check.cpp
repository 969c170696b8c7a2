#include <chrono>

#include <prodclone/base/day.hpp>
#include <prodclone/checks/load.hpp>
#include <prodclone/config/waivers.hpp>
#include <prodclone/workflow/rehearse.hpp>

namespace prodclone::workflow {

checks::Findings load_findings(Provisioning& provisioning) {
  provisioning.require(Stage::pristine);
  std::vector<checks::LoadWaiver> waivers;
  for (const auto& waiver : config::read_waivers(provisioning.project().schema.waivers).not_loaded)
    waivers.push_back({waiver.kind, waiver.name, waiver.reason, waiver.until});
  return checks::load_findings(provisioning.load_facts(), waivers, today());
}

}  // namespace prodclone::workflow
