#include <prodclone/dump/survey.hpp>

#include <fmt/format.h>

#include <algorithm>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/base/hash.hpp>

#include "archive.hpp"
#include "review_script.hpp"
#include "sql_text.hpp"

namespace prodclone::dump {

namespace fs = std::filesystem;

Survey survey(const DumpFile& dump, const pg::Tools& tools, const std::string& database) {
  return doing(fmt::format("reading {}", dump.path.string()), [&] {
    if (is_archive(dump.format)) return review_script(schema_script(dump, tools), dump.name(), dump.database).survey;
    const SqlText text(dump);
    auto survey = review_script(text.view(), dump.name(), database).survey;
    if (!dump.whole_cluster && survey.databases.size() < 2) return survey;
    return review_script(text.view(), dump.name(), chosen_database(survey.databases, database, dump.path.string())).survey;
  });
}

namespace {

Manifest made_from(const DumpFile& dump, const pg::Tools& tools) {
  auto read = survey(dump, tools);
  Manifest manifest{.database = dump.database,
                    .server_version = dump.server_version,
                    .server_major = major_of(dump.server_version),
                    .pg_dump_version = dump.pg_dump_version,
                    .roles = {read.roles_named.begin(), read.roles_named.end()},
                    .extensions = std::move(read.extensions),
                    .settings = std::move(read.settings),
                    .encoding = read.encoding,
                    .lc_collate = read.lc_collate,
                    .lc_ctype = read.lc_ctype};
  std::sort(manifest.extensions.begin(), manifest.extensions.end(),
            [](const Extension& a, const Extension& b) { return a.name < b.name; });
  if (dump.taken_at) {
    manifest.taken_at = *dump.taken_at;
  } else {
    // The file's own time is the best that there is; whole seconds, as the manifest keeps them.
    const auto written = fs::last_write_time(dump.path);
    manifest.taken_at = std::chrono::time_point_cast<std::chrono::system_clock::duration>(
        std::chrono::floor<std::chrono::seconds>(std::chrono::file_clock::to_sys(written)));
  }
  return manifest;
}

}  // namespace

Manifest manifest_of(const DumpFile& dump, const pg::Tools& tools) {
  const auto path = manifest_path(dump.path);
  const auto identity = identity_of(dump.path);
  const auto written = read_file_if_present(path);
  auto known = written ? std::optional(manifest_from_json(*written, path.string())) : std::nullopt;
  if (known && known->identity == identity) return *known;

  const auto hash = doing(fmt::format("hashing {}", dump.path.string()), [&] { return sha256_of(dump.path); });
  // Touched or copied but the same: what is known of it still holds.
  auto manifest = known && known->sha256 == hash ? *std::move(known) : made_from(dump, tools);
  manifest.sha256 = hash;
  manifest.identity = identity;
  manifest.size = dump.size;
  try {
    write_file_atomically(path, to_json(manifest));
  } catch (const Error&) {
    // A folder that is only ours to read: the manifest is made anew each time.
  }
  return manifest;
}

}  // namespace prodclone::dump
