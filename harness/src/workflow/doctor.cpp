#include <prodclone/workflow/doctor.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>

#include <prodclone/base/error.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/config/waivers.hpp>
#include <prodclone/dump/store.hpp>
#include <prodclone/dump/survey.hpp>
#include <prodclone/migrations/project.hpp>
#include <prodclone/pg/installation.hpp>
#include <prodclone/pg/session.hpp>
#include <prodclone/pg/tools.hpp>
#include <prodclone/workflow/obtain_dump.hpp>
#include <prodclone/workflow/server.hpp>

namespace prodclone::workflow {

namespace {

namespace fs = std::filesystem;

// A restored database takes about three times its dump; pristine, migrated and the clone are one each.
constexpr std::int64_t times_the_dump = 3, copies = 3;

class Doctor {
 public:
  Doctor(const config::Project& project, std::optional<std::string> source, Diagnosis& diagnosis)
      : project_(project), source_(std::move(source)), diagnosis_(diagnosis) {}

  void look() {
    look_at("migrations", [&] { look_at_migrations(); });
    look_at("waivers", [&] { config::read_waivers(project_.schema.waivers); });
    look_at("source", [&] { look_at_source(); });
    look_at("server", [&] { look_at_server(); });
    look_at("tools", [&] { look_at_tools(); });
    look_at("disk", [&] { look_at_disk(); });
  }

 private:
  void say(Health health, const std::string& subject, std::string what, std::string remedy = {}) {
    diagnosis_.symptoms.push_back({health, subject, std::move(what), std::move(remedy)});
  }
  void look_at(const std::string& subject, const std::function<void()>& work) {
    try {
      work();
    } catch (const Error& error) {
      say(Health::missing, subject, error.what_failed(), error.remedy());
    } catch (const std::exception& error) {
      say(Health::missing, subject, error.what());
    }
  }

  void look_at_migrations() {
    const auto& wanted = project_.migrations;
    if (wanted.layout == "command") {
      say(wanted.command.up.empty() ? Health::missing : Health::ok, "migrations", wanted.command.up.empty() ? "migrations.up is not set." : "by " + joined(wanted.command.up, " "));
      return;
    }
    migrations::Settings settings{.layout = migrations::parse_layout(wanted.layout), .dir = wanted.directory, .state_table = wanted.table};
    if (!wanted.init.empty()) settings.init = wanted.init;
    const auto found = migrations::read_project(settings);
    say(Health::ok, "migrations", fmt::format("{} in {} ({})", found.migrations.size(), wanted.directory.string(), migrations::to_string(found.layout)));
  }

  void look_at_source() {
    const auto chosen = config::choose_source(project_, source_);
    if (chosen.kind == config::SourceKind::dump) {
      const auto file = chosen.path.empty() ? newest({}) : dump::recognise(chosen.path);
      look_at_dump(file);
      return;
    }
    const auto live = open_source(project_, chosen)->look();
    source_size_ = live.size;
    dump_major_ = live.major;
    say(Health::ok, "source " + chosen.name, fmt::format("PostgreSQL {}, {} to read{}: {}", live.version, prodclone::to_string(live.size), live.standby ? ", a standby" : "", live.server));
    for (const auto& warning : live.warnings) say(Health::warning, "source " + chosen.name, warning);
    try {
      look_at_dump(newest(chosen.name));
    } catch (const Error& error) {
      say(Health::warning, "dump", error.what_failed(), error.remedy());
    }
  }

  dump::DumpFile newest(const std::string& source) const {
    const dump::DumpStore store(project_.dump_directory());
    return source.empty() ? store.latest().file : store.latest_of(source).file;
  }

  void look_at_dump(const dump::DumpFile& file) {
    const auto major = dump::major_of(file.server_version);
    if (major) dump_major_ = std::max(dump_major_.value_or(0), *major);
    dump_size_ = file.size;
    const auto manifest = dump::manifest_of(file, pg::find_tools(major.value_or(0), project_.server.binaries));
    say(Health::ok, "dump", fmt::format("{} ({}, PostgreSQL {}, {})", file.path.string(), prodclone::to_string(file.size), file.server_version.empty() ? "?" : file.server_version,
                                        dump::age(manifest.taken_at, std::chrono::system_clock::now())));
    for (const auto& extension : manifest.extensions) extensions_.push_back(extension.name);
  }

