#include <prodclone/rehearsal/remains_json.hpp>

#include <nlohmann/json.hpp>

#include <prodclone/base/error.hpp>

namespace prodclone::rehearsal {

namespace {
constexpr const char* version = "prodclone/remains/1";
}

std::string to_json(const Remains& remains) {
  nlohmann::ordered_json json = {{"schema", version}, {"could_not_look", remains.could_not_look}, {"items", nlohmann::json::array()},
                                 {"relations", remains.relations}, {"analysed", remains.analysed}, {"unanalysed", remains.unanalysed}};
  for (const auto& item : remains.items)
    json["items"].push_back({{"kind", item.kind}, {"object", item.object}, {"identity", item.identity}, {"place", item.place},
                             {"state", item.state}, {"on_table", item.on_table}, {"made_from", item.made_from},
                             {"size_bytes", item.size.count}, {"rows", item.rows}, {"behind", item.behind}, {"remedy", item.remedy}});
  return json.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
}

Remains remains_from_json(std::string_view text) {
  try {
    const auto json = nlohmann::json::parse(text);
    if (json.at("schema") == version) {
      Remains remains;
      json.at("could_not_look").get_to(remains.could_not_look);
      json.at("relations").get_to(remains.relations);
      json.at("analysed").get_to(remains.analysed);
      json.at("unanalysed").get_to(remains.unanalysed);
      for (const auto& one : json.at("items")) {
        Remain item;
        one.at("kind").get_to(item.kind);
        one.at("object").get_to(item.object);
        one.at("identity").get_to(item.identity);
        one.at("place").get_to(item.place);
        one.at("state").get_to(item.state);
        one.at("on_table").get_to(item.on_table);
        one.at("made_from").get_to(item.made_from);
        one.at("size_bytes").get_to(item.size.count);
        one.at("rows").get_to(item.rows);
        one.at("behind").get_to(item.behind);
        one.at("remedy").get_to(item.remedy);
        remains.items.push_back(std::move(item));
      }
      return remains;
    }
  } catch (const nlohmann::json::exception&) {
    // Told below, as for a file of another version.
  }
  throw Error(Failure::could_not_check, "What the migration left is not readable.", "Rehearse again.");
}

}  // namespace prodclone::rehearsal
