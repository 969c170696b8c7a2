#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <set>
#include <string_view>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/base/hash.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/pg/conninfo.hpp>
#include <prodclone/process/child.hpp>

#include "archive.hpp"
#include "connection_string.hpp"
#include "load_formats.hpp"
#include "marked_children.hpp"
#include "review_script.hpp"
#include "target.hpp"

namespace prodclone::dump {

namespace {

// Entries that --no-owner --no-privileges --no-subscriptions leave out, so that they are not waited for.
bool is_loaded(const TocEntry& entry) {
  static constexpr std::array<std::string_view, 7> left_out = {"ACL ", "DEFAULT ACL ", "DATABASE ", "SUBSCRIPTION ",
                                                               "ENCODING ", "STDSTRINGS ", "SEARCHPATH "};
  return std::none_of(left_out.begin(), left_out.end(), [&](std::string_view kind) { return entry.description.starts_with(kind); });
}

// Counts pg_restore's verbose lines: "creating TABLE …", "processing data for table …", "executing SEQUENCE SET …".
class Counter {
 public:
  Counter(std::string phase, std::int64_t total, const ProgressSink& sink) : phase_(std::move(phase)), total_(total), sink_(sink) {}

  void line(std::string_view said) {
    constexpr std::string_view prefix = "pg_restore: ";
    if (!said.starts_with(prefix)) return;
    const auto text = said.substr(prefix.size());
    if (!text.starts_with("creating ") && !text.starts_with("processing data ") && !text.starts_with("executing ")) return;
    done_ = std::min(done_ + 1, total_);
    report();
  }
  void report() const {
    if (sink_) sink_({phase_, done_, total_, "objects"});
  }
  void finish() {
    done_ = total_;
    report();
  }

