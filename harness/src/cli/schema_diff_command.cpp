#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <set>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/checks/touched_by.hpp>
#include <prodclone/schema/comparison.hpp>
#include <prodclone/schema/render.hpp>
#include <prodclone/schema/snapshot.hpp>
#include <prodclone/schema/text_diff.hpp>
#include <prodclone/workflow/recorded_statements.hpp>

#include "commands.hpp"
#include "output.hpp"
#include "schema_sides.hpp"

namespace prodclone::cli {

schema::SnapshotOptions read_options(const Arguments& arguments) {
  return {.schemas = arguments.schemas, .large_objects = arguments.large_objects};
}

namespace {

std::string file_safe(std::string label) {
  for (char& c : label)
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '_' && c != '-' && c != '.') c = '_';
  return label;
}

schema::Snapshot snapshot_of(const pg::ConnInfo& info, const Arguments& arguments) {
  pg::Session session(info);
  return schema::take_snapshot(session, read_options(arguments));
}

// A connection string, a dump (loaded into a scratch database), or a database of the configured server.
Side the_side(CommandRun& run, const std::string& text) {
  if (text.find("://") != std::string::npos || text.find('=') != std::string::npos) {
    const auto info = pg::parse_conninfo(text);
    return {.label = info.database, .database = info};
  }
  if (std::filesystem::exists(text))
    return {.label = std::filesystem::path(text).filename().string(), .database = run->scratch_from_dump(text), .scratch = true};
  if (!run->cluster().exists(text))
    throw Error(Failure::could_not_check, fmt::format("There is no database \"{}\" on the server, and no dump of that name.", text),
                "Name a database, a connection string or a dump file.");
  return {.label = text, .database = run->cluster().conninfo(text)};
}

// A name that neither side knows would compare nothing with nothing.
void require_schemas(const Arguments& arguments, const Side& a, const Side& b) {
  if (arguments.schemas.empty()) return;
  if (arguments.large_objects) throw Error(Failure::usage, "--large-objects: a large object is in no schema, so --schema would leave it out.");
  std::set<std::string> known;
  for (const auto* side : {&a, &b}) {
    const auto rows = pg::Session(side->database).query("SELECT nspname AS name FROM pg_catalog.pg_namespace");
    for (std::size_t row = 0; row < rows.rows(); ++row) known.insert(rows.text(row, "name"));
  }
  for (const auto& name : arguments.schemas)
    if (!known.contains(name))
      throw Error(Failure::usage, fmt::format("Neither {} nor {} has a schema \"{}\".", a.label, b.label, name),
                  "Name an existing schema with --schema, or leave it out to compare all.");
}

// The canonical text of both sides, and what differs in it. Of equal sides nothing needs to be printed by the servers,
// and a text of an earlier run must not be taken for theirs.
void write_texts(const config::Project& project, const Side& a, const Side& b, bool equal, const Arguments& arguments) {
  const auto folder = project.dump_directory();
  make_private_directory(folder);
  const auto text_of = [&](const Side& side) { return folder / ("schema-" + file_safe(side.label) + ".sql"); };
  const auto diff = folder / ("schema-" + file_safe(a.label) + "-" + file_safe(b.label) + ".diff");
  if (equal) {
    for (const auto& file : {text_of(a), text_of(b), diff}) std::filesystem::remove(file);
    return;
  }
  const auto one = schema::canonical_text(snapshot_of(a.database, arguments)), other = schema::canonical_text(snapshot_of(b.database, arguments));
  write_file_atomically(text_of(a), one);
  write_file_atomically(text_of(b), other);
  write_file_atomically(diff, schema::unified_diff(one, other, text_of(a).filename().string(), text_of(b).filename().string()));
}

// By the pending migrations, as the last rehearsal recorded them, where one of the sides comes from it.
schema::TouchedBy touched_by(CommandRun& run, const config::Project& project, const Side& a, const Side& b, const schema::Differences& differences) {
  schema::TouchedBy result;
  for (const auto* side : {&a, &b}) {
    const auto here = run->cluster().conninfo(side->database.database);
    if (side->scratch || here.host != side->database.host || here.port != side->database.port) continue;
    const auto statements = workflow::recorded_statements(project, side->database.database);
    for (const auto& difference : differences.entries)
      if (auto by = checks::touched_by(difference, statements); !by.empty()) result[to_string(difference)] = std::move(by);
  }
  return result;
}

}  // namespace

int schema_diff(const Arguments& arguments) {
  const auto project = project_of(arguments);
  CommandRun run(project, "schema-diff");
  auto a = the_side(run, arguments.a), b = the_side(run, arguments.b);
  if (a.label == b.label) a.label += "-a", b.label += "-b";
  require_schemas(arguments, a, b);
  if (arguments.sql) {
    const int code = print_script(run, arguments, a, b);
    run.end();
    return code;
  }
  const auto differences =
      schema::compare_databases(a.database, b.database, read_options(arguments),
                                {.strict = arguments.strict, .owners = arguments.owners, .privileges = arguments.privileges})
          .differences;
  write_texts(project, a, b, differences.empty(), arguments);
  for (const auto* side : {&a, &b})
    if (side->scratch) run->drop(side->database.database);
  const auto by = differences.empty() ? schema::TouchedBy() : touched_by(run, project, a, b, differences);
  if (arguments.json) {
    fmt::print("{}\n", schema::to_json(differences, by));
  } else if (differences.empty()) {
    fmt::print("{} and {} have the same schema.\n", a.label, b.label);
  } else {
    fmt::print("{}", schema::to_plain(differences, {.label_a = a.label, .label_b = b.label, .colour = arguments.color && isatty(STDOUT_FILENO) == 1, .touched_by = by}));
  }
  run.end();
  return differences.empty() ? 0 : exit_code(Failure::check_failed);
}

}  // namespace prodclone::cli
