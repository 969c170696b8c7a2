#include <prodclone/rehearsal/round_trip_json.hpp>

#include <nlohmann/json.hpp>

#include <prodclone/data/fingerprint_json.hpp>

namespace prodclone::rehearsal {

namespace {

using Json = nlohmann::ordered_json;
constexpr const char* version = "prodclone/roundtrip/1";

struct OtherVersion {};

Json json_of(const Leg& leg) { return {{"ran", leg.ran}, {"took_us", leg.took.count()}, {"error", leg.error}}; }
Leg leg_from(const Json& json) {
  return {json.at("ran").get<bool>(), std::chrono::microseconds(json.at("took_us").get<std::int64_t>()), json.at("error").get<std::string>()};
}

Json json_of(const std::vector<SchemaGap>& gaps) {
  Json json = Json::array();
  for (const auto& gap : gaps) json.push_back({{"kind", gap.kind}, {"object", gap.object}, {"text", gap.text}, {"a", gap.a}, {"b", gap.b}});
  return json;
}
std::vector<SchemaGap> gaps_from(const Json& json) {
  std::vector<SchemaGap> gaps;
  for (const auto& one : json)
    gaps.push_back({one.at("kind").get<std::string>(), one.at("object").get<std::string>(), one.at("text").get<std::string>(),
                    one.at("a").get<std::string>(), one.at("b").get<std::string>()});
  return gaps;
}

Json json_of(const std::optional<Apart>& apart) {
  if (!apart) return nullptr;
  return {{"schema", json_of(apart->schema)}, {"content", Json::parse(data::to_json(apart->content))}, {"of_the_moment", apart->of_the_moment}};
}
std::optional<Apart> apart_from(const Json& json) {
  if (json.is_null()) return std::nullopt;
  auto content = data::reconciliation_from_json(json.at("content").dump());
  if (!content) throw OtherVersion();
  return Apart{gaps_from(json.at("schema")), std::move(*content), json.at("of_the_moment").get<std::vector<std::string>>()};
}

Json json_of(const RoundTrip& trip) {
  Json json = {{"id", trip.id}, {"name", trip.name}, {"migrations", trip.migrations}, {"up_file", trip.up_file}, {"down_file", trip.down_file},
               {"without_down", trip.without_down}, {"undone", trip.undone}, {"up", json_of(trip.up)}, {"down", json_of(trip.down)},
               {"up_again", json_of(trip.up_again)}, {"added", Json::array()}, {"after_down", json_of(trip.after_down)},
               {"after_second_up", json_of(trip.after_second_up)}, {"beside_clone", json_of(trip.beside_clone)},
               {"could_not_compare", trip.could_not_compare}};
  for (const auto& added : trip.added) json["added"].push_back({{"table", added.table}, {"column", added.column}, {"rows", added.rows}});
  return json;
}
RoundTrip trip_from(const Json& json) {
  const auto texts = [&](const char* key) { return json.at(key).get<std::vector<std::string>>(); };
  const auto text = [&](const char* key) { return json.at(key).get<std::string>(); };
  RoundTrip trip{.id = text("id"), .name = text("name"), .migrations = texts("migrations"), .up_file = text("up_file"), .down_file = text("down_file"),
                 .without_down = texts("without_down"), .undone = texts("undone"), .up = leg_from(json.at("up")), .down = leg_from(json.at("down")),
                 .up_again = leg_from(json.at("up_again")), .after_down = apart_from(json.at("after_down")),
                 .after_second_up = apart_from(json.at("after_second_up")), .beside_clone = gaps_from(json.at("beside_clone")),
                 .could_not_compare = text("could_not_compare")};
  for (const auto& one : json.at("added"))
    trip.added.push_back({one.at("table").get<std::string>(), one.at("column").get<std::string>(), one.at("rows").get<std::int64_t>()});
  return trip;
}

}  // namespace

std::string to_json(const RoundTrips& trips) {
  Json json = {{"schema", version}, {"database", trips.database}, {"migrations", Json::array()}, {"chain", nullptr}};
  for (const auto& trip : trips.migrations) json["migrations"].push_back(json_of(trip));
  if (trips.chain) json["chain"] = json_of(*trips.chain);
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + '\n';
}

std::optional<RoundTrips> round_trips_from_json(const std::string& text) {
  try {
    const auto json = Json::parse(text);
    if (json.at("schema") != version) return std::nullopt;
    RoundTrips trips{.database = json.at("database").get<std::string>()};
    for (const auto& one : json.at("migrations")) trips.migrations.push_back(trip_from(one));
    if (!json.at("chain").is_null()) trips.chain = trip_from(json.at("chain"));
    return trips;
  } catch (const Json::exception&) {
    return std::nullopt;
  } catch (const OtherVersion&) {
    return std::nullopt;
  }
}

}  // namespace prodclone::rehearsal
