#include <fmt/format.h>

#include <prodclone/base/error.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/pg/session.hpp>
#include <prodclone/schema/render.hpp>
#include <prodclone/schema/script.hpp>
#include <prodclone/schema/snapshot.hpp>
#include <prodclone/workflow/schema_script.hpp>

#include "schema_sides.hpp"

namespace prodclone::cli {

int print_script(CommandRun& run, const Arguments& arguments, const Side& a, const Side& b) {
  const schema::DiffOptions compared{.strict = arguments.strict, .owners = arguments.owners, .privileges = arguments.privileges};
  const auto snapshot_of = [&](const Side& side) {
    pg::Session session(side.database);
    return schema::take_snapshot(session, read_options(arguments));
  };
  const auto from = snapshot_of(a), to = snapshot_of(b);
  if (from.server_version / 10000 != to.server_version / 10000)
    throw Error(Failure::could_not_check,
                fmt::format("{} runs on PostgreSQL {} and {} on {}: a script in the words of one may not run on the other.", a.label, from.server_version / 10000,
                            b.label, to.server_version / 10000),
                "Give a dump of one side: it is loaded beside the other.");
  const bool one_server = a.database.host == b.database.host && a.database.port == b.database.port;
  const bool one_lineage = one_server && schema::share_lineage(from, to);
  if (arguments.lineage && !one_lineage)
    throw Error(Failure::usage, fmt::format("--lineage: {} and {} have nothing in common.", a.label, b.label),
                "One must be a TEMPLATE copy of the other on the same server, or both of a third.");
  const auto script = schema::write_script(
      from, to, {.compared = compared, .lineage = arguments.lineage, .allow_destructive = arguments.allow_destructive});
  fmt::print("{}", schema::to_sql(script, {.a = a.label, .b = b.label}));
  std::fflush(stdout);

  bool failed = false;
  if (arguments.verify && script.not_expressed.empty()) {
    const auto proof = workflow::prove_script(*run, a.database, b.database, script, read_options(arguments), compared);
    failed = !proof.holds();
    if (!proof.failed.empty())
      fmt::print(stderr, "prodclone: the script does not run on a copy of {}'s schema.\n  {}\n", a.label, replaced(proof.failed, "\n", "\n  "));
    else if (failed)
      fmt::print(stderr, "prodclone: the script does not lead to {}. What is left:\n\n{}", b.label,
                 schema::to_plain(proof.left, {.label_a = "reached", .label_b = b.label}));
    else
      fmt::print(stderr, "Proven on a copy of {}'s schema: {}.\n", a.label,
                 script.withheld.empty() ? "nothing differs afterwards" : "nothing but what is withheld differs afterwards");
  }
  if (!script.not_expressed.empty())
    fmt::print(stderr, "prodclone: {} not expressed; the script says which and why.\n",
               counted(static_cast<long long>(script.not_expressed.size()), "difference is", "differences are"));
  if (!script.withheld.empty()) {
    fmt::print(stderr, "prodclone: {} withheld. --allow-destructive writes them out.\n",
               counted(static_cast<long long>(script.withheld.size()), "statement is", "statements are"));
    if (one_lineage && !arguments.lineage)
      fmt::print(stderr, "  One database was copied from the other: with --lineage what was renamed is renamed, and keeps its rows.\n");
  }
  if (!script.not_expressed.empty()) return exit_code(Failure::could_not_check);
  if (failed) return exit_code(Failure::check_failed);
  return script.withheld.empty() ? 0 : exit_code(Failure::refused);
}

}  // namespace prodclone::cli
