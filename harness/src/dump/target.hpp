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

// Throws Error(could_not_check) naming each extension that the server lacks and its package.
void require_extensions(pg::Session& session, const std::vector<Extension>& extensions);

// Creates those that are missing; returns their names, and a warning for those that were named only and could not be
// created. Throws Error(could_not_check) with the SQL for an administrator when a needed one cannot be created.
std::vector<std::string> create_missing_roles(pg::Session& session, const Survey& survey, MissingRoles policy,
                                              std::vector<std::string>& warnings);

enum class Tables { all, not_yet_vacuumed };

// The biggest tables first, on several connections; returns how long it took.
std::chrono::milliseconds vacuum_analyze(const pg::ConnInfo& target, Tables tables, int jobs, const ProgressSink& progress);

// Session settings for loading, as command-line options of a session ("-c name=value"). More maintenance_work_mem and
// other numbers of parallel workers were measured and bought nothing.
std::string loading_options(pg::Session& session);

}  // namespace prodclone::dump
