#include <prodclone/dump/load.hpp>

#include <algorithm>
#include <chrono>
#include <thread>

#include <fmt/format.h>

#include <prodclone/base/error.hpp>

#include "archive.hpp"
#include "load_formats.hpp"
#include "target.hpp"

namespace prodclone::dump {

namespace {
using Clock = std::chrono::steady_clock;

std::chrono::milliseconds since(Clock::time_point began) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began);
}
}  // namespace

LoadReport load_dump(const DumpFile& dump, const pg::ConnInfo& target, const LoadOptions& given) {
  return doing(fmt::format("loading {} into database \"{}\"", dump.path.string(), target.database), [&] {
    const auto began = Clock::now();
    auto options = given;
    if (options.jobs <= 0) options.jobs = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    LoadReport report;
    pg::Session session(target);
    require_empty(session);
    const auto source = major_of(dump.server_version);
    if (source && *source > session.server_major())
      report.warnings.push_back(fmt::format("The dump comes from PostgreSQL {} and goes into {}: what is new there may fail here.", *source, session.server_major()));
    if (is_archive(dump.format)) options.tools = tools_for(dump, options.tools);
    // A newer pg_restore sets parameters that an older server does not know, and gives up.
    if (is_archive(dump.format) && options.tools.major <= session.server_major()) load_archive(dump, session, options, report);
    else load_plain(dump, session, options, report);
    // What came after the foreign keys: materialised views.
    report.vacuum_took += vacuum_analyze(target, Tables::not_yet_vacuumed, options.jobs, options.progress);
    report.took = since(began);
    return report;
  });
}

}  // namespace prodclone::dump
