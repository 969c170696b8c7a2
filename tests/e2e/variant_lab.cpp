#include "variant_lab.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include <prodclone/base/files.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/process/child.hpp>

#include "sample_project.hpp"

namespace prodclone::e2e {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

namespace {

const fs::path binaries = PRODCLONE_BIN_DIR;
const fs::path labs = fs::path(PRODCLONE_E2E_SAMPLES) / "labs";
const fs::path verdicts = fs::path(PRODCLONE_E2E_SAMPLES) / "verdicts";
constexpr std::chrono::minutes patience(4);
const std::vector<std::string> all_labels = {"schema", "fk", "locks", "dirty", "data", "roundtrip", "leftovers", "ingestion", "smoke", "refactor"};

process::Outcome run(std::vector<std::string> arguments, const Environment& environment = {}) {
  return process::run({.arguments = std::move(arguments),
                       .environment = environment,
                       .unset = {"PRODCLONE_CONFIG", "PRODCLONE_UNDER_CTEST", "PRODCLONE_KEEP", "GTEST_FILTER"},
                       .directory = "/"},
                      {.deadline = patience, .limit = std::size_t{64} << 20});
}

// One for production as it is, one for productions that a variant changes: those need a load of their own each.
fs::path lab_of(const orcha::Variant& variant) { return labs / (variant.production() ? "changed-production" : "production"); }

// The sample's own case is about the rename alone, and takes as long as all the rest.
bool concerns_the_rename(const orcha::Variant& variant) {
  return std::any_of(variant.edits.begin(), variant.edits.end(), [](const orcha::Edit& edit) { return edit.file.string().find("rename-legal-entity") != std::string::npos; });
}

// Starting the program five times costs a third of a rehearsal: the good variants have it, to catch false alarms, and the
// faults that say something of it.
const std::set<std::string> labels_of_the_application = {"ingestion", "smoke"};

bool concerns_the_application(const orcha::Variant& variant) {
  return variant.good || std::any_of(labels_of_the_application.begin(), labels_of_the_application.end(),
                                     [&](const std::string& label) { return variant.red.contains(label) || variant.may.contains(label); });
}

// The server listens all the same: the next variant may have a program that needs it.
ordered_json without_application() {
  return ordered_json::parse(R"({ "server": { "loopback": true },
    "application": { "start": null, "health": null, "ready_within_s": null, "previous": null }, "ingestion": null, "smoke": null })");
}

void add_rehearsal(Verdict& verdict, const ordered_json& rehearsal) {
  if (!rehearsal.at("migration_failure").is_null()) {
    verdict.failed_checks.insert("migration");
    verdict.text += "migration: " + rehearsal.at("migration_failure").get<std::string>() + '\n';
  }
  std::set<std::string> seen;
  for (const auto& check : rehearsal.at("checks")) {
    const auto label = check.at("label").get<std::string>();
    if (seen.insert(label).second) verdict.labels.push_back(label);
    if (!check.at("error").is_null()) {
      verdict.reds.insert(label);
      verdict.text += label + ": " + check.at("error").get<std::string>() + '\n';
    }
    for (const auto& finding : check.at("findings")) {
      if (finding.contains("severity") ? finding.at("severity") != "failure" : !finding.at("failure").get<bool>()) continue;
      verdict.reds.insert(label);
      const auto id = finding.at("check").get<std::string>();
      verdict.failed_checks.insert(id);
      verdict.text += fmt::format("{} [{}] ", label, id);
      for (const char* part : {"object", "what", "where", "why", "remedy"}) verdict.text += finding.at(part).get<std::string>() + "\n  ";
      verdict.text += joined(finding.at("evidence").get<std::vector<std::string>>(), "\n  ") + '\n';
      if (finding.at("remedy").get<std::string>().empty() && check.at("error").is_null()) verdict.without_remedy.insert(id);
    }
  }
}

void add_case(Verdict& verdict, const fs::path& project) {
  // These two see all that the others do, except locks: the rehearsal has seen those.
  const auto outcome = run({(binaries / "rename_legal_entity_to_tenant").string(), "--gtest_filter=*ChangesNothingElse:*IsUndoneByItsDownScript"}, {{"PRODCLONE_CONFIG", (project / "prodclone.json").string()}});
  if (std::find(verdict.labels.begin(), verdict.labels.end(), "refactor") == verdict.labels.end()) verdict.labels.push_back("refactor");
  if (outcome.succeeded()) return;
  verdict.reds.insert("refactor");
  verdict.failed_checks.insert("refactor");
  verdict.text += "refactor: " + output(outcome) + '\n';
}

}  // namespace

