#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <filesystem>

#include <prodclone/base/error.hpp>
#include <prodclone/workflow/doctor.hpp>

#include "commands.hpp"

namespace prodclone::cli {

namespace {

const char* word(workflow::Health health) {
  switch (health) {
    case workflow::Health::ok: return "ok";
    case workflow::Health::warning: return "warning";
    case workflow::Health::missing: return "missing";
  }
  return "missing";
}

}  // namespace

int doctor(const Arguments& arguments) {
  const auto diagnosis = workflow::diagnose(arguments.config, std::filesystem::current_path(), arguments.source.empty() ? std::nullopt : std::optional(arguments.source));
  if (arguments.json) {
    nlohmann::ordered_json json = {{"schema", "prodclone/doctor/1"}, {"healthy", diagnosis.healthy()}, {"symptoms", nlohmann::json::array()}};
    for (const auto& one : diagnosis.symptoms)
      json["symptoms"].push_back({{"health", word(one.health)}, {"subject", one.subject}, {"what", one.what}, {"remedy", one.remedy}});
    fmt::print("{}\n", json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
  } else {
    for (const auto& one : diagnosis.symptoms) {
      fmt::print("{:<8}{}: {}\n", word(one.health), one.subject, one.what);
      if (!one.remedy.empty()) fmt::print("        {}\n", one.remedy);
    }
  }
  return diagnosis.healthy() ? 0 : exit_code(Failure::could_not_check);
}

}  // namespace prodclone::cli
