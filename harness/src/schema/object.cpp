#include <prodclone/schema/object.hpp>

#include <algorithm>

#include <prodclone/pg/quote.hpp>
#include <prodclone/schema/kinds.hpp>

namespace prodclone::schema {

std::string qualified_name(const Object& object) {
  const auto quoted = [](const std::string& name) { return pg::quote_identifier_if_needed(name); };
  switch (kind_facts(object.kind).naming) {
    case Naming::by_itself:
      return quoted(object.name);
    case Naming::by_parent:
      return object.parent;
    case Naming::in_parent:
      return object.parent + '.' + quoted(object.name);
    case Naming::in_words:
      // A cast has no schema; default privileges say theirs.
      return (object.kind == "operator" ? quoted(object.schema) + '.' : std::string()) + object.name + object.signature;
    case Naming::in_schema:
      break;
  }
  return quoted(object.schema) + '.' + quoted(object.name) + object.signature;
}

SplitName split_name(std::string_view qualified) {
  std::size_t dot = std::string_view::npos;
  bool quoted = false;
  for (std::size_t i = 0; i < qualified.size(); ++i) {
    if (qualified[i] == '"')
      quoted = !quoted;
    else if (!quoted && qualified[i] == '(')
      break;
    else if (!quoted && qualified[i] == '.')
      dot = i;
  }
  if (dot == std::string_view::npos) return {{}, std::string(qualified)};
  return {std::string(qualified.substr(0, dot)), std::string(qualified.substr(dot + 1))};
}

const Attribute* attribute(const Object& object, std::string_view name) {
  const auto found = std::find_if(object.attributes.begin(), object.attributes.end(),
                                  [&](const Attribute& a) { return a.name == name; });
  return found == object.attributes.end() ? nullptr : &*found;
}

std::string_view attribute_value(const Object& object, std::string_view name) {
  const auto* found = attribute(object, name);
  return found ? std::string_view(found->value) : std::string_view();
}

}  // namespace prodclone::schema
