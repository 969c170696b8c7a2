// What pg_restore tells of an archive without a server.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <prodclone/dump/dump_file.hpp>
#include <prodclone/pg/tools.hpp>

namespace prodclone::dump {

struct TocEntry {
  std::string line = {};         // as pg_restore -l prints it, for -L
  std::string description = {};  // "3345; 1259 16400 TABLE public t owner" from the type on
};

// The tools that were given; else installed ones that can read the archive, of the smallest major that does.
pg::Tools tools_for(const DumpFile& dump, const pg::Tools& tools);

// Throws Error(could_not_check) when the table of contents cannot be read, or the tool is too old for the archive.
std::vector<TocEntry> table_of_contents(const DumpFile& dump, const pg::Tools& tools);

// The archive's schema as a script, with CREATE DATABASE and what belongs to it.
std::string schema_script(const DumpFile& dump, const pg::Tools& tools);

// The archive, or the entries of a list as -L takes it, as a script, written to a file that is open as `descriptor`.
void write_script(const DumpFile& dump, const pg::Tools& tools, int descriptor, const std::filesystem::path& entries = {});

// Turns what pg_restore said into an Error; never returns.
[[noreturn]] void throw_restore_error(const DumpFile& dump, const std::string& said, const std::string& how_it_ended);

}  // namespace prodclone::dump
