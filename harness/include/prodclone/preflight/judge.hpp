// What on a live server is in the way of a deploy. A failure blocks it; a warning is for somebody to decide. Pure.
#pragma once

#include <string_view>
#include <vector>

#include <prodclone/base/day.hpp>
#include <prodclone/checks/finding.hpp>
#include <prodclone/config/preflight.hpp>
#include <prodclone/config/waivers.hpp>
#include <prodclone/preflight/live_facts.hpp>
#include <prodclone/preflight/targets.hpp>

namespace prodclone::preflight {

// Checks are called "preflight/<rule>"; `preflight/unseen` is what could not be looked at, a failure too.
checks::Findings judge(const LiveFacts& facts, const Targets& targets, const config::Preflight& limits);
checks::Findings judge(const LiveFacts& facts, const Targets& targets, const config::Preflight& limits, Part part);

// Findings that a waiver covers become notes that say why; one whose last day is over is a failure.
checks::Findings accept(checks::Findings findings, const std::vector<config::PreflightWaiver>& waivers, const std::string& file, Day today);

bool could_not_see(const checks::Findings& findings);   // a failure among them is `preflight/unseen`

}  // namespace prodclone::preflight
