// The JSON Schema of prodclone.json (docs/prodclone.schema.json), for editors and for better errors.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace prodclone::config {

std::string_view project_schema();

// Every key by its place: "server.url_env", "budgets.tables[].match", "sources.*.path".
const std::set<std::string>& schema_paths();

}  // namespace prodclone::config
