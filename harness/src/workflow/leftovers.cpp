#include <prodclone/workflow/leftovers.hpp>

#include <prodclone/base/day.hpp>
#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/rehearsal/lock_trace_json.hpp>
#include <prodclone/rehearsal/remains_json.hpp>

namespace prodclone::workflow {

checks::Findings leftover_findings(Provisioning& provisioning, const std::string& rule) {
  provisioning.require(Stage::migrated);
  const auto& project = provisioning.project();
  const auto record = project.record_directory();
  const checks::LeftoverContext context{
      .trace = rehearsal::lock_trace_from_json(read_file(record / "trace.json")),
      .large = checks::lock_budgets(project.budgets).defaults.large,
      .waivers = config::read_waivers(project.schema.waivers).leftovers_left,
      .today = today()};
  return checks::leftovers(rehearsal::remains_from_json(read_file(record / "remains-before.json")),
                           rehearsal::remains_from_json(read_file(record / "remains-after.json")), context, rule);
}

checks::Findings leftover_findings(Provisioning& provisioning) {
  checks::Findings all;
  for (const auto& rule : checks::leftover_rules()) {
    auto findings = leftover_findings(provisioning, rule.id);
    all.insert(all.end(), findings.begin(), findings.end());
  }
  return all;
}

}  // namespace prodclone::workflow