 private:
  std::string phase_;
  std::int64_t done_ = 0, total_;
  const ProgressSink& sink_;
};

// pg_restore names the entry before it says what is wrong: "from TOC entry 3345; 1259 16400 TABLE public t owner".
std::optional<std::string> failed_entry(std::string_view line) {
  constexpr std::string_view words = "from TOC entry ";
  const auto at = line.find(words);
  if (at == std::string_view::npos) return std::nullopt;
  const auto id = line.substr(at + words.size());
  return std::string(id.substr(0, id.find(';')));
}

// Foreign keys, what is said of constraints, and event triggers, which would fire for them.
bool comes_last(const TocEntry& entry) {
  return entry.description.starts_with("FK CONSTRAINT ") || entry.description.starts_with("EVENT TRIGGER ") ||
         (entry.description.starts_with("COMMENT ") && (entry.description.find(" CONSTRAINT ") != std::string::npos ||
                                                        entry.description.find(" EVENT TRIGGER ") != std::string::npos));
}

// What pg_restore is to restore. Names only, but names of production: private, and gone with the load.
class EntryList {
 public:
  EntryList(const std::filesystem::path& folder, std::string_view lines)
      : path_((folder.empty() ? std::filesystem::temp_directory_path() : folder) / ("prodclone-toc-" + random_hex(16))) {
    if (!folder.empty()) make_private_directory(folder);
    write_file_atomically(path_, lines);
  }
  ~EntryList() {
    std::error_code gone;
    std::filesystem::remove(path_, gone);
  }
  EntryList(const EntryList&) = delete;
  EntryList& operator=(const EntryList&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace

void load_archive(const DumpFile& dump, pg::Session& session, const LoadOptions& options, LoadReport& report) {
  const auto& target = session.conninfo();
  auto findings = review_script(schema_script(dump, options.tools), dump.name(), dump.database);
  auto entries = table_of_contents(dump, options.tools);
  const auto about = session.query(
      "SELECT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) AS superuser, "
      "pg_catalog.to_regnamespace('public') IS NOT NULL AS has_public");
  std::erase_if(entries, [&](const TocEntry& entry) {
    // Both are there, and not ours to change: `pg_dump -n public` writes the first, old servers' dumps the second.
    return (entry.description.starts_with("SCHEMA - public ") && about.boolean(0, "has_public")) ||
           (entry.description.starts_with("COMMENT - EXTENSION ") && !about.boolean(0, "superuser"));
  });
  report.objects = static_cast<std::size_t>(std::count_if(entries.begin(), entries.end(), is_loaded));
  report.unloaded = std::move(findings.objects);
  const auto missing = missing_extensions(session, findings.survey.extensions, options.unloadable);
  report.unloaded.insert(report.unloaded.end(), missing.begin(), missing.end());
  const bool cron = std::any_of(report.unloaded.begin(), report.unloaded.end(), [](const Unloaded& one) { return one.name == "pg_cron"; });
  std::erase_if(entries, [&](const TocEntry& entry) {
    for (const auto& one : report.unloaded)
      if (one.kind == "extension" && (entry.description.starts_with("EXTENSION - " + one.name + ' ') || entry.description.starts_with("COMMENT - EXTENSION " + one.name + ' ')))
        return true;
    return cron && (entry.description.starts_with("TABLE DATA cron ") || entry.description.starts_with("SEQUENCE SET cron "));
  });
  for (const auto& why : findings.left_out)
    if (!why.starts_with("CREATE DATABASE")) report.warnings.push_back(why);
  create_missing_roles(session, findings.survey, options, report);

  process::Command command{.arguments = {tools_for(dump, options.tools).pg_restore.string(), "--no-owner", "--no-privileges", "--no-subscriptions",
                                         "--no-tablespaces", "--no-password", "--verbose",
                                         "--dbname=" + connection_string(target.database)},
                           .environment = pg::environment(target)};
  if (options.unloadable == Unloadable::refuse) command.arguments.emplace_back("--exit-on-error");
  if (dump.format != DumpFormat::tar) command.arguments.push_back(fmt::format("--jobs={}", options.jobs));
  command.arguments.push_back(dump.path.string());
  const MarkedChildren children;
  command.environment[MarkedChildren::variable] = children.mark();
  command.environment["PGOPTIONS"] = loading_options(session);
  command.environment["LC_ALL"] = "C";  // its lines are read
  Counter counter(fmt::format("loading {}", dump.name()), static_cast<std::int64_t>(report.objects), options.progress);
  counter.report();
  std::set<std::string> failed;  // dump ids
  const auto restore = [&](const auto& chosen) {
    std::string list;
    for (const auto& entry : entries)
      if (chosen(entry)) list += entry.line + '\n';
    if (list.empty()) return;
    const EntryList file(options.work, list);
    auto with_list = command;
    with_list.arguments.insert(with_list.arguments.begin() + 1, "--use-list=" + file.path().string());
    const auto outcome = process::run(with_list, {.on_error_line = [&](std::string_view line) {
      counter.line(line);
      if (auto id = failed_entry(line)) failed.insert(*std::move(id));
    }});
    // It went on past what failed and says so; without these words it gave up.
    const bool went_on = options.unloadable == Unloadable::report && outcome.err.find("errors ignored on restore") != std::string::npos && !failed.empty();
    if (!outcome.succeeded() && !went_on) throw_restore_error(dump, outcome.err, process::describe(outcome));
  };
  restore([](const TocEntry& entry) { return !comes_last(entry); });
  report.vacuum_took = vacuum_analyze(target, Tables::all, options.jobs, options.progress);
  restore(comes_last);
  counter.finish();
  if (failed.empty()) return;
  // Several workers write their messages to one stream, where they may run into each other; only the ids are certain.
  std::string list;
  for (const auto& entry : entries)
    if (failed.contains(entry.line.substr(0, entry.line.find(';')))) list += entry.line + '\n';
  const EntryList file(options.work, list);
  load_entries(dump, file.path(), session, options, report);
}

}  // namespace prodclone::dump
