#include <prodclone/config/waivers.hpp>

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include <prodclone/base/day.hpp>
#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>

#include "json_object.hpp"

namespace prodclone::config {

namespace {

// Every waiver says why, and until when.
template <typename Waiver>
void finish(JsonObject& object, Waiver& waiver) {
  waiver.reason = object.text("reason");
  const auto until = object.text("until");
  object.finish();
  if (waiver.reason.empty() || until.empty()) throw Error(Failure::usage, fmt::format("{} needs reason and until.", object.where()));
  const auto day = parse_day(until);
  if (!day) throw Error(Failure::usage, fmt::format("{}.until is not a day: {}.", object.where(), until), "Write it as 2027-01-31.");
  waiver.until = *day;
}

LossWaiver loss_waiver(JsonObject& object) {
  LossWaiver waiver{.migration = object.text("migration"), .table = object.text("table"), .column = object.text("column"),
                    .moved_to = object.text("moved_to"), .by = object.texts("by")};
  const auto change = object.text("change", "lost");
  finish(object, waiver);
  if (change != "lost" && change != "content") object.wrong("change", "\"lost\" or \"content\"");
  if (waiver.migration.empty() || waiver.table.empty()) throw Error(Failure::usage, fmt::format("{} needs migration and table.", object.where()));
  if (waiver.moved_to.empty() != waiver.by.empty() || (!waiver.moved_to.empty() && (waiver.column.empty() || waiver.moved_to.find('.') == std::string::npos)))
    throw Error(Failure::usage, fmt::format("{}: a column moves to \"table.column\", and by names the columns there that hold its row's key.", object.where()));
  waiver.change = change == "lost" ? AcceptedChange::lost : AcceptedChange::content;
  return waiver;
}

DifferenceWaiver difference_waiver(JsonObject& object) {
  DifferenceWaiver waiver{.of = object.text("of", "both"), .kind = object.text("kind", "*"), .name = object.text("name"), .change = object.text("change", "*")};
  finish(object, waiver);
  if (waiver.of != "fresh" && waiver.of != "declared" && waiver.of != "both") object.wrong("of", "\"fresh\", \"declared\" or \"both\"");
  if (waiver.change != "*" && waiver.change != "added" && waiver.change != "removed" && waiver.change != "changed" && waiver.change != "renamed")
    object.wrong("change", "\"added\", \"removed\", \"changed\" or \"renamed\"");
  if (waiver.name.empty()) throw Error(Failure::usage, fmt::format("{} needs name.", object.where()));
  return waiver;
}

}  // namespace

Waivers read_waivers(const std::filesystem::path& file) {
  Waivers waivers;
  if (file.empty()) return waivers;
  const auto json = nlohmann::json::parse(read_file(file), nullptr, /*allow_exceptions=*/false, /*ignore_comments=*/true);
  if (json.is_discarded()) throw Error(Failure::usage, fmt::format("{} is not valid JSON.", file.string()));
  JsonObject top(json, file.filename().string());
  for (auto& object : top.objects("leftovers")) {
    LeftoverWaiver waiver{.kind = object.text("kind", "*"), .name = object.text("name", "*"), .word = object.text("word", "*")};
    finish(object, waiver);
    waivers.leftovers.push_back(std::move(waiver));
  }
  for (auto& object : top.objects("leftovers_left")) {
    LeftoverLeftWaiver waiver{.kind = object.text("kind", "*"), .name = object.text("name", "*")};
    finish(object, waiver);
    waivers.leftovers_left.push_back(std::move(waiver));
  }
  for (auto& object : top.objects("down_losses")) {
    DownLossWaiver waiver{.migration = object.text("migration", "*"), .table = object.text("table", "*"), .column = object.text("column", "*")};
    finish(object, waiver);
    waivers.down_losses.push_back(std::move(waiver));
  }
  for (auto& object : top.objects("irreversible")) {
    IrreversibleWaiver waiver{.migration = object.text("migration")};
    finish(object, waiver);
    if (waiver.migration.empty()) throw Error(Failure::usage, fmt::format("{} needs migration.", object.where()));
    waivers.irreversible.push_back(std::move(waiver));
  }
  for (auto& object : top.objects("differences")) waivers.differences.push_back(difference_waiver(object));
  for (auto& object : top.objects("losses")) waivers.losses.push_back(loss_waiver(object));
  for (auto& object : top.objects("not_loaded")) {
    NotLoadedWaiver waiver{.kind = object.text("kind", "*"), .name = object.text("name", "*")};
    finish(object, waiver);
    waivers.not_loaded.push_back(std::move(waiver));
  }
  for (auto& object : top.objects("preflight")) {
    PreflightWaiver waiver{.check = object.text("check"), .object = object.text("object", "*")};
    finish(object, waiver);
    if (waiver.check.empty()) throw Error(Failure::usage, fmt::format("{} needs check.", object.where()));
    waivers.preflight.push_back(std::move(waiver));
  }
  top.finish();
  return waivers;
}

}  // namespace prodclone::config
