#include "load_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <regex>
#include <string_view>

#include <prodclone/base/text.hpp>

namespace prodclone::dump {

namespace {

std::string cut(std::string text, std::size_t length) {
  text = replaced(std::move(text), "\n", " ");
  if (text.size() <= length) return text;
  while (length > 0 && (text[length] & 0xC0) == 0x80) --length;
  return text.substr(0, length) + "…";
}

std::optional<std::string> found(const std::string& text, const char* pattern) {
  std::smatch match;
  if (!std::regex_search(text, match, std::regex(pattern))) return std::nullopt;
  return match[1].str();
}

// Packages that are not named after their extension.
struct Package {
  std::string_view extension, package;
};
constexpr std::array packages = {
    Package{"postgis", "postgis-3"}, Package{"postgis_topology", "postgis-3"}, Package{"postgis_raster", "postgis-3"},
    Package{"postgis_sfcgal", "postgis-3"}, Package{"postgis_tiger_geocoder", "postgis-3"},
    Package{"address_standardizer", "postgis-3"}, Package{"vector", "pgvector"}, Package{"pg_cron", "cron"},
    Package{"pg_partman", "partman"}, Package{"hll", "hll"}, Package{"orafce", "orafce"}, Package{"pgaudit", "pgaudit"},
    Package{"pg_repack", "repack"}, Package{"pgrouting", "pgrouting"}, Package{"rum", "rum"}, Package{"ip4r", "ip4r"},
    Package{"pg_hint_plan", "pg-hint-plan"}, Package{"hypopg", "hypopg"}, Package{"pgtap", "pgtap"},
    Package{"timescaledb", "timescaledb"},
    Package{"semver", "semver"}, Package{"pgq", "pgq3"}, Package{"mysql_fdw", "mysql-fdw"}, Package{"periods", "periods"}};

constexpr std::array<std::string_view, 47> contrib = {
    "adminpack", "amcheck", "autoinc", "bloom", "bool_plperl", "btree_gin", "btree_gist", "citext", "cube", "dblink",
    "dict_int", "dict_xsyn", "earthdistance", "file_fdw", "fuzzystrmatch", "hstore", "hstore_plperl", "insert_username",
    "intagg", "intarray", "isn", "lo", "ltree", "moddatetime", "old_snapshot", "pageinspect", "pg_buffercache",
    "pg_freespacemap", "pg_prewarm", "pg_stat_statements", "pg_surgery", "pg_trgm", "pg_visibility", "pg_walinspect",
    "pgcrypto", "pgrowlocks", "pgstattuple", "postgres_fdw", "refint", "seg", "sslinfo", "tablefunc", "tcn",
    "tsm_system_rows", "tsm_system_time", "unaccent", "uuid-ossp"};

constexpr std::array<std::string_view, 8> of_a_provider = {"aws_s3", "aws_commons", "aws_lambda", "rds_tools",
                                                           "rdsutils", "pg_tle", "google_vacuum_mgmt", "azure_storage"};

}  // namespace

std::string package_of(const std::string& extension, int server_major) {
  if (std::find(contrib.begin(), contrib.end(), extension) != contrib.end()) return "postgresql-contrib";
  if (std::find(of_a_provider.begin(), of_a_provider.end(), extension) != of_a_provider.end() || extension.starts_with("apg_"))
    return {};
  if (extension == "plpython3u") return fmt::format("postgresql-plpython3-{}", server_major);
  if (extension.starts_with("plperl")) return fmt::format("postgresql-plperl-{}", server_major);
  if (extension.starts_with("pltcl")) return fmt::format("postgresql-pltcl-{}", server_major);
  for (const auto& entry : packages)
    if (entry.extension == extension) return fmt::format("postgresql-{}-{}", server_major, entry.package);
  return fmt::format("postgresql-{}-{}", server_major, replaced(extension, "_", "-"));
}

std::optional<LoadFailure> restore_failure(const std::string& said) {
  std::optional<LoadFailure> failure;
  std::string object;
  std::string* continued = nullptr;  // a statement or a message goes on over lines without pg_restore's name
  for (const auto& line : lines_of(said)) {
    const auto colon = line.find(": ");
    const bool own = line.starts_with("pg_restore: ") || (colon != std::string::npos && line.substr(0, colon).ends_with("pg_restore"));
    const auto text = own ? line.substr(colon + 2) : line;
    if (own) continued = nullptr;
    if (own && text.starts_with("from TOC entry ")) {
      object = text.substr(std::string_view("from TOC entry ").size());
      for (int words = 0; words < 3; ++words) object.erase(0, object.find(' ') == std::string::npos ? object.size() : object.find(' ') + 1);
    } else if (own && text.starts_with("while ")) {
      continue;
    } else if (own && (text.starts_with("error: ") || text.starts_with("fatal: "))) {
      if (failure) continue;  // the first tells why; with -j the leader only adds that a worker died
      failure = LoadFailure{.message = text.substr(7), .object = object};
      if (const auto server = failure->message.find("ERROR:  "); server != std::string::npos)
        failure->message.erase(0, server + 8);
      continued = &failure->message;
    } else if (failure && text.starts_with("DETAIL:  ")) {
      continued = &(failure->detail = text.substr(9));
    } else if (failure && text.starts_with("CONTEXT:  ")) {
      continued = &(failure->context = text.substr(10));
    } else if (failure && (text.starts_with("HINT:  ") || text.starts_with("LINE "))) {
      continued = nullptr;
    } else if (failure && text.starts_with("Command was: ")) {
      continued = &(failure->statement = text.substr(13));
    } else if (continued != nullptr && !own) {
      *continued += '\n' + line;
    }
  }
  if (failure) failure->message = trimmed(failure->message);
  return failure;
}

std::string remedy_for(const LoadFailure& failure, const DumpFile& dump) {
  const auto& said = failure.message;
  const auto says = [&](std::string_view words) { return said.find(words) != std::string::npos; };
  const auto major = major_of(dump.server_version).value_or(15);
  auto extension = found(said, "extension \"([^\"]+)\" is not available");
  if (!extension) extension = found(said, "could not open extension control file \".*/([^/\"]+)\\.control\"");
  if (extension) {
    const auto package = package_of(*extension, major);
    return package.empty() ? fmt::format("\"{}\" exists only at its provider: take a dump without it.", *extension)
                           : fmt::format("Install it on the server: `apt-get install {}` (for the server's own major).", package);
  }
  if (says("permission denied to create extension"))
    return "Only a superuser may create this extension: create it in the target database beforehand, or load as a superuser.";
  if (says("unrecognized configuration parameter") || says("syntax error"))
    return fmt::format("The dump comes from PostgreSQL {}: load it into a server of that major or newer.",
                       dump.server_version.empty() ? std::string("of another version") : dump.server_version);
  if (says("unsupported version"))
    return fmt::format("The dump was written by pg_dump {}: install postgresql-client of that major.",
                       dump.pg_dump_version.empty() ? std::string("of a newer version") : dump.pg_dump_version);
  if (says("invalid byte sequence for encoding") || says("has no equivalent in encoding"))
    return "The target database has another encoding than the source: create it with the source's (it is in the dump's manifest).";
  if (says("No space left on device") || says("could not extend file"))
    return "Free room on the server's disk, or use a server with more of it.";
  if (says("violates foreign key constraint")) {
    const auto table = found(said, "update on table \"([^\"]+)\"");
    const auto constraint = found(said, "foreign key constraint \"([^\"]+)\"");
    return fmt::format("The dump itself holds rows of {} that break {}: production has orphans. {} Repair them there, or delete them and take the dump again.",
                       table.value_or("a table"), constraint.value_or("a foreign key"), failure.detail);
  }
  if (says("end of file") || says("could not read from input file") || says("not a valid archive") || says("corrupt") || says("could not uncompress"))
    return "The dump is cut off or damaged: copy it again as a binary file, or take it again.";
  if (const auto role = found(said, "role \"([^\"]+)\" does not exist"))
    return fmt::format("An administrator must run: CREATE ROLE \"{}\" NOLOGIN;", *role);
  if (says("already exists")) return "The target database is not empty: load into a new one.";
  if (says("must be owner") || says("permission denied") || says("must be superuser"))
    return "The role that loads may not do this: load as a superuser, or leave the object out of the dump.";
  if (says("Connection refused") || says("server closed the connection") || says("terminating connection") || says("the database system is"))
    return "Look into the server's log: it ended the connection.";
  return {};
}

Error load_error(const LoadFailure& failure, const DumpFile& dump) {
  std::string what = failure.message;
  if (!what.ends_with('.')) what += '.';
  if (!failure.detail.empty()) what += ' ' + cut(failure.detail, 300);
  if (!failure.object.empty()) what = fmt::format("{}: {}", failure.object, what);
  if (!failure.context.empty()) what += fmt::format(" ({})", cut(failure.context, 200));
  if (!failure.statement.empty()) what += fmt::format("\nStatement: {}", cut(failure.statement, 400));
  return Error(Failure::could_not_check, std::move(what), remedy_for(failure, dump));
}

}  // namespace prodclone::dump
