#include <prodclone/workflow/recorded_statements.hpp>

#include <fmt/format.h>

#include <prodclone/base/files.hpp>
#include <prodclone/rehearsal/lock_trace_json.hpp>

namespace prodclone::workflow {

std::vector<checks::PendingStatement> statements_of(const rehearsal::LockTrace& trace) {
  std::vector<checks::PendingStatement> statements;
  for (const auto& migration : trace.migrations)
    for (const auto& one : migration.statements)
      if (!one.bookkeeping) statements.push_back({fmt::format("{}:{}", one.file, one.line), one.text});
  return statements;
}

std::vector<checks::PendingStatement> recorded_statements(const config::Project& project, const std::string& database) {
  const auto text = read_file_if_present(project.record_directory() / "trace.json");
  if (!text) return {};
  const auto trace = rehearsal::lock_trace_from_json(*text);
  if (database != trace.database && database != project.databases.fresh) return {};
  return statements_of(trace);
}

}  // namespace prodclone::workflow
