#include <prodclone/workflow/preflight.hpp>

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

#include <prodclone/base/day.hpp>
#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/config/waivers.hpp>
#include <prodclone/preflight/judge.hpp>
#include <prodclone/preflight/look.hpp>
#include <prodclone/rehearsal/lock_trace_json.hpp>
#include <prodclone/workflow/obtain_dump.hpp>

#include "live_schema.hpp"

namespace prodclone::workflow {

namespace {

namespace fs = std::filesystem;
using preflight::Moment;
using preflight::Part;

config::Source live_source(const config::Project& project, const std::optional<std::string>& named) {
  const auto& configured = project.preflight.source;
  if (named) return config::choose_source(project, *named);
  if (!configured.empty()) return config::choose_source(project, configured);
  if (project.default_source) {
    const auto source = config::choose_source(project, std::nullopt);
    if (source.kind == config::SourceKind::url) return source;
  }
  throw Error(Failure::usage, "No live server was named.", "Name a source of kind url: --source NAME, or preflight.source in prodclone.json.");
}

std::string when(const fs::path& file) {
  struct stat facts {};
  if (::stat(file.c_str(), &facts) != 0) return "an unknown day";
  return iso8601(std::chrono::system_clock::from_time_t(facts.st_mtime));
}

preflight::Targets recorded_targets(const config::Project& project) {
  const auto file = project.record_directory() / "trace.json";
  const auto text = read_file_if_present(file);
  if (!text) return {.from = "no rehearsal of this project is on record"};
  auto targets = preflight::targets_of(rehearsal::lock_trace_from_json(*text));
  targets.from = "the rehearsal of " + when(file);
  if (read_file_if_present(project.record_directory() / "migration-failure.txt"))
    targets.not_measured.push_back("what comes after the statement that failed in the rehearsal");
  return targets;
}

checks::Findings about_targets(const preflight::Targets& targets, const preflight::ServerFacts& server) {
  checks::Findings findings;
  if (!targets.recorded)
    findings.push_back({.check = "preflight/record", .severity = checks::Severity::not_checked, .object = server.database,
                        .what = fmt::format("Which tables are about to be altered is not known ({}): all count, as if each were locked exclusively.", targets.from),
                        .where = server.database, .why = "More is reported than stands in the way.", .remedy = "Run `prodclone rehearse` first."});
  for (const auto& what : targets.not_measured)
    if (targets.recorded)
      findings.push_back({.check = "preflight/record", .severity = checks::Severity::warning, .object = server.database, .what = fmt::format("The rehearsal did not measure {}.", what), .where = server.database,
                          .why = "Tables may be altered that are not looked at here.", .remedy = "Read the rehearsal's report; rehearse again where it failed."});
  return findings;
}

class Live {
 public:
  Live(Provisioning& provisioning, const LookAtLive& options)
      : provisioning_(provisioning), project_(provisioning.project()), source_(live_source(project_, options.source)), limits_(project_.preflight) {
    if (options.free_disk) limits_.free_disk = options.free_disk;
    report_.source = source_.name;
    const auto where = live_source_of(project_, source_);
    database_ = doing(fmt::format("looking for the primary of \"{}\"", source_.name), [&] { return preflight::choose_host(where.hosts); });
  }

  void look() {
    report_.targets = recorded_targets(project_);
    facts_ = doing(fmt::format("looking at the live server of \"{}\"", source_.name),
                   [&] { return preflight::look_at(database_, {.longer_than = limits_.transaction, .targets = report_.targets}); });
    report_.server = facts_.server;
  }

  void judge(Part part) {
    if (part == Part::schema) return judge_schema(Moment::before);
    append(report_.findings, preflight::judge(facts_, report_.targets, limits_, part));
    if (part == Part::server) append(report_.findings, about_targets(report_.targets, report_.server));
  }

  void judge_schema(Moment moment) {
    LiveSchema schema(provisioning_, database_);
    report_.schema = schema.compare(moment);
    if (report_.server.address.empty()) report_.server = schema.server();
    append(report_.findings, preflight::schema_findings(report_.schema, moment, database_.database));
    append(report_.findings, schema.history_findings(moment, report_.targets));
  }

  LiveReport take() {
    const auto& file = project_.schema.waivers;
    report_.findings = preflight::accept(std::move(report_.findings), config::read_waivers(file).preflight, file.string(), today());
    const auto rank = [](const checks::Finding& one) { return static_cast<int>(one.severity); };
    std::stable_sort(report_.findings.begin(), report_.findings.end(), [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
    return std::move(report_);
  }

 private:
  Provisioning& provisioning_;
  const config::Project& project_;
  config::Source source_;
  config::Preflight limits_;
  pg::ConnInfo database_;
  preflight::LiveFacts facts_;
  LiveReport report_;
};

constexpr Part parts[] = {Part::server, Part::sessions, Part::replication, Part::tables, Part::room, Part::schema};

checks::Findings not_configured(const config::Project& project) {
  return {{.check = "preflight", .severity = checks::Severity::not_checked, .object = project.file.string(), .what = "Not checked: preflight.source is not set, so no live server was looked at.",
           .why = "Whether production is ready for this deploy, and still what was rehearsed, is not known.", .remedy = "Run `prodclone preflight --source NAME` right before the deploy: docs/preflight.md."}};
}

}  // namespace

LiveReport preflight(Provisioning& provisioning, const LookAtLive& options) {
  Live live(provisioning, options);
  live.look();
  for (const auto part : parts) live.judge(part);
  return live.take();
}

LiveReport postflight(Provisioning& provisioning, const LookAtLive& options) {
  Live live(provisioning, options);
  live.judge_schema(Moment::after);
  return live.take();
}

checks::Findings preflight_findings(Provisioning& provisioning, preflight::Part part) {
  if (provisioning.project().preflight.source.empty()) return not_configured(provisioning.project());
  Live live(provisioning, {.source = provisioning.project().preflight.source});
  live.look();
  live.judge(part);
  return live.take().findings;
}

checks::Findings preflight_findings(Provisioning& provisioning) {
  if (provisioning.project().preflight.source.empty()) return not_configured(provisioning.project());
  return preflight(provisioning, {.source = provisioning.project().preflight.source}).findings;
}

}  // namespace prodclone::workflow
