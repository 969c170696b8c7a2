#include <prodclone/config/waivers.hpp>

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/base/quantities.hpp>

#include "json_object.hpp"

namespace prodclone::config {

Waivers read_waivers(const std::filesystem::path& file) {
  Waivers waivers;
  if (file.empty()) return waivers;
  const auto json = nlohmann::json::parse(read_file(file), nullptr, /*allow_exceptions=*/false, /*ignore_comments=*/true);
  if (json.is_discarded()) throw Error(Failure::usage, fmt::format("{} is not valid JSON.", file.string()));
  JsonObject top(json, file.filename().string());
  for (auto& object : top.objects("leftovers")) {
    LeftoverWaiver waiver{object.text("kind", "*"), object.text("name", "*"), object.text("word", "*"), object.text("reason"), {}};
    const auto until = object.text("until");
    object.finish();
    if (waiver.reason.empty() || until.empty()) throw Error(Failure::usage, fmt::format("{} needs reason and until.", object.where()));
    waiver.until = std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(parse_iso8601(until + "T00:00:00Z")));
    waivers.leftovers.push_back(std::move(waiver));
  }
  top.finish();
  return waivers;
}

}  // namespace prodclone::config
