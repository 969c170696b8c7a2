// Why a load failed, in words that help: the object, the statement, what to do.
#pragma once

#include <optional>
#include <string>

#include <prodclone/base/error.hpp>
#include <prodclone/dump/dump_file.hpp>
#include <prodclone/pg/sql_error.hpp>

namespace prodclone::dump {

struct LoadFailure {
  std::string message = {};    // the server's or the tool's
  std::string detail = {};
  std::string context = {};
  std::string object = {};     // "FK CONSTRAINT b b_a_fkey"; empty: none in particular
  std::string statement = {};
};

// From pg_restore's standard error, verbose or not; none when it holds no error.
std::optional<LoadFailure> restore_failure(const std::string& said);

Error load_error(const LoadFailure& failure, const DumpFile& dump);

// What to do about a message; empty when nothing better is known than the message itself.
std::string remedy_for(const LoadFailure& failure, const DumpFile& dump);

// The Debian package of an extension: "postgresql-15-postgis-3", "postgresql-contrib".
std::string package_of(const std::string& extension, int server_major);

}  // namespace prodclone::dump
