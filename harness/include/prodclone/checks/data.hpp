// Judges what became of the data: nothing may be lost or changed that no waiver declares.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include <prodclone/checks/finding.hpp>
#include <prodclone/config/waivers.hpp>
#include <prodclone/data/reconciliation.hpp>

namespace prodclone::checks {

struct DataExpectations {
  std::vector<config::LossWaiver> losses = {};
  std::filesystem::path waivers = {};          // the file, for people
  std::vector<std::string> migrations = {};    // names of those that ran between the two states
  std::string database = {};                   // where people find the state after
  std::chrono::year_month_day today = {};
};

// By check: data/rows (lost, added, could not be read), data/columns (dropped with values, changed), data/sequences (went
// back), data/waivers (expired, unused), data/not_compared (one finding that lists it).
Findings data_findings(const data::Reconciliation& reconciliation, const DataExpectations& expectations);

}  // namespace prodclone::checks
