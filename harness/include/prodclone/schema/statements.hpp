// The statements that a finding about a schema object suggests. They are for people to read and run, never run by us.
#pragma once

#include <string>
#include <string_view>

#include <prodclone/schema/diff.hpp>

namespace prodclone::schema {

// Names are qualified and quoted as qualified_name gives them; `new_name` is one unquoted part.
// Empty where there is no such statement.
std::string rename_statement(std::string_view kind, const std::string& name, std::string_view new_name);
std::string drop_statement(std::string_view kind, const std::string& name);
std::string rename_label_statement(const std::string& type, std::string_view label, std::string_view new_label);
// Makes an object of this definition.
std::string create_statement(std::string_view kind, const std::string& name, const std::string& definition);
// Turns side a into side b of a changed column; several lines, or empty.
std::string alter_column_statement(const Difference& difference);

// A name as it stands in SQL, quoted where it must be; a text as a literal.
std::string identifier(std::string_view name);
std::string literal(std::string_view text);

}  // namespace prodclone::schema
