// Words that all forms of the report share.
#pragma once

#include <string>
#include <vector>

#include <prodclone/report/report.hpp>

namespace prodclone::report {

using prodclone::to_string;  // of quantities, beside those of outcomes

std::string took(std::chrono::milliseconds duration);
std::string_view word(Outcome outcome);            // "ok", "FAIL", "??", "CUT"
std::string_view word(const Verdict& verdict);     // the worst of its tests
std::string described(const Verdict& verdict);     // "4 tests, 1 failed, 2 warnings"
std::string described(const Phase& phase);         // "shop_prod_clone, reused: as an earlier run left it"
std::string heading_line(const Report& report);    // "orcha on PostgreSQL 15.14, 103 MB of data"
std::vector<std::string> migration_lines(const Report& report);

// A failed test whose findings say what is wrong: its message says the same again.
bool speaks_through_findings(const Test& test);
// The message of a test, or where to find it when another test or the migration has said it already.
std::string said(const Test& test, const Report& report);

}  // namespace prodclone::report
