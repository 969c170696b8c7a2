// CREATE DATABASE … TEMPLATE by reflink, below PostgreSQL 18, on a server whose data folder is ours: the server makes
// an empty database, and while nobody can be in either, its files are replaced by clones of the source's.
#pragma once

#include <filesystem>
#include <string>

#include <prodclone/pg/session.hpp>

namespace prodclone::databases {

// Makes `target`, which nobody can connect to before it is complete. When it throws, a database of that name may be
// there; dropping it is enough. Throws pg::SqlError 55006 while somebody is in the source.
void copy_by_reflink(pg::Session& session, const std::filesystem::path& data, const std::string& source, const std::string& target);

}  // namespace prodclone::databases
