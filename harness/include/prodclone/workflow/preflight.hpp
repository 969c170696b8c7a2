// The live server before and after a deploy, held against what the rehearsal recorded. Reads only; nothing is started or
// connected to unless a source is named: on the command line, in preflight.source, or in default_source.
#pragma once

#include <optional>
#include <string>

#include <prodclone/checks/finding.hpp>
#include <prodclone/preflight/drift.hpp>
#include <prodclone/preflight/live_facts.hpp>
#include <prodclone/preflight/targets.hpp>
#include <prodclone/workflow/provisioning.hpp>

namespace prodclone::workflow {

struct LookAtLive {
  std::optional<std::string> source = {};
  std::optional<Bytes> free_disk = {};
};

struct LiveReport {
  std::string source = {};
  preflight::ServerFacts server = {};
  preflight::Targets targets = {};             // preflight
  preflight::SchemaComparison schema = {};
  checks::Findings findings = {};
};

// Throws Error(usage) where no live source is named, Error(could_not_check) where it does not answer.
LiveReport preflight(Provisioning& provisioning, const LookAtLive& options = {});
// Throws Error(could_not_check) without a rehearsal's record.
LiveReport postflight(Provisioning& provisioning, const LookAtLive& options = {});

// For suites: one part, of the server in preflight.source; without one it says what was left out.
checks::Findings preflight_findings(Provisioning& provisioning, preflight::Part part);
checks::Findings preflight_findings(Provisioning& provisioning);

}  // namespace prodclone::workflow
