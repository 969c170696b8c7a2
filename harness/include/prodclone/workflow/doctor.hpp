// What is missing before time is spent: looked for without loading, dumping or starting anything.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <prodclone/config/project.hpp>

namespace prodclone::workflow {

enum class Health { ok, warning, missing };

struct Symptom {
  Health health = Health::ok;
  std::string subject = {};   // "configuration", "source prod", "server", "tools", "disk"
  std::string what = {};      // one sentence
  std::string remedy = {};
};

struct Diagnosis {
  std::vector<Symptom> symptoms = {};
  bool healthy() const;       // nothing is missing; warnings do not count
};

// `config` as load_project takes it; a configuration that cannot be read is a symptom too.
Diagnosis diagnose(const std::optional<std::filesystem::path>& config, const std::filesystem::path& start, const std::optional<std::string>& source);

}  // namespace prodclone::workflow
