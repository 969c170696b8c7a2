#include <prodclone/databases/mark.hpp>

#include <nlohmann/json.hpp>

#include <array>

namespace prodclone::databases {

namespace {

constexpr std::string_view prefix = "prodclone: ";

struct UseName {
  Use use;
  const char* name;
};
constexpr std::array uses = {
    UseName{Use::pristine, "pristine"},     UseName{Use::migrated, "migrated"},
    UseName{Use::clone, "clone"},           UseName{Use::fresh_base, "fresh_base"},
    UseName{Use::fresh, "fresh"},           UseName{Use::expected, "expected"},
    UseName{Use::private_copy, "private_copy"}, UseName{Use::scratch, "scratch"},
};

}  // namespace

std::string to_string(Use use) {
  for (const auto& entry : uses)
    if (entry.use == use) return entry.name;
  return "scratch";
}

std::optional<Use> parse_use(const std::string& text) {
  for (const auto& entry : uses)
    if (text == entry.name) return entry.use;
  return std::nullopt;
}

std::string to_comment(const Mark& mark) {
  const nlohmann::ordered_json json = {{"schema", "prodclone/mark/1"},
                                       {"workspace", mark.workspace},
                                       {"project", mark.project},
                                       {"use", to_string(mark.use)},
                                       {"key", mark.key},
                                       {"run", mark.run},
                                       {"made_at", mark.made_at},
                                       {"note", mark.note}};
  // A note may come from a file's name, which need not be UTF-8; a comment must be.
  return std::string(prefix) + json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::optional<Mark> parse_mark(const std::string& comment) {
  if (!comment.starts_with(prefix)) return std::nullopt;
  const auto json = nlohmann::json::parse(comment.substr(prefix.size()), nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return std::nullopt;
  const auto text = [&](const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  const auto use = parse_use(text("use"));
  if (text("schema") != "prodclone/mark/1" || !use) return std::nullopt;
  return Mark{text("workspace"), text("project"), *use, text("key"), text("run"), text("made_at"), text("note")};
}

}  // namespace prodclone::databases
