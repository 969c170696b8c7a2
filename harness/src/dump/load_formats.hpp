// The two ways into a database: pg_restore for archives, our own driver for SQL, and for archives written out as SQL.
#pragma once

#include <filesystem>

#include <prodclone/dump/load.hpp>
#include <prodclone/pg/session.hpp>

namespace prodclone::dump {

// Each fills the report's objects, warnings and roles. `options.jobs` is set. Both vacuum and analyse all tables before
// the foreign keys, whose checks then cost less than half.
void load_archive(const DumpFile& dump, pg::Session& session, const LoadOptions& options, LoadReport& report);
void load_plain(const DumpFile& dump, pg::Session& session, const LoadOptions& options, LoadReport& report);

// Sends these entries of an archive once more, one statement at a time: what fails again is told by name.
void load_entries(const DumpFile& dump, const std::filesystem::path& list, pg::Session& session, const LoadOptions& options, LoadReport& report);

}  // namespace prodclone::dump
