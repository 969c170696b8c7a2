// Judges one file of an SQL-only case: its queries must return no rows.
#pragma once

#include <filesystem>
#include <string>

#include <prodclone/checks/finding.hpp>
#include <prodclone/data/query_script.hpp>

namespace prodclone::checks {

struct QueryScriptFacts {
  std::filesystem::path file = {};
  std::string moment = {};         // "before 20260424-rename", "after …"
  data::QueryScriptReport report = {};
  bool show_values = false;        // else the values of offending rows are masked
};

// A statement that returns rows is a failure, and so is one that could not be run; a file that asks nothing as well.
Findings sql_case_findings(const QueryScriptFacts& facts);

}  // namespace prodclone::checks
