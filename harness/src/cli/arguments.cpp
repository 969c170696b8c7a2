#include "arguments.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <map>
#include <sstream>

#include <prodclone/base/error.hpp>
#include <prodclone/base/text.hpp>

namespace prodclone::cli {

namespace {

struct Later {
  const char* name;
  const char* does;
};

// Part of the contract, not built yet: they say so instead of being unknown.
constexpr Later later[] = {
    {"list-clones", "lists stray cloud instances"},
    {"cleanup", "removes stray cloud instances and old dumps"},
    {"apply", "applies pending migrations to the real target"},
    {"rollback", "takes a deploy back"},
    {"deploy", "preflight, apply, postflight"},
    {"survey", "looks at a source's drift and data shape"},
    {"verify", "reconciles source and target after a data move"},
};

// Global flags may stand before and after the command.
void add_globals(CLI::App& app, Arguments& arguments, std::string& format, bool& no_color) {
  app.add_option("--config", arguments.config, "prodclone.json; found by walking up when not given");
  app.add_option("--format", format, "plain or json (schema-diff: also sql)")->check(CLI::IsMember({"plain", "json", "sql"}));
  app.add_flag("--no-color", no_color, "no colour, even on a terminal");
}

// A word where a command should stand, global flags before it or not. None: something else is wrong.
std::optional<std::string> unknown_command(const CLI::App& app, const std::string& prefix) {
  const auto rest = app.remaining();
  const auto word = std::find_if(rest.begin(), rest.end(), [](const std::string& one) { return !one.starts_with('-'); });
  if (word == rest.end() || !app.get_subcommands().empty()) return std::nullopt;
  std::vector<std::string> known;
  for (const auto* sub : app.get_subcommands([](const CLI::App*) { return true; })) known.push_back(sub->get_name());
  const auto near = nearest(*word, known);
  return "There is no command \"" + prefix + *word + "\".\n  " +
         (near ? "Did you mean \"" + prefix + *near + "\"? " : std::string()) + "`prodclone " + prefix + "--help` lists them.";
}

}  // namespace

Arguments parse_arguments(int argc, char** argv) {
  Arguments arguments;
  std::string format = "plain";
  bool no_color = false;
  CLI::App app{"Rehearses PostgreSQL migrations on a clone of production before the deploy.", "prodclone"};
  app.set_version_flag("--version", PRODCLONE_VERSION);
  app.require_subcommand(1);
  app.footer("Exit codes: 0 success, 1 a check failed, 2 a migration failed, 3 postflight failed, 5 configuration or usage,\n"
             "6 could not check, 7 clean-up incomplete, 8 refused by a guard.");
  add_globals(app, arguments, format, no_color);

  std::map<const CLI::App*, std::string> names;
  const auto command = [&](const char* name, const char* description) {
    auto* sub = app.add_subcommand(name, description);
    add_globals(*sub, arguments, format, no_color);
    names[sub] = name;
    return sub;
  };

  auto* init = command("init", "makes this repository ready: prodclone.json, a first case, CTest files");
  init->add_option("--directory", arguments.directory, "the repository; default: the working folder")->check(CLI::ExistingDirectory);
  init->add_option("--migrations", arguments.migrations, "the migrations folder, when the one that is found is not meant");
  init->add_option("--layout", arguments.layout, "how its files are laid out, when that cannot be told");
  init->add_option("--server-url-env", arguments.server_url_env, "rehearse on the server whose URL this variable holds");
  init->add_flag("--cpp", arguments.cpp, "a first case in C++ and a CMakeLists.txt, instead of SQL without a build");
  init->add_flag("--dry-run", arguments.dry_run, "say what would be written, and write nothing");
  command("ctest-script", "prints the script that CTestTestfile.cmake includes")->group("");  // for files, not for people
  auto* clone = command("clone", "production to a dump in the store; nothing is started unless a source is named");
  clone->add_option("--source", arguments.source, "a source of prodclone.json; default: default_source");
  clone->add_flag("--keep-clone", arguments.keep_clone, "of a source in the cloud: its throw-away instance stays");
  command("doctor", "what is missing before time is spent: binaries, tools, disk, source, configuration")
      ->add_option("--source", arguments.source, "a source of prodclone.json");
  auto* load = command("load", "dump to pristine to clone");
  load->add_option("dump", arguments.dump, "a dump file or folder; default: the configured source");
  load->add_option("--source", arguments.source, "a source of prodclone.json");
  load->add_flag("--no-clone", arguments.no_clone, "only the pristine template");
  command("reset", "the clone back to pristine");
  command("drop-clone", "removes the clone and all that commands kept");
  command("fresh", "the fresh database: init and all migrations from nothing");
  auto* migrate = command("migrate", "applies pending migrations to the clone");
  migrate->add_option("--database", arguments.database, "another database that prodclone made");
  migrate->add_option("--steps", arguments.steps, "at most so many")->check(CLI::PositiveNumber);
  auto* status = command("status", "applied, pending, dirty, edited, missing migrations");
  status->add_option("--database", arguments.database, "a database on the configured server; default: the clone");
  status->add_flag("--exit-code", arguments.exit_code, "exit 1 when anything is pending or not clean");
  status->add_flag("--write-sums", arguments.write_sums, "write prodclone.sum: the reviewed content of every migration");
  auto* diff = command("schema-diff", "what is structurally different between two databases");
  diff->add_option("--a", arguments.a, "a database name, a connection string, or a dump")->required();
  diff->add_option("--b", arguments.b, "a database name, a connection string, or a dump")->required();
  diff->add_option("--schema", arguments.schemas, "only these schemas");
  diff->add_flag("--strict", arguments.strict, "physical column order counts");
  diff->add_flag("--owners", arguments.owners, "owners count");
  diff->add_flag("--privileges", arguments.privileges, "privileges count");
  diff->add_flag("--large-objects", arguments.large_objects, "large objects count: that they are there, their comments; with the flags above their owners and privileges");
  diff->add_flag("--lineage", arguments.lineage, "--format sql: one is a TEMPLATE copy of the other, so renames are known and not proposed");
  diff->add_flag("--allow-destructive", arguments.allow_destructive, "--format sql: write out what loses rows or values; without it such statements are comments");
  diff->add_flag("--verify", arguments.verify, "--format sql: run the script on a copy of a's schema and compare again");
  diff->footer("--format sql prints the script that turns a into b. Exit codes then: 0 it does, 1 --verify found that it does\n"
               "not, 6 something is not expressed (lines that begin with -- NOT EXPRESSED), 8 destructive statements are\n"
               "withheld. With the other formats: 0 no difference, 1 there are differences.");
  auto* plan = command("plan", "writes the migrations that reach a declared schema, up and down");
  plan->add_option("--schema", arguments.plan_schema, "a SQL file, a folder of SQL files, or a dump; default: schema.expected")->check(CLI::ExistingPath);
  plan->add_option("--name", arguments.plan_name, "what the migration is called")->default_val("reach-declared-schema")->check([](const std::string& name) {
    const bool fits = !name.empty() && name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
    return fits ? std::string() : "only a-z, 0-9 and hyphens";
  });
  plan->add_flag("--print", arguments.print, "show the files and write none");
  plan->add_flag("--allow-destructive", arguments.allow_destructive, "also drop tables and columns, narrow types");
  plan->add_flag("--no-renames", arguments.no_renames, "a table, column, type, sequence or schema with a new name is another one, though exactly one fits");
  plan->add_flag("--owners", arguments.owners, "owners are declared too");
  plan->add_flag("--privileges", arguments.privileges, "privileges are declared too");
  plan->footer("The files are tried on scratch databases before they are written: up must reach the schema, down must lead\n"
               "back. Exit codes: 0 written, 1 the trial failed, 5 nothing to write, 6 something is not expressed,\n"
               "8 it would lose rows and --allow-destructive was not given.");
  auto* rehearse = command("rehearse", "load, migrate observed, fresh, all checks");
  rehearse->add_option("--source", arguments.source, "a source of prodclone.json");
  auto* report = command("report", "what the last rehearsal recorded");
  report->add_option("--html", arguments.html, "write a page of HTML to this file (-: standard output)");
  report->add_option("--markdown", arguments.markdown, "write Markdown, as for a job summary");
  report->add_option("--sarif", arguments.sarif, "write SARIF 2.1.0, as for code scanning");
  auto* preflight = command("preflight", "looks at the live server before a deploy: what is in the way; reads only");
  preflight->add_option("--source", arguments.source, "a live source of prodclone.json; default: preflight.source, else default_source");
  preflight->add_option("--free-disk", arguments.free_disk_mb, "megabytes that are free on the server's disk, where that cannot be measured")->check(CLI::PositiveNumber);
  preflight->footer("Exit codes: 0 nothing is in the way, 1 something is, 6 something could not be seen.");
  auto* postflight = command("postflight", "validates the live server after a deploy: the schema and history that the rehearsal ended with");
  postflight->add_option("--source", arguments.source, "a live source of prodclone.json; default: preflight.source, else default_source");
  postflight->footer("Exit codes: 0 it is as rehearsed, 3 it is not, 6 something could not be seen.");
  auto* server = command("server", "the embedded server");
  server->require_subcommand(1);
  for (const auto& [name, text] : std::map<std::string, std::string>{{"start", "starts it"}, {"stop", "stops it"}, {"status", "tells whether it runs and how to connect"}}) {
    auto* sub = server->add_subcommand(name, text);
    add_globals(*sub, arguments, format, no_color);
    if (name == "start") sub->add_flag("--loopback", arguments.loopback, "also on 127.0.0.1, with a random password");
  }
  std::map<const CLI::App*, std::string> not_yet;
  for (const auto& entry : later) {
    auto* sub = app.add_subcommand(entry.name, entry.does);
    sub->allow_extras();
    not_yet[sub] = entry.name;
  }

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::ostringstream out;
    const int code = app.exit(error, out, out);
    auto text = std::string(trimmed(out.str()));
    if (code != 0) text = unknown_command(app, "").value_or(unknown_command(*server, "server ").value_or(text));
    throw Usage{text, code == 0 ? 0 : exit_code(Failure::usage)};
  }
  for (const auto& [sub, name] : not_yet)
    if (sub->parsed()) throw Usage{"`prodclone " + name + "` is not built yet.", exit_code(Failure::usage)};
  for (const auto& [sub, name] : names)
    if (sub->parsed()) arguments.command = name;
  for (const auto* sub : server->get_subcommands()) arguments.subcommand = sub->get_name();
  arguments.json = format == "json";
  arguments.sql = format == "sql";
  arguments.color = !no_color;
  const bool about_scripts = arguments.lineage || arguments.verify || (arguments.allow_destructive && arguments.command != "plan");
  if (arguments.sql && arguments.command != "schema-diff") throw Usage{"`--format sql` is for schema-diff.", exit_code(Failure::usage)};
  if (about_scripts && !arguments.sql)
    throw Usage{"--lineage, --verify and --allow-destructive are about the script of `--format sql`.", exit_code(Failure::usage)};
  return arguments;
}

}  // namespace prodclone::cli
