#include "production_facts.hpp"

#include <nlohmann/json.hpp>

#include <prodclone/base/files.hpp>

namespace prodclone::workflow {

namespace {
constexpr const char* version = "prodclone/migration-state/1";
}

void write_state(const std::filesystem::path& file, const migrations::State& state) {
  nlohmann::ordered_json json = {{"schema", version},
                                 {"table", state.table},
                                 {"table_present", state.table_present},
                                 {"applied", nlohmann::json::array()},
                                 {"dirty", nlohmann::json::array()}};
  for (const auto& applied : state.applied) {
    nlohmann::ordered_json row = {{"id", applied.id}, {"description", applied.description}, {"assumed", applied.assumed}};
    if (applied.applied_at) row["applied_at"] = *applied.applied_at;
    json["applied"].push_back(row);
  }
  for (const auto& mark : state.dirty)
    json["dirty"].push_back({{"id", mark.id}, {"reserved", mark.kind == migrations::DirtyKind::reserved}});
  make_private_directory(file.parent_path());
  write_file_atomically(file, json.dump(1) + '\n');
}

std::optional<migrations::State> read_state_file(const std::filesystem::path& file) {
  const auto text = read_file_if_present(file);
  if (!text) return std::nullopt;
  const auto json = nlohmann::json::parse(*text, nullptr, false);
  if (!json.is_object() || json.value("schema", "") != version) return std::nullopt;
  migrations::State state{.table = json.value("table", ""), .table_present = json.value("table_present", false)};
  for (const auto& row : json["applied"]) {
    migrations::AppliedMigration applied{.id = row.value("id", ""), .description = row.value("description", ""), .assumed = row.value("assumed", false)};
    if (row.contains("applied_at")) applied.applied_at = row["applied_at"].get<std::string>();
    state.applied.push_back(std::move(applied));
  }
  for (const auto& row : json["dirty"])
    state.dirty.push_back({row.value("reserved", false) ? migrations::DirtyKind::reserved : migrations::DirtyKind::flagged, row.value("id", "")});
  return state;
}

std::filesystem::path content_facts(const config::Project& project, const std::string& key) {
  return project.state_directory() / "facts" / ("content-" + key.substr(0, 12) + ".json");
}

}  // namespace prodclone::workflow
