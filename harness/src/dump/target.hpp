// What a load needs to know of its target, and does to it before and after the dump itself.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include <prodclone/base/progress.hpp>
#include <prodclone/dump/load.hpp>
#include <prodclone/dump/survey.hpp>
#include <prodclone/pg/conninfo.hpp>
#include <prodclone/pg/session.hpp>

namespace prodclone::dump {

// Throws Error(refused) when the database holds anything, or is one of the server's own.
void require_empty(pg::Session& session);

// Those that the server lacks, each with its package. Throws Error(could_not_check) naming them where that is refused.
std::vector<Unloaded> missing_extensions(pg::Session& session, const std::vector<Extension>& extensions, Unloadable unloadable);

// Creates those that are missing and tells their names, and gives a warning for those that were named only and could not be
// created. Throws Error(could_not_check) with the SQL for an administrator when a needed one cannot be created.
// With Unloadable::report the report names it instead.
void create_missing_roles(pg::Session& session, const Survey& survey, const LoadOptions& options, LoadReport& report);

enum class Tables { all, not_yet_vacuumed };

// The biggest tables first, on several connections; returns how long it took.
std::chrono::milliseconds vacuum_analyze(const pg::ConnInfo& target, Tables tables, int jobs, const ProgressSink& progress);

// Session settings for loading, as command-line options of a session ("-c name=value"). More maintenance_work_mem and
// other numbers of parallel workers were measured and bought nothing.
std::string loading_options(pg::Session& session);

}  // namespace prodclone::dump
