#include <prodclone/dump/manifest.hpp>

#include <sys/stat.h>

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <prodclone/base/error.hpp>
#include <prodclone/base/hash.hpp>
#include <prodclone/base/text.hpp>

namespace prodclone::dump {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

constexpr auto schema = "prodclone/dump-manifest/1";

// Role and setting texts may be in any encoding; a manifest is UTF-8 whatever they are.
std::string dumped(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n'; }

std::string stat_identity(const fs::path& file) {
  struct stat facts {};
  if (::stat(file.c_str(), &facts) != 0) return "gone";
  return fmt::format("{}:{}.{:09}:{}", facts.st_size, facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec, facts.st_ino);
}

}  // namespace

std::vector<Setting> settings_of(const Manifest& manifest) {
  auto settings = manifest.settings;
  const bool has_zone = std::any_of(settings.begin(), settings.end(), [](const Setting& setting) {
    return setting.role.empty() && lower(setting.name) == "timezone";
  });
  if (!has_zone && !manifest.timezone.empty()) settings.push_back({.name = "TimeZone", .value = manifest.timezone});
  return settings;
}

std::string to_json(const Manifest& manifest) {
  Json json;
  json["schema"] = schema;
  json["source_name"] = manifest.source_name;
  json["source"] = manifest.source;
  json["database"] = manifest.database;
  json["server_version"] = manifest.server_version;
  json["server_major"] = manifest.server_major ? Json(*manifest.server_major) : Json(nullptr);
  json["pg_dump_version"] = manifest.pg_dump_version;
  json["taken_at"] = iso8601(manifest.taken_at);
  json["size_bytes"] = manifest.size.count;
  json["sha256"] = manifest.sha256;
  json["fingerprint"] = manifest.fingerprint();
  json["identity"] = manifest.identity;
  json["roles"] = manifest.roles;
  json["extensions"] = Json::array();
  for (const auto& extension : manifest.extensions)
    json["extensions"].push_back({{"name", extension.name}, {"version", extension.version}});
  json["settings"] = Json::array();
  for (const auto& setting : manifest.settings)
    json["settings"].push_back({{"role", setting.role}, {"name", setting.name}, {"value", setting.value}});
  json["encoding"] = manifest.encoding;
  json["lc_collate"] = manifest.lc_collate;
  json["lc_ctype"] = manifest.lc_ctype;
  json["timezone"] = manifest.timezone;
  json["excluded_data"] = manifest.excluded_data;
  json["schema_fingerprint"] = manifest.schema_fingerprint.empty() ? Json(nullptr) : Json(manifest.schema_fingerprint);
  return dumped(json);
}

Manifest manifest_from_json(const std::string& text, const std::string& where) {
  try {
    const auto json = Json::parse(text);
    if (json.at("schema") != schema)
      throw Error(Failure::could_not_check, fmt::format("{} is of another version: {}.", where, json.at("schema").dump()),
                  "Delete it; prodclone makes it again from what the dump tells.");
    Manifest manifest;
    manifest.source = json.at("source");
    manifest.database = json.at("database");
    manifest.server_version = json.at("server_version");
    if (!json.at("server_major").is_null()) manifest.server_major = json.at("server_major").get<int>();
    manifest.pg_dump_version = json.at("pg_dump_version");
    manifest.taken_at = parse_iso8601(json.at("taken_at"));
    manifest.size = {json.at("size_bytes")};
    manifest.sha256 = json.at("sha256");
    manifest.identity = json.at("identity");
    manifest.roles = json.at("roles");
    for (const auto& extension : json.at("extensions"))
      manifest.extensions.push_back({extension.at("name"), extension.at("version")});
    for (const auto& setting : json.at("settings"))
      manifest.settings.push_back({setting.at("role"), setting.at("name"), setting.at("value")});
    manifest.encoding = json.at("encoding");
    manifest.lc_collate = json.at("lc_collate");
    manifest.lc_ctype = json.at("lc_ctype");
    manifest.timezone = json.at("timezone");
    // Manifests of older versions have neither.
    manifest.source_name = json.value("source_name", "");
    manifest.excluded_data = json.value("excluded_data", std::vector<std::string>{});
    if (!json.at("schema_fingerprint").is_null()) manifest.schema_fingerprint = json.at("schema_fingerprint");
    return manifest;
  } catch (const nlohmann::json::exception& error) {
    throw Error(Failure::could_not_check, fmt::format("{} is not a dump's manifest: {}.", where, error.what()),
                "Delete it; prodclone makes it again from what the dump tells.");
  }
}

fs::path manifest_path(const fs::path& dump) {
  auto path = dump.has_filename() ? dump : dump.parent_path();
  path += ".manifest.json";
  return path;
}

std::string identity_of(const fs::path& dump) {
  if (!fs::is_directory(dump)) return stat_identity(dump);
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(dump))
    if (entry.is_regular_file())
      files.push_back(entry.path().lexically_relative(dump).string() + ' ' + stat_identity(entry.path()));
  std::sort(files.begin(), files.end());
  return prodclone::sha256(joined(files, "\n"));
}

std::string age(WallTime taken_at, WallTime now) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - taken_at).count();
  if (seconds < 0) return "taken in the future (a clock is wrong)";
  if (seconds < 60) return "just taken";
  if (seconds < 2 * 3600) return counted(seconds / 60, "minute") + " old";
  if (seconds < 2 * 86400) return counted(seconds / 3600, "hour") + " old";
  return counted(seconds / 86400, "day") + " old";
}

}  // namespace prodclone::dump