ordered_json small_scale_budgets() {
  return ordered_json::parse(R"({
    "budgets": { "access_exclusive_ms": 5000, "blocked_reads_ms": 10000, "blocked_writes_ms": 20000, "idle_hold_ms": 5000, "row_lock_ms": 10000, "adversary_seconds": 0,
                 "statement_ms": 60000, "total_ms": 120000,
                 "tables": [ { "match": "public.invoice_line", "large_rows": 100, "rewrite_mb": 0, "rewrite_rows": 100, "scan_rows": 100 } ] } })");
}

Verdict VariantLab::judge(const orcha::Variant& variant) const {
  const auto project = lab_of(variant);
  make_private_directory(labs);
  const FileLock guard(project.string() + ".lock");
  const auto made = run({(binaries / "orcha-sample").string(), "--project", project.string(), "--scale", "0.05", "--variant", variant.name});
  if (!made.succeeded()) throw std::runtime_error("orcha-sample: " + tail(made));
  // The variant's own settings last: it may be about a budget.
  auto config = ordered_json::parse(read_file(project / "prodclone.json"));
  config.merge_patch(small_scale_budgets());
  if (!concerns_the_application(variant)) config.merge_patch(without_application());
  if (!variant.config.empty()) config.merge_patch(ordered_json::parse(variant.config));
  write_file_atomically(project / "prodclone.json", config.dump(2));

  const auto outcome = run({(binaries / "prodclone").string(), "--config", (project / "prodclone.json").string(), "--format", "json", "rehearse"});
  Verdict verdict{.exit_code = outcome.exit_code};
  const auto rehearsal = ordered_json::parse(outcome.out, nullptr, false);
  if (rehearsal.is_discarded() || !rehearsal.contains("checks")) throw std::runtime_error("prodclone rehearse: " + tail(outcome));
  add_rehearsal(verdict, rehearsal);
  if (!concerns_the_application(variant))
    std::erase_if(verdict.labels, [](const std::string& label) { return labels_of_the_application.contains(label); });
  if (concerns_the_rename(variant)) add_case(verdict, project);
  return verdict;
}

std::string VariantLab::remove_all() {
  std::string left;
  for (const char* name : {"production", "changed-production"}) {
    const auto config = labs / name / "prodclone.json";
    if (!fs::exists(config)) continue;
    const auto outcome = run({(binaries / "prodclone").string(), "--config", config.string(), "drop-clone"});
    if (!outcome.succeeded()) left += tail(outcome);
  }
  return left;
}

void record_verdict(const orcha::Variant& variant, const Verdict& verdict) {
  make_private_directory(verdicts);
  ordered_json json = {{"labels", verdict.labels}, {"red", verdict.reds}, {"checks", verdict.failed_checks}};
  write_file_atomically(verdicts / (variant.name + ".json"), json.dump(2));
}

std::optional<std::string> table_of(const std::vector<orcha::Variant>& variants) {
  std::string head = "| variant | what |", rule = "|---|---|", faults, good;
  for (const auto& label : all_labels) {
    head += fmt::format(" {} |", label);
    rule += "---|";
  }
  for (const auto& variant : variants) {
    const auto text = read_file_if_present(verdicts / (variant.name + ".json"));
    if (!text) return std::nullopt;
    const auto verdict = ordered_json::parse(*text);
    const auto red = verdict.at("red").get<std::set<std::string>>();
    const auto judged = verdict.at("labels").get<std::set<std::string>>();
    auto row = fmt::format("| `{}` | {} |", variant.name, variant.what);
    for (const auto& label : all_labels)
      row += variant.may.contains(label) ? " ○ |" : red.contains(label) ? " ● |" : judged.contains(label) ? " · |" : "  |";
    (variant.good ? good : faults) += row + (variant.good ? "\n" : fmt::format(" {} |\n", joined(variant.found_by, ", ")));
  }
  return fmt::format(
      "# What turns what red\n\n"
      "Each variant of the orcha sample is wrong in one way (or in none), and is rehearsed by prodclone's own tests\n"
      "(`ctest -L e2e -R Fault`). This table is made from what they saw. ● turns red, ○ may, · was judged and stayed green, empty was\n"
      "not judged: the application is started for the good variants and for faults that may turn `ingestion` or `smoke` red,\n"
      "of the sample's refactor, the cases in SQL always, the one in C++ where the variant changes the rename.\n\n"
      "## Faults\n\n{} found by |\n{}---|\n{}\n## Good variants\n\n{}\n{}\n{}", head, rule, faults, head, rule, good);
}

}  // namespace prodclone::e2e
