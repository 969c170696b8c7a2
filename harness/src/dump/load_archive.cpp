#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>

#include <prodclone/base/error.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/pg/conninfo.hpp>
#include <prodclone/process/child.hpp>

#include "archive.hpp"
#include "connection_string.hpp"
#include "load_formats.hpp"
#include "marked_children.hpp"
#include "review_script.hpp"
#include "target.hpp"

namespace prodclone::dump {

namespace {

// Entries that --no-owner --no-privileges --no-subscriptions leave out, so that they are not waited for.
bool is_loaded(const TocEntry& entry) {
  static constexpr std::array<std::string_view, 7> left_out = {"ACL ", "DEFAULT ACL ", "DATABASE ", "SUBSCRIPTION ",
                                                               "ENCODING ", "STDSTRINGS ", "SEARCHPATH "};
  return std::none_of(left_out.begin(), left_out.end(), [&](std::string_view kind) { return entry.description.starts_with(kind); });
}

// Counts pg_restore's verbose lines: "creating TABLE …", "processing data for table …", "executing SEQUENCE SET …".
class Counter {
 public:
  Counter(std::string phase, std::int64_t total, const ProgressSink& sink) : phase_(std::move(phase)), total_(total), sink_(sink) {}

  void line(std::string_view said) {
    constexpr std::string_view prefix = "pg_restore: ";
    if (!said.starts_with(prefix)) return;
    const auto text = said.substr(prefix.size());
    if (!text.starts_with("creating ") && !text.starts_with("processing data ") && !text.starts_with("executing ")) return;
    done_ = std::min(done_ + 1, total_);
    report();
  }
  void report() const {
    if (sink_) sink_({phase_, done_, total_, "objects"});
  }
  void finish() {
    done_ = total_;
    report();
  }

 private:
  std::string phase_;
  std::int64_t done_ = 0, total_;
  const ProgressSink& sink_;
};

}  // namespace

void load_archive(const DumpFile& dump, pg::Session& session, const LoadOptions& options, LoadReport& report) {
  const auto& target = session.conninfo();
  auto findings = review_script(schema_script(dump, options.tools), dump.name(), dump.database);
  const auto entries = table_of_contents(dump, options.tools);
  report.objects = static_cast<std::size_t>(std::count_if(entries.begin(), entries.end(), is_loaded));
  for (const auto& why : findings.left_out)
    if (!why.starts_with("CREATE DATABASE")) report.warnings.push_back(why);
  require_extensions(session, findings.survey.extensions);
  report.created_roles = create_missing_roles(session, findings.survey, options.missing_roles, report.warnings);

  process::Command command{.arguments = {pg_restore_for(dump, options.tools).string(), "--no-owner", "--no-privileges", "--no-subscriptions",
                                         "--no-tablespaces", "--exit-on-error", "--no-password", "--verbose",
                                         "--dbname=" + connection_string(target.database)},
                           .environment = pg::environment(target)};
  if (dump.format != DumpFormat::tar) command.arguments.push_back(fmt::format("--jobs={}", options.jobs));
  command.arguments.push_back(dump.path.string());
  const MarkedChildren children;
  command.environment[MarkedChildren::variable] = children.mark();
  command.environment["PGOPTIONS"] = loading_options(target, options.jobs);
  command.environment["LC_ALL"] = "C";  // its lines are read
  Counter counter(fmt::format("loading {}", dump.name()), static_cast<std::int64_t>(report.objects), options.progress);
  counter.report();
  const auto outcome = process::run(command, {.on_error_line = [&](std::string_view line) { counter.line(line); }});
  if (!outcome.succeeded()) throw_restore_error(dump, outcome.err, process::describe(outcome));
  counter.finish();
}

}  // namespace prodclone::dump
