// Reads `application`, `ingestion` and `smoke`, and what only all three together tell.
#pragma once

#include <filesystem>
#include <optional>

#include <prodclone/config/project.hpp>

#include "json_object.hpp"

namespace prodclone::config {

Application read_application(std::optional<JsonObject> object, const std::filesystem::path& root);
Ingestion read_ingestion(std::optional<JsonObject> object);
std::vector<Screen> read_screens(std::vector<JsonObject> entries);

// What is configured must be able to run: documents and screens need a program, paths a health URL.
void check_application(const Project& project);

}  // namespace prodclone::config
