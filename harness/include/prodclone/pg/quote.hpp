// The one place where names and values become SQL text.
#pragma once

#include <string>
#include <string_view>

namespace prodclone::pg {

std::string quote_identifier(std::string_view name);                       // always quoted
std::string quote_identifier_if_needed(std::string_view name);             // as PostgreSQL's quote_ident prints it
std::string qualified(std::string_view schema, std::string_view name);     // both quoted
std::string quote_literal(std::string_view value);                         // 'it''s', or E'…' with a backslash

}  // namespace prodclone::pg