  void look_at_server() {
    if (project_.server.kind == config::ServerKind::embedded) {
      const int major = choose_major(project_, dump_major_);
      server_major_ = major;
      const auto installation = pg::choose(pg::find_installations(project_.server.binaries), {.exactly = major});
      say(Health::ok, "server", fmt::format("embedded, PostgreSQL {} in {}", installation.version, installation.bindir.string()));
      look_for_extensions(installation);
      return;
    }
    const auto server = server_by_url(project_);
    server_major_ = server.major;
    if (dump_major_ && *dump_major_ > server.major)
      say(Health::missing, "server", fmt::format("The server runs PostgreSQL {} and the dump comes from {}.", server.version, *dump_major_), "Use a newer server, or the embedded one.");
    else
      say(Health::ok, "server", fmt::format("PostgreSQL {}: {}", server.version, pg::masked(server.maintenance)));
    pg::Session session(server.maintenance);
    for (const auto& name : extensions_)
      if (session.query("SELECT 1 AS one FROM pg_catalog.pg_available_extensions WHERE name = $1", {name}).empty()) lacks(name);
  }

  // Where Debian and where everybody else keeps them, seen from the binaries.
  void look_for_extensions(const pg::Installation& installation) {
    std::vector<fs::path> folders;
    for (const auto& folder : {fs::path("/usr/share/postgresql") / std::to_string(installation.major) / "extension", installation.bindir / "../share/extension",
                               installation.bindir / "../share/postgresql/extension"})
      if (fs::is_directory(folder)) folders.push_back(folder);
    if (folders.empty()) return;
    for (const auto& name : extensions_)
      if (std::none_of(folders.begin(), folders.end(), [&](const fs::path& folder) { return fs::exists(folder / (name + ".control")); })) lacks(name);
  }

  void lacks(const std::string& extension) {
    say(Health::warning, "server", fmt::format("The dump needs the extension {}, which the server does not have.", extension),
        "Install it, or accept what depends on it in waivers.json (not_loaded).");
  }

  void look_at_tools() {
    const auto tools = pg::find_tools(std::max(server_major_, dump_major_.value_or(0)), project_.server.binaries);
    say(Health::ok, "tools", fmt::format("pg_dump, pg_restore and psql {} in {}", tools.version, tools.pg_dump.parent_path().string()));
  }

  void look_at_disk() {
    // The embedded server's data may lie elsewhere when root runs it; either way it is this machine's.
    std::error_code error;
    const auto space = fs::space(fs::exists(project_.state_directory()) ? project_.state_directory() : project_.root, error);
    if (error) {
      say(Health::warning, "disk", fmt::format("The room under {} cannot be told: {}.", project_.root.string(), error.message()));
      return;
    }
    const Bytes free{static_cast<std::int64_t>(space.available)};
    const auto once = std::max(dump_size_.count * times_the_dump, source_size_.count);
    const Bytes one{once}, all{once * copies};
    if (free < one) say(Health::missing, "disk", fmt::format("{} are free and the clone alone takes about {}.", prodclone::to_string(free), prodclone::to_string(one)), "Free some room.");
    else if (free < all) say(Health::warning, "disk", fmt::format("{} are free; a rehearsal with its copies takes up to {}.", prodclone::to_string(free), prodclone::to_string(all)));
    else say(Health::ok, "disk", fmt::format("{} free, about {} needed", prodclone::to_string(free), prodclone::to_string(all)));
  }

  const config::Project& project_;
  std::optional<std::string> source_;
  Diagnosis& diagnosis_;
  std::optional<int> dump_major_;
  int server_major_ = 0;
  Bytes dump_size_, source_size_;
  std::vector<std::string> extensions_;
};

}  // namespace

bool Diagnosis::healthy() const {
  return std::none_of(symptoms.begin(), symptoms.end(), [](const Symptom& one) { return one.health == Health::missing; });
}

Diagnosis diagnose(const std::optional<fs::path>& config, const fs::path& start, const std::optional<std::string>& source) {
  Diagnosis diagnosis;
  std::optional<config::Project> project;
  try {
    project = config::load_project(config, start);
  } catch (const Error& error) {
    diagnosis.symptoms.push_back({Health::missing, "configuration", error.what_failed(), error.remedy()});
    return diagnosis;
  }
  diagnosis.symptoms.push_back({Health::ok, "configuration", project->file.string()});
  Doctor(*project, source, diagnosis).look();
  return diagnosis;
}

}  // namespace prodclone::workflow
