#include <prodclone/workflow/application.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include <prodclone/application/ingestion.hpp>
#include <prodclone/application/screens.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/checks/application.hpp>

#include "application_run.hpp"

namespace prodclone::workflow {

namespace {

checks::Findings not_checked(Provisioning& provisioning, const std::string& because, const std::string& why, const std::string& remedy) {
  return {{.check = "application", .severity = checks::Severity::not_checked, .object = provisioning.project().file.string(),
           .what = fmt::format("Not checked: {}.", because), .why = why, .remedy = remedy}};
}

checks::Findings no_program(Provisioning& provisioning) {
  return not_checked(provisioning, "application.start is not set", "Whether the program itself works on the migrated database is not known.",
                     "Say in prodclone.json how it is started: docs/application.md.");
}

// None where the program is not ready: that is the finding.
checks::Findings screens_of(Provisioning& provisioning, const ApplicationRun& run, const std::vector<config::Screen>& screens) {
  if (!run.ready()) return {};
  return checks::screen_findings(application::visit(screens, run.health(), run.values()), {.show_values = provisioning.project().show_keys});
}

// With what the program's own end tells. Findings that send people to its log say where that is.
void conclude(checks::Findings& findings, const application::BootReport& report) {
  for (auto& finding : findings) finding.remedy = replaced(finding.remedy, "the log of the program", "the program's log, " + report.log.string());
  append(findings, checks::boot_findings(report));
}

}  // namespace

checks::Findings boot_findings(Provisioning& provisioning) {
  const auto& release = provisioning.project().application.current;
  if (release.start.empty()) return no_program(provisioning);
  ApplicationRun run(provisioning, {.release = release, .name = "the new release", .log = "new-release"});
  return checks::boot_findings(run.finish());
}

checks::Findings baseline_boot_findings(Provisioning& provisioning) {
  const auto& application = provisioning.project().application;
  if (!application.previous.start.empty()) {
    ApplicationRun run(provisioning, {.release = application.previous, .name = "the previous release", .stage = Stage::pristine, .log = "previous-release-before"});
    return checks::boot_findings(run.finish());
  }
  if (application.boots_before) {
    ApplicationRun run(provisioning, {.release = application.current, .name = "the new release", .stage = Stage::pristine, .log = "new-release-before"});
    return checks::boot_findings(run.finish());
  }
  if (application.current.start.empty()) return no_program(provisioning);
  return not_checked(provisioning, "application.previous is not set, and application.boots_before is not true",
                     "Without a baseline, what is wrong after the migration may have been wrong before.",
                     "Name the command that starts today's release in application.previous.");
}

checks::Findings rolling_boot_findings(Provisioning& provisioning) {
  const auto& application = provisioning.project().application;
  if (application.current.start.empty() && application.previous.start.empty()) return no_program(provisioning);
  if (!application.rolling_deploy)
    return not_checked(provisioning, "application.rolling_deploy is false", "The previous release must be stopped before the migration begins: the service is down meanwhile.", "");
  if (application.previous.start.empty())
    return not_checked(provisioning, "application.previous is not set", "Whether today's release survives the migration while the deploy rolls on is not known.",
                       "Name the command that starts today's release in application.previous.");
  ApplicationRun run(provisioning, {.release = application.previous, .name = "the previous release", .log = "previous-release-after"});
  // A screen of today's that breaks breaks for everybody who is not on a new instance yet.
  auto findings = screens_of(provisioning, run, application.previous.smoke);
  conclude(findings, run.finish());
  return findings;
}

checks::Findings ingestion_findings(Provisioning& provisioning) {
  const auto& project = provisioning.project();
  if (project.application.current.start.empty()) return no_program(provisioning);
  if (!project.ingestion.configured())
    return not_checked(provisioning, "ingestion.documents is not set", "Whether documents still get through after the migration is not known.",
                       "Name a few documents, how they are given to the program, and how their state is asked for: docs/application.md.");
  ApplicationRun run(provisioning, {.release = project.application.current, .name = "the new release", .log = "new-release-ingestion"});
  checks::Findings findings;
  if (run.ready()) {
    auto documents = application::ingest({.ingestion = project.ingestion, .root = project.root, .health = run.health(), .values = run.values(), .database = run.database(),
                                          .directory = project.application.current.directory, .environment = run.environment(), .unset = run.unset(),
                                          .program_ended = [&] { return run.ended(); }});
    for (auto& document : documents) document.answer = run.without_secrets(document.answer);
    findings = checks::ingestion_findings(documents, project.ingestion.deadline);
  }
  conclude(findings, run.finish());
  return findings;
}

checks::Findings screen_findings(Provisioning& provisioning) {
  const auto& project = provisioning.project();
  auto findings = checks::checklist(project.smoke);
  const bool any = std::any_of(project.smoke.begin(), project.smoke.end(), [](const config::Screen& screen) { return screen.manual.empty(); });
  if (!any) {
    append(findings, project.application.current.start.empty()
                         ? no_program(provisioning)
                         : not_checked(provisioning, "smoke declares no HTTP check", "Whether the screens still work after the migration is not known.",
                                       "Declare the screens that people use most in smoke: docs/application.md."));
    return findings;
  }
  ApplicationRun run(provisioning, {.release = project.application.current, .name = "the new release", .log = "new-release-smoke"});
  append(findings, screens_of(provisioning, run, project.smoke));
  conclude(findings, run.finish());
  return findings;
}

checks::Findings application_test_findings(Provisioning& provisioning) {
  const auto& project = provisioning.project();
  const auto& application = project.application;
  if (application.tests.empty())
    return not_checked(provisioning, "application.tests is not set", "The team's own tests have not met production's data.",
                       "Name the command that runs them in application.tests; it gets a private copy of the migrated clone.");
  const auto program = application::program_path(application.tests[0], application.current.directory);
  const auto copy = provisioning.private_copy_of(Stage::migrated);
  try {
    const auto given = conninfo_for_application(provisioning, copy);
    const auto log = project.record_directory() / "application" / "tests.log";
    make_private_directory(log.parent_path());
    const application::Placeholders values{{"database", given.database}, {"url", pg::url_without_password(given)}};
    const auto command = application::filled(application.tests, values);
    process::Command tests{.arguments = command, .environment = variables_of(application, given), .unset = variables_to_unset(project),
                           .directory = application.current.directory, .program = program};
    for (const auto& [name, value] : application.current.environment) tests.environment.emplace(name, application::filled(value, values));
    const auto outcome = process::run(tests, {.deadline = application.tests_within});
    const auto output = without_password(outcome.out + outcome.err, given);
    write_file_atomically(log, output);
    provisioning.drop(copy.database);
    return checks::application_test_findings({.command = command, .succeeded = outcome.succeeded(), .ended = describe(outcome), .log = log, .tail = last_lines(output, 40)});
  } catch (...) {
    provisioning.drop(copy.database);
    throw;
  }
}

}  // namespace prodclone::workflow
