#include "server_cluster.hpp"

#include <fmt/format.h>
#include <locale.h>

#include <algorithm>
#include <cctype>
#include <fstream>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/base/hash.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/process/child.hpp>

#include "server_tuning.hpp"

namespace prodclone::pg {

namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;

std::string unfinished_suffix() {
  return ".init-" + random_hex(8);
}

bool begins_with_major(const std::string& name) {
  const auto digit = [&](std::size_t at) {
    return at < name.size() && std::isdigit(static_cast<unsigned char>(name[at])) != 0;
  };
  return name.starts_with("pg") && digit(2) && digit(3) && (name.size() == 4 || name[4] == '-' || name[4] == '.');
}

bool has_library(const fs::path& bindir, const std::string& name) {
  std::vector<fs::path> folders{bindir / "../lib", bindir / "../lib/postgresql", bindir / "../lib64"};
  if (const auto asked = process::find_program((bindir / "pg_config").string())) {
    const auto outcome = process::run({.arguments = {asked->string(), "--pkglibdir"}}, {.deadline = seconds(20)});
    if (outcome.succeeded()) folders.emplace_back(trimmed(outcome.out));
  }
  return std::any_of(folders.begin(), folders.end(),
                     [&](const fs::path& folder) { return fs::exists(folder / (name + ".so")); });
}

}  // namespace

std::string default_locale() {
  locale_t known = ::newlocale(LC_ALL_MASK, "C.UTF-8", nullptr);
  if (known == nullptr) return "C";
  ::freelocale(known);
  return "C.UTF-8";
}

std::string cluster_folder(int major, const std::string& locale) {
  std::string name = fmt::format("pg{}", major);
  if (locale == "C.UTF-8") return name;
  name += '-';
  for (const char c : locale)
    name += std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' ? c : '.';
  return name;
}

bool is_unfinished(const fs::path& entry) {
  const auto name = entry.filename().string();
  return begins_with_major(name) && name.find(".init-") != std::string::npos;
}

bool is_cluster_entry(const fs::path& entry) {
  const auto name = entry.filename().string();
  if (!begins_with_major(name)) return false;
  return is_unfinished(entry) || name.ends_with(".boot") || fs::exists(entry / "PG_VERSION");
}

void remove_cluster(const fs::path& entry) {
  auto doomed = entry;
  if (!is_unfinished(entry)) {
    doomed += unfinished_suffix();
    fs::rename(entry, doomed);
  }
  fs::remove_all(doomed);
}

std::vector<fs::path> entries_of(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) entries.push_back(entry.path());
  return entries;
}

void make_cluster(const Installation& installation, const ServerAccount& account, const fs::path& data,
                  const std::string& locale) {
  auto unfinished = data;
  unfinished += unfinished_suffix();
  claim_private_folder(unfinished, account);
  process::Command initdb{
      .arguments = {(installation.bindir / "initdb").string(), "-D", unfinished.string(), "-U", "prodclone", "-E",
                    "UTF8", "--locale=" + locale, "--auth-local=trust", "--auth-host=scram-sha-256", "--no-sync"},
      .environment = {{"LC_ALL", "C"}},
      .directory = "/",
      .run_as = account.run_as()};
  const auto outcome = process::run(initdb, {.deadline = seconds(180)});
  if (!outcome.succeeded()) {
    fs::remove_all(unfinished);
    const auto what = fmt::format("initdb failed ({}): {}", describe(outcome), trimmed(outcome.err));
    if (outcome.err.find("locale") != std::string::npos)
      throw Error(Failure::could_not_check, what,
                  fmt::format("Install the locale {} (Debian, Ubuntu: locale-gen {}).", locale, locale));
    const bool full = outcome.err.find("No space left on device") != std::string::npos;
    throw Error(Failure::could_not_check, what,
                full ? fmt::format("The disk of {} is full: free some room (an empty server takes about 40 MB).", data.parent_path().string()) : "");
  }
  {
    std::ofstream configuration(unfinished / "postgresql.conf", std::ios::app);
    configuration << "\ninclude 'prodclone.conf'\n";
    if (!configuration.flush())
      throw Error(Failure::could_not_check, fmt::format("Cannot write in {}.", unfinished.string()));
  }
  fs::rename(unfinished, data);
}

void write_configuration(const Installation& installation, const ServerAccount& account, const fs::path& data,
                         const std::map<std::string, std::string>& more) {
  auto settings = tuned_settings(
      this_machine(),
      {.major = installation.major, .pg_stat_statements = has_library(installation.bindir, "pg_stat_statements")});
  for (const auto& [name, value] : more) settings[name] = value;
  const auto file = data / "prodclone.conf";
  write_file_atomically(file, configuration_file(settings));
  give(file, account);
}

}  // namespace prodclone::pg
