// What the load of pristine could not do, kept beside its other facts: a pristine that is used again still tells.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <prodclone/checks/load.hpp>
#include <prodclone/config/project.hpp>
#include <prodclone/dump/load.hpp>
#include <prodclone/dump/manifest.hpp>

namespace prodclone::workflow {

checks::LoadFacts load_facts_of(const dump::LoadReport& report, const dump::Manifest& manifest, const std::string& dump);

// Of the pristine with this key.
std::filesystem::path load_facts_file(const config::Project& project, const std::string& key);

void write_load_facts(const std::filesystem::path& file, const checks::LoadFacts& facts);
// None: not there, or not of this version.
std::optional<checks::LoadFacts> read_load_facts(const std::filesystem::path& file);

}  // namespace prodclone::workflow
