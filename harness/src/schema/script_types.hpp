// What a change of a column's type does to its values.
#pragma once

#include <string>
#include <string_view>

namespace prodclone::schema {

struct TypeChange {
  bool in_place = {};           // neither rewritten nor checked
  bool narrows = {};            // a value may not fit or lose digits
  std::string using_cast = {};  // "::text::public.s"; empty: the server casts by itself, and fails where it would cut
  friend bool operator==(const TypeChange&, const TypeChange&) = default;
};

// Types as format_type prints them.
TypeChange type_change(std::string_view from, std::string_view to);

// How values of a built-in type are stored unless told otherwise: "MAIN".
std::string standard_storage_of(std::string_view type);

}  // namespace prodclone::schema
