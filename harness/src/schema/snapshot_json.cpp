#include <prodclone/schema/snapshot_json.hpp>

#include <nlohmann/json.hpp>

#include <prodclone/base/error.hpp>

namespace prodclone::schema {

namespace {

constexpr const char* version = "prodclone/schema-snapshot/1";
using Json = nlohmann::ordered_json;

Json to_json(const Identity& id) { return Json::array({id.catalog, id.oid, id.sub}); }

Identity identity_from(const Json& json) {
  return {json.at(0).get<std::uint32_t>(), json.at(1).get<std::uint32_t>(), json.at(2).get<std::int32_t>()};
}

Json to_json(const Object& object) {
  Json attributes = Json::array(), depends = Json::array();
  for (const auto& one : object.attributes) attributes.push_back(Json::array({one.name, one.value, one.raw}));
  for (const auto& one : object.depends) depends.push_back(to_json(one));
  return {{"kind", object.kind},           {"schema", object.schema},
          {"name", object.name},           {"signature", object.signature},
          {"parent", object.parent},       {"identity", to_json(object.identity)},
          {"parent_identity", to_json(object.parent_identity)}, {"index", to_json(object.index)},
          {"ordinal", object.ordinal},     {"inherited", object.inherited},
          {"definition", object.definition}, {"attributes", attributes},
          {"depends", depends},            {"owner", object.owner},
          {"privileges", object.privileges}};
}

Object object_from(const Json& json) {
  Object object{.kind = json.at("kind"),
                .schema = json.at("schema"),
                .name = json.at("name"),
                .signature = json.at("signature"),
                .parent = json.at("parent"),
                .identity = identity_from(json.at("identity")),
                .parent_identity = identity_from(json.at("parent_identity")),
                .index = identity_from(json.at("index")),
                .ordinal = json.at("ordinal"),
                .inherited = json.at("inherited"),
                .definition = json.at("definition"),
                .owner = json.at("owner"),
                .privileges = json.at("privileges").get<std::vector<std::string>>()};
  for (const auto& one : json.at("attributes")) object.attributes.push_back({one.at(0), one.at(1), one.at(2)});
  for (const auto& one : json.at("depends")) object.depends.push_back(identity_from(one));
  return object;
}

}  // namespace

std::string snapshot_to_json(const Snapshot& snapshot) {
  Json json = {{"schema", version}, {"server_version", snapshot.server_version}, {"database", snapshot.database}, {"fingerprint", fingerprint(snapshot)}, {"objects", Json::array()}};
  for (const auto& object : snapshot.objects) json["objects"].push_back(to_json(object));
  // Names are bytes: a database in SQL_ASCII may hold what is not UTF-8.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

std::string recorded_fingerprint(std::string_view json) {
  constexpr std::string_view key = "\"fingerprint\":\"";
  constexpr std::size_t digits = 64;
  const auto head = json.substr(0, json.find("\"objects\":"));
  const auto at = head.find(key);
  return at == std::string_view::npos ? std::string() : std::string(head.substr(at + key.size(), digits));
}

Snapshot snapshot_from_json(std::string_view text) {
  try {
    const auto json = Json::parse(text);
    if (json.at("schema") != version) throw std::runtime_error("it is of another version");
    Snapshot snapshot{.server_version = json.at("server_version"), .database = json.at("database")};
    for (const auto& object : json.at("objects")) snapshot.objects.push_back(object_from(object));
    return snapshot;
  } catch (const std::exception& error) {
    throw Error(Failure::could_not_check, std::string("The recorded schema cannot be read: ") + error.what() + '.', "Rehearse again.");
  }
}

}  // namespace prodclone::schema
