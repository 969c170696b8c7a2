// A report in the forms in which a verdict is read. All are pure, and escape what they are given.
#pragma once

#include <string>

#include <prodclone/report/report.hpp>

namespace prodclone::report {

// For a terminal, failures last so that they are what is seen.
std::string to_plain(const Report& report, bool colour);
// GitHub-flavoured: for a job summary or a comment on a pull request.
std::string to_markdown(const Report& report);
// One file without references to anything outside.
std::string to_html(const Report& report);
// "prodclone/report/1" (docs/reports.md).
std::string to_json(const Report& report);
// SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html): failures, and warnings as such.
std::string to_sarif(const Report& report);

}  // namespace prodclone::report
