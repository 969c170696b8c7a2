// How majors print one definition differently, and how its text is brought to one spelling. Nothing is taken for equal
// here: a text that is not understood stays as it is, and is then a difference.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace prodclone::schema {

// Until 15 a view of one table prints its columns with the table's name, from 16 on without. Whole rows keep it.
std::string without_only_table(std::string_view query);

// Words that are keywords on some majors only are quoted there: without their quotes.
std::string without_late_quotes(std::string_view sql);

// From 14 on the server prints SQL's own syntax of some functions (SUBSTRING(x FROM 1), x AT TIME ZONE y, TRIM(BOTH FROM
// x)): as the calls that 13 prints for the same.
std::string with_words_as_calls(std::string_view sql);

// In such a call 13 prints the cast that an argument needs, later majors only one that was written. Without those that
// `implied` knows to be there anyway, of this column to that type.
using ImpliedCast = std::function<bool(const std::string& column, std::string_view type)>;
std::string without_implied_casts(std::string_view sql, const ImpliedCast& implied);

// From 14 on a procedure's arguments are marked IN: without.
std::string without_in(std::string_view arguments);

}  // namespace prodclone::schema
