#include "load_facts.hpp"

#include <nlohmann/json.hpp>

#include <prodclone/base/files.hpp>

namespace prodclone::workflow {

namespace {

constexpr const char* version = "prodclone/load-facts/1";

checks::LoadEffect effect_of(dump::Shortfall shortfall) {
  switch (shortfall) {
    case dump::Shortfall::not_loaded: return checks::LoadEffect::not_loaded;
    case dump::Shortfall::altered: return checks::LoadEffect::altered;
    case dump::Shortfall::left_out: return checks::LoadEffect::left_out;
  }
  return checks::LoadEffect::not_loaded;
}

const char* word(checks::LoadEffect effect) {
  switch (effect) {
    case checks::LoadEffect::not_loaded: return "not_loaded";
    case checks::LoadEffect::altered: return "altered";
    case checks::LoadEffect::left_out: return "left_out";
  }
  return "not_loaded";
}

checks::LoadEffect effect_named(const std::string& text) {
  if (text == "altered") return checks::LoadEffect::altered;
  return text == "left_out" ? checks::LoadEffect::left_out : checks::LoadEffect::not_loaded;
}

}  // namespace

checks::LoadFacts load_facts_of(const dump::LoadReport& report, const dump::Manifest& manifest, const std::string& dump) {
  checks::LoadFacts facts{.dump = dump, .excluded_data = manifest.excluded_data};
  for (const auto& one : report.unloaded)
    facts.facts.push_back({effect_of(one.shortfall), one.kind, one.name, one.reason, one.remedy, one.cause, one.count});
  return facts;
}

std::filesystem::path load_facts_file(const config::Project& project, const std::string& key) {
  return project.state_directory() / "facts" / ("load-" + key.substr(0, 12) + ".json");
}

void write_load_facts(const std::filesystem::path& file, const checks::LoadFacts& facts) {
  nlohmann::ordered_json json = {{"schema", version}, {"dump", facts.dump}, {"facts", nlohmann::json::array()}, {"excluded_data", facts.excluded_data}};
  for (const auto& fact : facts.facts)
    json["facts"].push_back({{"effect", word(fact.effect)}, {"kind", fact.kind}, {"name", fact.name}, {"reason", fact.reason},
                             {"remedy", fact.remedy}, {"cause", fact.cause}, {"count", fact.count}});
  make_private_directory(file.parent_path());
  // A server's message need not be UTF-8.
  write_file_atomically(file, json.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + '\n');
}

std::optional<checks::LoadFacts> read_load_facts(const std::filesystem::path& file) {
  const auto text = read_file_if_present(file);
  if (!text) return std::nullopt;
  const auto json = nlohmann::json::parse(*text, nullptr, false);
  if (!json.is_object() || json.value("schema", "") != version) return std::nullopt;
  checks::LoadFacts facts{.dump = json.value("dump", ""), .excluded_data = json.value("excluded_data", std::vector<std::string>{})};
  for (const auto& row : json["facts"])
    facts.facts.push_back({effect_named(row.value("effect", "")), row.value("kind", ""), row.value("name", ""), row.value("reason", ""),
                           row.value("remedy", ""), row.value("cause", ""), row.value("count", std::int64_t{1})});
  return facts;
}

}  // namespace prodclone::workflow
