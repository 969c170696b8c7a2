// The little that the observer must know of a statement's text. What the text means is the server's business.
#pragma once

#include <string>
#include <string_view>

namespace prodclone::rehearsal {

// The leading keywords in capitals: "ALTER TABLE", "CREATE UNIQUE INDEX CONCURRENTLY", "UPDATE", "SET".
std::string command_of(std::string_view statement);

// The name occurs as a word, also inside strings and bodies (a DO block names what it alters); comments do not count.
bool names_relation(std::string_view statement, std::string_view relation);

}  // namespace prodclone::rehearsal
