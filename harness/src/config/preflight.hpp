// Reads `preflight`.
#pragma once

#include <map>
#include <optional>
#include <string>

#include <prodclone/config/project.hpp>

#include "json_object.hpp"

namespace prodclone::config {

Preflight read_preflight(std::optional<JsonObject> object, const std::map<std::string, Source>& sources);

}  // namespace prodclone::config
