#include <prodclone/workflow/content.hpp>

#include <fmt/format.h>

#include <prodclone/base/files.hpp>
#include <prodclone/base/hash.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/config/waivers.hpp>
#include <prodclone/data/content.hpp>
#include <prodclone/data/fingerprint_json.hpp>

#include "production_facts.hpp"

namespace prodclone::workflow {

namespace {

// A private copy of a stage, made when it is first asked for.
class StageCopy {
 public:
  StageCopy(Provisioning& provisioning, Stage stage) : provisioning_(provisioning), stage_(stage) {}
  StageCopy(const StageCopy&) = delete;
  StageCopy& operator=(const StageCopy&) = delete;
  ~StageCopy() {
    try {
      if (!database_.database.empty()) provisioning_.drop(database_.database);
    } catch (const std::exception& error) {
      // It is leased: the end of the run drops it.
      fmt::print(stderr, "prodclone: could not drop {} yet: {}\n", database_.database, error.what());
    }
  }
  const pg::ConnInfo& database() {
    if (database_.database.empty()) database_ = provisioning_.private_copy_of(stage_);
    return database_;
  }

 private:
  Provisioning& provisioning_;
  Stage stage_;
  pg::ConnInfo database_;
};

std::filesystem::path pristine_file(Provisioning& provisioning) {
  return content_facts(provisioning.project(), provisioning.require(Stage::pristine).key);
}

// Kept sums count only on the server that made them: how it hashes is nobody's promise.
std::optional<data::Fingerprint> kept_fingerprint(Provisioning& provisioning) {
  const auto text = read_file_if_present(pristine_file(provisioning));
  auto print = text ? data::fingerprint_from_json(*text) : std::nullopt;
  if (!print || print->catalog.server_version != provisioning.cluster().session().server_version()) return std::nullopt;
  return print;
}

data::Fingerprint pristine_content(Provisioning& provisioning, StageCopy& copy) {
  const auto guard = provisioning.leases().lock("content of " + provisioning.require(Stage::pristine).database);
  if (auto kept = kept_fingerprint(provisioning)) return *kept;
  return remember_pristine_content(provisioning, copy.database());
}

std::vector<data::Move> declared_moves(const config::Project& project) {
  std::vector<data::Move> moves;
  for (const auto& waiver : config::read_waivers(project.schema.waivers).losses) {
    const auto dot = waiver.moved_to.rfind('.');
    if (dot != std::string::npos)
      moves.push_back({.table = waiver.table, .column = waiver.column, .to_table = waiver.moved_to.substr(0, dot), .to_column = waiver.moved_to.substr(dot + 1), .by = waiver.by});
  }
  return moves;
}

}  // namespace

data::FingerprintOptions content_reading(Provisioning& provisioning) { return {.exclude = {provisioning.state_table()}, .progress = provisioning.progress()}; }

data::Fingerprint remember_pristine_content(Provisioning& provisioning, const pg::ConnInfo& database) {
  auto print = data::take_fingerprint(database, content_reading(provisioning));
  print.database = provisioning.require(Stage::pristine).database;
  const auto file = pristine_file(provisioning);
  make_private_directory(file.parent_path());
  write_file_atomically(file, data::to_json(print));
  return print;
}

data::Fingerprint pristine_fingerprint(Provisioning& provisioning) {
  StageCopy copy(provisioning, Stage::pristine);
  return pristine_content(provisioning, copy);
}

data::Reconciliation reconciled_content(Provisioning& provisioning) {
  const auto& migrated = provisioning.require(Stage::migrated);
  const auto& project = provisioning.project();
  const auto record = project.record_directory();
  const auto guard = provisioning.leases().lock("content of " + migrated.database);
  // The trace is another one whenever the migrations ran again; an external tool has none, and its key is another.
  auto made_from = migrated.key + ' ' + sha256_of(record / "trace.json") + (project.show_keys ? " with keys" : "");
  const auto moves = declared_moves(project);
  for (const auto& move : moves) made_from += fmt::format(" {}.{} to {}.{} by {}", move.table, move.column, move.to_table, move.to_column, joined(move.by, ","));
  if (read_file_if_present(record / "content.key") == made_from)
    if (const auto text = read_file_if_present(record / "content.json"))
      if (auto kept = data::reconciliation_from_json(*text)) return *kept;
  StageCopy before(provisioning, Stage::pristine), after(provisioning, Stage::migrated);
  const auto print = pristine_content(provisioning, before);
  auto reconciliation = data::compare_content(print, [&] { return before.database(); }, after.database(),
                                              {.reading = content_reading(provisioning), .moves = moves, .reveal_keys = project.show_keys});
  reconciliation.after = migrated.database;
  write_file_atomically(record / "content.json", data::to_json(reconciliation));
  write_file_atomically(record / "content.key", made_from);
  return reconciliation;
}

}  // namespace prodclone::workflow
