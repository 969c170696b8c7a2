// The data folders of an embedded server: one cluster for each major and locale, complete or not there at all.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <prodclone/pg/installation.hpp>

#include "server_places.hpp"

namespace prodclone::pg {

// C.UTF-8 where the system has it, else C: both sort by code point.
std::string default_locale();

std::string cluster_folder(int major, const std::string& locale);  // "pg15", "pg15-de_DE.UTF-8"

// A cluster, an unfinished one ("pg15.init-0123abcd") or a cluster's boot ("pg15.boot"): nothing else in a home is ours
// to touch.
bool is_cluster_entry(const std::filesystem::path& entry);
bool is_unfinished(const std::filesystem::path& entry);

// Killed at any moment it leaves the cluster as it was, or an unfinished one.
void remove_cluster(const std::filesystem::path& entry);

// Empty when the folder cannot be read.
std::vector<std::filesystem::path> entries_of(const std::filesystem::path& folder);

// initdb into a folder beside, then a rename: killed at any moment it leaves no half of a cluster under this name.
void make_cluster(const Installation& installation, const ServerAccount& account, const std::filesystem::path& data,
                  const std::string& locale);

// Our settings, then `more`; read by the server at its next start.
void write_configuration(const Installation& installation, const ServerAccount& account,
                         const std::filesystem::path& data, const std::map<std::string, std::string>& more);

}  // namespace prodclone::pg
