// What the last rehearsal recorded, as a value to render.
#pragma once

#include <filesystem>

#include <prodclone/config/project.hpp>
#include <prodclone/report/report.hpp>

namespace prodclone::workflow {

// Throws Error(could_not_check) when nothing has been recorded.
report::Report recorded_report(const config::Project& project);

// report.json, report.md and report.html in the record, for whoever looks after a run. The record's folder.
std::filesystem::path write_reports(const config::Project& project);

}  // namespace prodclone::workflow
