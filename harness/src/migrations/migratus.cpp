// Migratus 1.6: `^(\d+)-([^\.]+)((?:\.[^\.]+)+)$` names, cut at whole lines that hold `--;;`.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include <prodclone/base/files.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/pg/sql_scanner.hpp>

#include "layouts.hpp"
#include "script.hpp"

namespace prodclone::migrations {

namespace {

namespace fs = std::filesystem;

struct Name {
  std::string id, name;
  std::vector<std::string> extensions;  // {"up", "sql"}
};

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<Name> parse_name(const std::string& file) {
  const auto dash = file.find('-');
  if (dash == std::string::npos || !all_digits(std::string_view(file).substr(0, dash))) return std::nullopt;
  const auto parts = split(std::string_view(file).substr(dash + 1), '.');
  if (parts.size() < 2 || parts.size() > 3) return std::nullopt;
  if (std::any_of(parts.begin(), parts.end(), [](const std::string& part) { return part.empty(); }))
    return std::nullopt;
  return Name{file.substr(0, dash), parts[0], {parts.begin() + 1, parts.end()}};
}

bool is_sql(const Name& name) {
  return name.extensions.size() == 2 && name.extensions[1] == "sql" &&
         (name.extensions[0] == "up" || name.extensions[0] == "down");
}

// The length of the line terminator at `at` as java.util.regex sees it in MULTILINE mode, 0 where there is none.
std::size_t terminator(std::string_view text, std::size_t at) {
  const auto rest = text.substr(at);
  if (rest.starts_with("\r\n")) return 2;
  if (rest.starts_with('\n') || rest.starts_with('\r')) return 1;
  if (rest.starts_with("\xC2\x85")) return 2;
  if (rest.starts_with("\xE2\x80\xA8") || rest.starts_with("\xE2\x80\xA9")) return 3;
  return 0;
}

struct Line {
  std::string_view text;  // without its terminator
  std::string_view terminator;
  std::size_t number;  // of the file, counted in \n
};

std::vector<Line> java_lines(std::string_view content) {
  std::vector<Line> lines;
  std::size_t begin = 0, number = 1;
  for (std::size_t at = 0; at < content.size();) {
    const auto length = terminator(content, at);
    if (length == 0) {
      ++at;
      continue;
    }
    lines.push_back({content.substr(begin, at - begin), content.substr(at, length), number});
    if (content[at + length - 1] == '\n') ++number;
    begin = at += length;
  }
  if (begin < content.size()) lines.push_back({content.substr(begin), {}, number});
  return lines;
}

// `^[ ]+` and `--.*`, each replaced by nothing, on every line, string literals and function bodies not excepted.
std::string sanitized(std::string_view line) {
  auto text = std::string(line.substr(0, line.find("--")));
  text.erase(0, std::min(text.find_first_not_of(' '), text.size()));
  return text;
}

void report_lost(const Line& line, const ScriptSource& source, std::vector<Problem>& problems) {
  const auto before = std::string(trimmed(line.text.substr(0, line.text.find("--"))));
  if (before.empty()) return;
  problems.push_back({ProblemKind::lost_text, false, source.migration, source.file, line.number,
                      fmt::format("Migratus drops the whole line that holds `--;;`, and `{}` with it.", before),
                      "Put `--;;` on a line of its own."});
}

// Whether a text may end inside quotes: what the scanner, which costs a whole reading, is then asked.
bool may_be_in_quotes(std::string_view text) {
  return std::count(text.begin(), text.end(), '\'') % 2 != 0 || std::count(text.begin(), text.end(), '"') % 2 != 0 ||
         text.find("/*") != std::string_view::npos;
}

// A comment mark inside a literal: the literal is cut there. `kept` is what the tool has kept of the piece so far.
void report_cut_literal(const std::string& kept, const Line& line, const ScriptSource& source,
                        std::vector<Problem>& problems) {
  const auto mark = line.text.find("--");
  if (mark == std::string_view::npos) return;
  const auto before = kept + std::string(line.text.substr(0, mark));
  if (!may_be_in_quotes(before)) return;
  const auto scan = pg::scan_script(before, {.psql_commands = false});
  if (!scan.unterminated || scan.unterminated->what.find("quoted") == std::string::npos) return;
  problems.push_back({ProblemKind::lost_text, false, source.migration, source.file, line.number,
                      fmt::format("Migratus takes `{}` for a comment and removes it, although it stands inside quotes.",
                                  std::string(line.text.substr(mark))),
                      "Write the value without two hyphens in a row, for instance '-' || '-'."});
}

std::vector<Message> messages_of(const ScriptSource& source, std::vector<Problem>& problems) {
  std::vector<Message> messages;
  Message message;
  const auto end = [&](std::size_t next_line) {
    if (!message.text.empty()) messages.push_back(std::move(message));
    message = {.first_line = next_line};
  };
  for (const auto& line : java_lines(source.content)) {
    const bool separates =
        line.text.find("--;;") != std::string_view::npos && (line.terminator == "\n" || line.terminator == "\r\n");
    if (separates) {
      report_lost(line, source, problems);
      end(line.number + 1);
      continue;
    }
    report_cut_literal(message.text, line, source, problems);
    message.text += sanitized(line.text);
    message.text += line.terminator;
  }
  end(0);
  return messages;
}

Script read_script(const fs::path& file, const std::string& id, std::vector<Problem>& problems) {
  ScriptSource source{.file = file, .content = read_file(file), .layout = Layout::migratus, .migration = id};
  source.transactional = !source.content.starts_with("-- :disable-transaction");
  if (source.transactional && source.content.find("-- :disable-transaction") != std::string::npos)
    problems.push_back(
        {ProblemKind::unexpected_setting, false, id, file, 0,
         "`-- :disable-transaction` does nothing here: Migratus heeds it only as the very first bytes of the file.",
         "Move it to the beginning of the first line; a byte order mark or a blank line before it is too much."});
  return make_script(source, messages_of(source, problems), problems);
}

void skipped(Project& project, const fs::path& file, std::string what, std::string remedy) {
  project.problems.push_back({ProblemKind::unparsable_name, false, {}, file, 0, std::move(what), std::move(remedy)});
}

}  // namespace

bool is_migratus_script(const fs::path& relative) {
  const auto name = parse_name(relative.filename().string());
  return name && is_sql(*name);
}

void read_migratus(const Listing& listing, Project& project) {
  struct Files {
    std::map<std::string, std::map<std::string, fs::path>> by_name;  // name, then "up" or "down"
  };
  std::map<std::string, Files> ids;
  const auto init = project.settings.init.value_or("init.sql").filename();
  // file-seq walks the whole tree.
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(listing.dir))
    if (entry.is_regular_file()) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    const auto text = file.filename().string();
    if (file.filename() == init) continue;
    const auto name = parse_name(text);
    if (name && name->extensions.back() == "edn") {
      project.problems.push_back({ProblemKind::unparsable_name, true, without_leading_zeros(name->id), file, 0,
                                  "This migration is Clojure code, which only Migratus can run.",
                                  "Use the layout `command` with Migratus' own commands."});
      continue;
    }
    if (!name || !is_sql(*name)) {
      if (file.extension() == ".sql" || text.find(".sql") != std::string::npos)
        skipped(
            project, file,
            "Migratus skips this file with a warning in its log: its name is not <number>-<name>.up.sql or .down.sql.",
            "Rename it, or move it out of the folder.");
      continue;
    }
    ids[without_leading_zeros(name->id)].by_name[name->id + '-' + name->name][name->extensions[0]] = file;
  }
  for (const auto& [id, found] : ids) {
    if (found.by_name.size() > 1) {
      std::vector<std::string> names;
      for (const auto& entry : found.by_name) names.push_back(entry.first);
      project.problems.push_back({ProblemKind::duplicate_id,
                                  true,
                                  {},
                                  found.by_name.begin()->second.begin()->second,
                                  0,
                                  fmt::format("{} migrations have the id {}: {}. Migratus refuses to start.",
                                              names.size(), id, joined(names, ", ")),
                                  "Give all but one a new number."});
    }
    for (const auto& [name, scripts] : found.by_name) {
      Migration migration{.id = id, .name = name};
      const auto up = scripts.find("up"), down = scripts.find("down");
      if (up != scripts.end()) {
        migration.up = read_script(up->second, id, project.problems);
        if (migration.up.statements.empty())
          project.problems.push_back(
              {ProblemKind::empty_up, false, id, up->second, 0,
               "The up script holds no statement: Migratus records it as applied and does nothing.",
               "Write the change, or delete the file before anyone applies it."});
      } else {
        project.problems.push_back(
            {ProblemKind::missing_up, true, id, down->second, 0,
             fmt::format("There is no {}.up.sql: Migratus stops with \"Up commands not found for {}\".", name, id),
             "Write it."});
        migration.up.file = down->second.parent_path() / (name + ".up.sql");
      }
      if (down != scripts.end())
        migration.down = read_script(down->second, id, project.problems);
      else
        project.problems.push_back({ProblemKind::missing_down, false, id, up->second, 0,
                                    fmt::format("There is no {}.down.sql.", name),
                                    "Write it, even if only to say why there is no way back."});
      project.migrations.push_back(std::move(migration));
    }
  }
}

// Migratus sends the init script uncut, in a transaction: `--;;` is a comment like any other there.
Script read_init(const fs::path& file, Layout layout, std::vector<Problem>& problems) {
  ScriptSource source{.file = file, .content = read_file(file)};
  if (layout == Layout::migratus) {
    source.layout = layout;
    source.uncut = true;
    return make_script(source, {{.text = source.content}}, problems);
  }
  // No other tool knows an init script: it runs as psql would run it, each statement by itself.
  source.transactional = false;
  source.psql = true;
  auto script = make_script(source, {{.text = source.content}}, problems);
  std::erase_if(problems, [&](const Problem& problem) {
    return problem.file == file &&
           (problem.kind == ProblemKind::refuses_transaction || problem.kind == ProblemKind::escapes_transaction);
  });
  for (std::size_t i = 0; i < script.statements.size(); ++i) script.statements[i].message = i;
  return script;
}

}  // namespace prodclone::migrations
