// The declared schema: a SQL file (a structure.sql), a folder of SQL files in the order of their names, or a dump.
#pragma once

#include <filesystem>

#include <prodclone/pg/conninfo.hpp>

namespace prodclone::workflow {

// Runs it in an empty database. Throws Error naming file and line of the statement that failed.
void load_declared_schema(const std::filesystem::path& declared, const pg::ConnInfo& target,
                          const std::filesystem::path& work = {});

}  // namespace prodclone::workflow
