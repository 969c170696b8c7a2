#include <nlohmann/json.hpp>

#include <prodclone/schema/causes.hpp>
#include <prodclone/schema/render.hpp>

namespace prodclone::schema {

namespace {
nlohmann::ordered_json optional_text(const std::optional<std::string>& text) {
  if (!text) return nullptr;
  return *text;
}
}  // namespace

std::string to_json(const Differences& differences, const TouchedBy& touched_by) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const auto& d : differences.entries) {
    nlohmann::ordered_json touched = nlohmann::ordered_json::array();
    for (const auto& t : d.touched) touched.push_back(t.attribute);
    const auto by = touched_by.find(to_string(d));
    list.push_back({{"change", to_string(d.change)},
                    {"kind", d.kind},
                    {"name", d.name},
                    {"old_name", optional_text(d.old_name)},
                    {"a", optional_text(d.a)},
                    {"b", optional_text(d.b)},
                    {"touched", std::move(touched)},
                    {"touched_by", by == touched_by.end() ? std::vector<std::string>() : by->second},
                    {"usual_cause", usual_cause(d).empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(usual_cause(d))}});
  }
  const nlohmann::ordered_json document = {
      {"schema", "prodclone/schema-diff/1"}, {"equal", differences.empty()}, {"differences", std::move(list)}};
  // A schema may hold bytes that are no UTF-8 (SQL_ASCII databases); they must not end the output.
  return document.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
}

}  // namespace prodclone::schema
