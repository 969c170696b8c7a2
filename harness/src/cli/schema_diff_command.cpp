#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <set>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/schema/diff.hpp>
#include <prodclone/schema/render.hpp>
#include <prodclone/schema/snapshot.hpp>

#include "commands.hpp"
#include "output.hpp"

namespace prodclone::cli {

namespace {

struct Side {
  std::string label;
  schema::Snapshot snapshot;
};

std::string file_safe(std::string label) {
  for (char& c : label)
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '_' && c != '-' && c != '.') c = '_';
  return label;
}

schema::Snapshot snapshot_of(const pg::ConnInfo& info, const Arguments& arguments) {
  pg::Session session(info);
  return schema::take_snapshot(session, {.schemas = arguments.schemas});
}

// A connection string, a dump (loaded into a scratch database), or a database of the configured server.
Side read_side(CommandRun& run, const std::string& text, const Arguments& arguments) {
  if (text.find("://") != std::string::npos || text.find('=') != std::string::npos) {
    const auto info = pg::parse_conninfo(text);
    return {info.database, snapshot_of(info, arguments)};
  }
  if (std::filesystem::exists(text)) {
    const auto info = run->scratch_from_dump(text);
    auto side = Side{std::filesystem::path(text).filename().string(), snapshot_of(info, arguments)};
    run->drop(info.database);
    return side;
  }
  run->cluster();
  if (!run->cluster().exists(text))
    throw Error(Failure::could_not_check, fmt::format("There is no database \"{}\" on the server, and no dump of that name.", text),
                "Name a database, a connection string or a dump file.");
  return {text, snapshot_of(run->cluster().conninfo(text), arguments)};
}

}  // namespace

int schema_diff(const Arguments& arguments) {
  const auto project = project_of(arguments);
  CommandRun run(project, "schema-diff");
  auto a = read_side(run, arguments.a, arguments), b = read_side(run, arguments.b, arguments);
  if (a.snapshot.server_version / 10000 != b.snapshot.server_version / 10000)
    throw Error(Failure::could_not_check,
                fmt::format("{} runs on PostgreSQL {} and {} on {}: they print the same definition differently.", a.label,
                            a.snapshot.server_version / 10000, b.label, b.snapshot.server_version / 10000),
                "Compare on the same major: give a dump of one side, it is loaded beside the other.");
  if (a.label == b.label) a.label += "-a", b.label += "-b";
  const auto differences = schema::diff(a.snapshot, b.snapshot, {.strict = arguments.strict, .owners = arguments.owners, .privileges = arguments.privileges});
  make_private_directory(project.dump_directory());
  for (const auto* side : {&a, &b})
    write_file_atomically(project.dump_directory() / ("schema-" + file_safe(side->label) + ".sql"), schema::canonical_text(side->snapshot));
  if (arguments.json) {
    fmt::print("{}\n", schema::to_json(differences));
  } else if (differences.empty()) {
    fmt::print("{} and {} have the same schema ({} objects).\n", a.label, b.label, a.snapshot.objects.size());
  } else {
    fmt::print("{}", schema::to_plain(differences, {.label_a = a.label, .label_b = b.label, .colour = arguments.color && isatty(STDOUT_FILENO) == 1}));
  }
  run.end();
  return differences.empty() ? 0 : exit_code(Failure::check_failed);
}

}  // namespace prodclone::cli
