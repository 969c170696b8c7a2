#include "recorded_majors.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include <prodclone/base/files.hpp>
#include <prodclone/schema/kinds.hpp>

namespace prodclone::schema {

namespace {

using Json = nlohmann::ordered_json;
constexpr std::array majors = {13, 14, 15, 16, 17, 18};

std::string file_of(std::string_view name) { return PRODCLONE_MAJORS "/" + std::string(name) + ".json"; }

Json to_json(const Identity& id) { return Json::array({id.catalog, id.oid, id.sub}); }
Identity identity_of(const Json& json) { return {json.at(0), json.at(1), json.at(2)}; }

// What is empty is left out, and what only a comparison within one lineage reads or people do.
Json to_json(const Object& object) {
  Json json = {{"kind", object.kind}};
  const auto add = [&](const char* key, const auto& value) {
    if (!value.empty()) json[key] = value;
  };
  add("schema", object.schema);
  add("name", object.name);
  add("signature", object.signature);
  add("parent", object.parent);
  json["id"] = to_json(object.identity);
  if (object.parent_identity) json["on"] = to_json(object.parent_identity);
  if (object.index) json["index"] = to_json(object.index);
  if (object.ordinal != 0) json["ordinal"] = object.ordinal;
  if (object.inherited) json["inherited"] = true;
  add("owner", object.owner);
  add("privileges", object.privileges);
  Json attributes = Json::object();
  for (const auto& one : object.attributes)
    if (!one.value.empty() || one.name == "as_born") attributes[one.name] = one.value;
  add("attributes", attributes);
  // Whether a published table goes with its publication.
  if (is_published(object.kind))
    for (const auto& id : object.depends) json["depends"].push_back(to_json(id));
  return json;
}

Object object_of(const Json& json) {
  const auto text = [&](const char* key) { return json.value(key, std::string()); };
  Object object{.kind = text("kind"),
                .schema = text("schema"),
                .name = text("name"),
                .signature = text("signature"),
                .parent = text("parent"),
                .identity = identity_of(json.at("id")),
                .ordinal = json.value("ordinal", 0),
                .inherited = json.value("inherited", false),
                .owner = text("owner"),
                .privileges = json.value("privileges", std::vector<std::string>())};
  if (json.contains("on")) object.parent_identity = identity_of(json.at("on"));
  if (json.contains("index")) object.index = identity_of(json.at("index"));
  if (json.contains("depends"))
    for (const auto& id : json.at("depends")) object.depends.push_back(identity_of(id));
  if (json.contains("attributes"))
    for (const auto& [name, value] : json.at("attributes").items()) object.attributes.push_back({.name = name, .value = value, .raw = name == "as_born" ? "yes" : ""});
  return object;
}

Json later() { return Json::parse(read_file(file_of("later"))); }

}  // namespace

std::span<const int> recorded_majors() { return majors; }

Snapshot recorded(int major) {
  const auto json = Json::parse(read_file(file_of(std::to_string(major))));
  Snapshot snapshot{.server_version = json.at("server_version"), .database = "postgresql_" + std::to_string(major)};
  for (const auto& object : json.at("objects")) snapshot.objects.push_back(object_of(object));
  return snapshot;
}

void record(const Snapshot& snapshot) {
  std::string text = "{\"server_version\": " + std::to_string(snapshot.server_version) + ", \"objects\": [";
  for (const auto& object : snapshot.objects) text += (&object == &snapshot.objects.front() ? "\n" : ",\n") + to_json(object).dump();
  write_file_atomically(file_of(std::to_string(snapshot.server_version / 10000)), text + "\n]}\n");
}

void record_later(int from_major, const std::set<std::string>& objects) {
  auto all = std::filesystem::exists(file_of("later")) ? later() : Json::object();
  all[std::to_string(from_major)] = objects;
  write_file_atomically(file_of("later"), all.dump(1) + '\n');
}

std::set<std::string> names_of(const Snapshot& snapshot) {
  std::set<std::string> names;
  for (const auto& object : snapshot.objects) names.insert(object.kind + ' ' + qualified_name(object));
  return names;
}

Snapshot as_known_to(int level, Snapshot snapshot) {
  std::set<std::string> unknown;
  const auto parts = later();
  for (const auto& [major, names] : parts.items())
    if (std::stoi(major) > level) unknown.insert(names.begin(), names.end());
  std::erase_if(snapshot.objects, [&](const Object& object) { return unknown.contains(object.kind + ' ' + qualified_name(object)); });
  return snapshot;
}

}  // namespace prodclone::schema
