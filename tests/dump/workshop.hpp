// A source database worth dumping, its dumps in every format, and the way to tell whether two databases are equal.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <prodclone/dump/dump_file.hpp>
#include <prodclone/pg/conninfo.hpp>
#include <prodclone/pg/tools.hpp>

#include "scratch.hpp"

namespace prodclone::selftest {

// pg_dump and friends of the test server's major.
const pg::Tools& tools();

// Runs pg_dump on a database with these arguments, to `file`.
std::filesystem::path pg_dump(const pg::ConnInfo& source, const std::filesystem::path& file,
                              std::vector<std::string> arguments);

// Of every kind that matters to a load: partitions, foreign keys, policies for a role, a function that looks like a
// dump, sequences, a materialised view, nasty text, bytea, large objects.
void fill(const pg::ConnInfo& database, const std::string& role);

// The schema as pg_dump prints it, without its random line, and each table's rows as one text.
std::map<std::string, std::string> content_of(const pg::ConnInfo& database);

// Runs SQL and returns the first cell, "" for none or NULL.
std::string value(const pg::ConnInfo& database, const std::string& sql);
void execute(const pg::ConnInfo& database, const std::string& sql);

}  // namespace prodclone::selftest
