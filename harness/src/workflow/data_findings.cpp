// The data check: what became of every row between pristine and the migrated database.
#include <algorithm>
#include <chrono>

#include <prodclone/base/day.hpp>
#include <prodclone/checks/data.hpp>
#include <prodclone/config/waivers.hpp>
#include <prodclone/workflow/content.hpp>
#include <prodclone/workflow/rehearse.hpp>

namespace prodclone::workflow {

checks::Findings data_findings(Provisioning& provisioning) {
  const auto& project = provisioning.project();
  const auto reconciliation = reconciled_content(provisioning);
  checks::DataExpectations expectations{.losses = config::read_waivers(project.schema.waivers).losses,
                                        .waivers = project.schema.waivers,
                                        .database = project.databases.clone,
                                        .today = today()};
  if (provisioning.migrations().layout == migrations::Layout::command) {
    // What an external tool ran is its own business: a declaration is taken at its word.
    expectations.migrations = {"what is pending"};
    for (const auto& waiver : expectations.losses)
      if (waiver.migration != expectations.migrations.front()) expectations.migrations.push_back(waiver.migration);
  } else {
    for (const auto* migration : provisioning.pending()) expectations.migrations.push_back(migration->name);
  }
  return checks::data_findings(reconciliation, expectations);
}

checks::Findings data_findings(Provisioning& provisioning, const std::string& check) {
  auto findings = data_findings(provisioning);
  std::erase_if(findings, [&](const checks::Finding& finding) { return finding.check != check; });
  return findings;
}

}  // namespace prodclone::workflow
