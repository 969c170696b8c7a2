#include "preflight.hpp"

#include <fmt/format.h>

#include <cmath>
#include <vector>

#include <prodclone/base/error.hpp>
#include <prodclone/base/text.hpp>

namespace prodclone::config {

namespace {

void read_seconds(JsonObject& object, const std::string& key, std::chrono::seconds& value) {
  const auto number = object.number(key);
  if (!number) return;
  if (!(*number >= 0) || *number > 604800) object.wrong(key, "a number of seconds, a week at most");
  value = std::chrono::seconds(std::llround(*number));
}

std::optional<Bytes> megabytes(JsonObject& object, const std::string& key) {
  const auto number = object.number(key);
  if (!number) return std::nullopt;
  if (!(*number >= 0) || *number > 1e12) object.wrong(key, "a number of megabytes");
  return Bytes{std::llround(*number * 1024 * 1024)};
}

void read_percent(JsonObject& object, const std::string& key, double& value) {
  const auto number = object.number(key);
  if (!number) return;
  if (!(*number >= 0) || *number > 100) object.wrong(key, "a number from 0 to 100");
  value = *number;
}

}  // namespace

Preflight read_preflight(std::optional<JsonObject> object, const std::map<std::string, Source>& sources) {
  Preflight preflight;
  if (!object) return preflight;
  preflight.source = object->text("source");
  read_seconds(*object, "transaction_s", preflight.transaction);
  read_seconds(*object, "prepared_s", preflight.prepared);
  read_seconds(*object, "standby_lag_s", preflight.standby_lag);
  if (const auto size = megabytes(*object, "standby_lag_mb")) preflight.standby_lag_bytes = *size;
  if (const auto size = megabytes(*object, "slot_retained_mb")) preflight.slot_retained = *size;
  preflight.free_disk = megabytes(*object, "free_disk_mb");
  read_percent(*object, "wraparound_percent", preflight.wraparound_percent);
  read_percent(*object, "sequence_percent", preflight.sequence_percent);
  read_percent(*object, "sequence_warning_percent", preflight.sequence_warning_percent);
  read_percent(*object, "dead_rows_percent", preflight.dead_rows_percent);
  object->finish();
  if (preflight.source.empty()) return preflight;
  const auto found = sources.find(preflight.source);
  if (found == sources.end()) {
    std::vector<std::string> names;
    for (const auto& [name, source] : sources) names.push_back(name);
    const auto near = nearest(preflight.source, names);
    throw Error(Failure::usage, fmt::format("preflight.source \"{}\" is not among the sources.", preflight.source), near ? fmt::format("Did you mean \"{}\"?", *near) : "");
  }
  if (found->second.kind != SourceKind::url && found->second.kind != SourceKind::existing)
    throw Error(Failure::usage, fmt::format("preflight.source \"{}\" is no live server.", preflight.source), "Name a source of kind url, or of kind existing.");
  return preflight;
}

}  // namespace prodclone::config
