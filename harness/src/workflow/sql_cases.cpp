#include <prodclone/workflow/sql_cases.hpp>

#include <fmt/format.h>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/checks/sql_case.hpp>
#include <prodclone/data/query_script.hpp>

#include "pgtap.hpp"

namespace prodclone::workflow {

namespace {

using config::Moment;

std::vector<Moment> moments_of(const config::SqlCaseFile& file) {
  return file.moment == Moment::both ? std::vector{Moment::before, Moment::after} : std::vector{file.moment};
}

// What production had applied already ran in its own time: there is no data from before it.
checks::Finding without_data(const config::SqlCase& sql_case, const config::SqlCaseFile& file) {
  return {.check = "refactor/sql", .severity = checks::Severity::warning, .object = file.path.filename().string(),
          .what = fmt::format("Production has {} already, so this was tried on databases built from nothing, without production's rows.", sql_case.migration),
          .where = file.path.string(), .why = "A query finds no offending row where there is no row.",
          .remedy = "Keep the case for a clone that still has the migration to come, or remove it."};
}

checks::Findings query_findings(Provisioning& provisioning, const config::SqlCase& sql_case, const config::SqlCaseFile& file, Moment moment) {
  const auto database = moment == Moment::before ? provisioning.shared_copy_before(sql_case.migration) : provisioning.shared_copy_after(sql_case.migration);
  return checks::sql_case_findings({.file = file.path, .moment = to_string(moment) + ' ' + sql_case.migration,
                                    .report = data::run_query_script(database, read_file(file.path), {.deadline = sql_case.timeout}),
                                    .show_values = provisioning.project().show_keys});
}

// pgTAP's tests may write, so each file has a copy of its own.
checks::Findings tap_findings(Provisioning& provisioning, const config::SqlCase& sql_case, const config::SqlCaseFile& file, Moment moment) {
  const auto database = moment == Moment::before ? provisioning.private_copy_before(sql_case.migration) : provisioning.private_copy_after(sql_case.migration);
  auto facts = run_pgtap(provisioning, sql_case, file, database);
  facts.moment = to_string(moment) + ' ' + sql_case.migration;
  provisioning.drop(database.database);
  return checks::pgtap_findings(facts);
}

}  // namespace

std::filesystem::path refactors_folder(const config::Project& project) { return project.root / "refactors"; }

checks::Findings sql_file_findings(Provisioning& provisioning, const config::SqlCase& sql_case, const config::SqlCaseFile& file) {
  if (!file.problem.empty()) throw Error(Failure::usage, file.problem);
  checks::Findings findings;
  for (const auto moment : moments_of(file)) {
    const auto found = (file.pgtap ? tap_findings : query_findings)(provisioning, sql_case, file, moment);
    findings.insert(findings.end(), found.begin(), found.end());
  }
  if (!provisioning.is_pending(sql_case.migration)) findings.push_back(without_data(sql_case, file));
  return findings;
}

checks::Findings sql_case_findings(Provisioning& provisioning) {
  checks::Findings findings;
  const auto cannot = [&](const std::filesystem::path& where, const std::string& problem) {
    findings.push_back({.check = "refactor/sql", .object = where.filename().string(), .what = "It could not be checked.", .where = where.string(),
                        .why = "Whether what it states holds is not known.", .remedy = "Mend what stopped it, then rehearse again.", .evidence = {problem}});
  };
  for (const auto& sql_case : config::find_sql_cases(refactors_folder(provisioning.project()))) {
    if (!sql_case.problem.empty()) cannot(sql_case.folder, sql_case.problem);
    for (const auto& file : sql_case.files) {
      try {
        const auto found = sql_file_findings(provisioning, sql_case, file);
        findings.insert(findings.end(), found.begin(), found.end());
      } catch (const std::exception& error) {
        cannot(file.path, error.what());
      }
    }
  }
  return findings;
}

}  // namespace prodclone::workflow
