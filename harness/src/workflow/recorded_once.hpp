// What is measured once in a run and shared by its processes: the first one that asks measures, the others read it back.
#pragma once

#include <optional>
#include <string>

#include <prodclone/base/files.hpp>
#include <prodclone/workflow/provisioning.hpp>

namespace prodclone::workflow {

// In the record as `name`.json. Another run's figures are not taken: times are measured in this run. `read` gives none
// for a text of another version; `to_json` of what `measure` returns is found by its type.
template <typename Read, typename Measure>
auto recorded_once(Provisioning& provisioning, const std::string& name, const Read& read, const Measure& measure) -> decltype(measure()) {
  const auto& migrated = provisioning.require(Stage::migrated);
  const auto record = provisioning.project().record_directory();
  const auto guard = provisioning.leases().lock(name + " of " + migrated.database);
  const auto key = provisioning.run() + ' ' + migrated.key;
  if (read_file_if_present(record / (name + ".key")) == key)
    if (const auto text = read_file_if_present(record / (name + ".json")))
      if (std::optional<decltype(measure())> kept = read(*text)) return *std::move(kept);
  auto measured = measure();
  write_file_atomically(record / (name + ".json"), to_json(measured));
  write_file_atomically(record / (name + ".key"), key);
  return measured;
}

}  // namespace prodclone::workflow
