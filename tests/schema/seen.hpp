// What two databases look like to a test: differences as sorted lines, pg_dump's text of one, and a copy made from it.
#pragma once

#include <string>
#include <vector>

#include <prodclone/pg/conninfo.hpp>
#include <prodclone/schema/diff.hpp>

namespace prodclone::schema {

std::vector<std::string> sorted(std::vector<std::string> lines);
std::vector<std::string> renderings(const Differences& differences);

// pg_dump -s --no-owner --no-privileges; a failure of pg_dump is a failure of the test.
std::string pg_dump(const pg::ConnInfo& database);
// The dump may hold no body with a line that begins with a backslash.
void restore(const std::string& dump, const pg::ConnInfo& database);

// Where the catalogs and the two dumps do not say the same.
std::vector<std::string> disagreements(const Differences& catalogs, const std::string& dump_a,
                                       const std::string& dump_b);

}  // namespace prodclone::schema
