// The statements that a finding about a schema object suggests.
#pragma once

#include <string>
#include <string_view>

#include <prodclone/schema/diff.hpp>

namespace prodclone::checks {

// Names are qualified and quoted as schema::qualified_name gives them; `new_name` is one unquoted part.
// Empty where there is no such statement.
std::string rename_statement(std::string_view kind, const std::string& name, std::string_view new_name);
std::string drop_statement(std::string_view kind, const std::string& name);
// Makes an object of this definition.
std::string create_statement(std::string_view kind, const std::string& name, const std::string& definition);
// Turns side a into side b of a changed column; several lines, or empty.
std::string alter_column_statement(const schema::Difference& difference);

}  // namespace prodclone::checks
