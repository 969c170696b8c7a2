#include <prodclone/checks/feasibility.hpp>

#include <fmt/format.h>

#include <prodclone/base/text.hpp>

namespace prodclone::checks {

namespace {

using data::RequirementKind;

std::string_view noun(RequirementKind kind) {
  switch (kind) {
    case RequirementKind::foreign_key: return "foreign key";
    case RequirementKind::check: return "check";
    case RequirementKind::not_null: return "NOT NULL";
    case RequirementKind::unique: return "unique key";
    case RequirementKind::exclusion: return "exclusion";
  }
  return "constraint";
}

std::string broken_by(const data::TrialReport& report) {
  const auto rows = counted(*report.offenders, "row");
  const auto verb = *report.offenders == 1 ? "has" : "have";
  switch (report.trial.requirement.kind) {
    case RequirementKind::foreign_key: return fmt::format("{} {} no parent", rows, verb);
    case RequirementKind::check: return fmt::format("{} {} it", rows, *report.offenders == 1 ? "breaks" : "break");
    case RequirementKind::not_null: return fmt::format("{} {} no value", rows, verb);
    case RequirementKind::unique: return fmt::format("{} share their key with another", rows);
    case RequirementKind::exclusion: return fmt::format("{} of rows clash", counted(*report.offenders, "pair"));
  }
  return rows;
}

Finding finding_about(const FeasibilityFacts& facts, const data::TrialReport& report) {
  const auto& trial = report.trial;
  return {.check = trial.requirement.kind == RequirementKind::foreign_key ? "fk/feasibility" : "data/feasibility",
          .object = trial.table + '.' + trial.requirement.name, .where = facts.database,
          .evidence = {fmt::format("{}: {}", noun(trial.requirement.kind), trial.requirement.definition)}};
}

}  // namespace

Findings feasibility_findings(const FeasibilityFacts& facts) {
  Findings findings;
  for (const auto& report : facts.trials) {
    auto finding = finding_about(facts, report);
    const auto& trial = report.trial;
    if (!report.offenders) {
      finding.severity = Severity::note;
      finding.what = fmt::format("Not tried on the rows before the migration: {}.", report.not_tried);
      finding.why = "Only the migration itself tells whether it holds.";
      findings.push_back(std::move(finding));
      continue;
    }
    if (*report.offenders == 0) continue;
    const auto fact = fmt::format("The migrations add this {}, and in production's {} {}", noun(trial.requirement.kind), trial.table_before, broken_by(report));
    for (const auto& sample : report.samples) finding.evidence.push_back("for example " + sample);
    finding.remedy = "-- look at them first (on production, before the migration):\n" + trial.listing + '\n' + trial.repairs;
    if (!facts.migrated) {
      finding.what = fact + '.';
      finding.why = "The migrations failed in the rehearsal; as long as such rows are there, they fail in production.";
    } else if (!trial.requirement.validated) {
      finding.what = fact + "; it is left NOT VALID.";
      finding.why = "New rows are checked, these never were: VALIDATE CONSTRAINT will fail, and so will a restore of a dump.";
    } else {
      finding.severity = Severity::warning;
      finding.what = fact + "; the migrations repair or remove them first.";
      finding.why = "They ran in the rehearsal; rows that come before the deploy are repaired the same way, if they are wrong in the same way.";
      finding.remedy.clear();
    }
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace prodclone::checks
