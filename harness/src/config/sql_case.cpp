#include <prodclone/config/sql_case.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/base/text.hpp>

#include "json_object.hpp"

namespace prodclone::config {

namespace {

namespace fs = std::filesystem;

// GoogleTest's filters give `-`, `:`, `*` and `?` a meaning, CTest's files others.
std::string test_name(std::string_view text) {
  std::string name;
  for (const char c : text) name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  return name;
}

std::optional<Moment> moment_of(std::string_view word) {
  for (const auto moment : {Moment::before, Moment::after, Moment::both})
    if (word == to_string(moment)) return moment;
  return std::nullopt;
}

// before_x.sql, before-x.sql; before/x.sql, before/deeper/x.sql.
std::optional<Moment> moment_by_name(const fs::path& relative) {
  for (const auto& folder : relative.parent_path())
    if (const auto moment = moment_of(folder.string())) return moment;
  const auto stem = relative.stem().string();
  return moment_of(stem.substr(0, stem.find_first_of("_-.")));
}

bool is_script(const fs::path& file) { return file.extension() == ".sql" || file.extension() == ".pg"; }

// .pg is what pg_prove's users call their tests; t/ and pgtap/ are where they keep them.
bool is_pgtap(const fs::path& relative) {
  if (relative.extension() == ".pg") return true;
  return std::any_of(relative.begin(), relative.end(), [](const fs::path& part) { return part == "pgtap"; });
}

std::vector<fs::path> sorted_entries(const fs::path& folder) {
  std::vector<fs::path> entries;
  for (const auto& entry : fs::directory_iterator(folder))
    if (!entry.path().filename().string().starts_with('.')) entries.push_back(entry.path());
  std::sort(entries.begin(), entries.end());
  return entries;
}

std::vector<fs::path> scripts_in(const fs::path& folder) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file() && is_script(entry.path())) found.push_back(entry.path().lexically_relative(folder));
  std::sort(found.begin(), found.end());
  return found;
}

void read_settings(SqlCase& result, std::map<std::string, std::string>& moments) {
  const auto file = result.folder / "case.json";
  const auto json = nlohmann::json::parse(read_file(file), nullptr, /*allow_exceptions=*/false, /*ignore_comments=*/true);
  if (json.is_discarded()) throw Error(Failure::usage, fmt::format("{} is not valid JSON.", file.string()));
  JsonObject top(json, file.string());
  top.ignore("$schema");
  top.ignore("about");
  result.migration = top.text("migration");
  result.labels = top.texts("labels");
  if (const auto seconds = top.integer("timeout_s")) {
    if (*seconds <= 0) top.wrong("timeout_s", "a number of seconds above zero");
    result.timeout = std::chrono::seconds(*seconds);
  }
  moments = top.text_map("files");
  top.finish();
  if (result.migration.empty()) top.wrong("migration", "the id or name of the migration that the case is about");
  for (const auto& label : result.labels)
    if (label.empty() || label.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") != std::string::npos)
      top.wrong("labels", "a list of labels made of letters, digits, \"_\", \".\" and \"-\"");
}

SqlCaseFile case_file(const SqlCase& the_case, const fs::path& relative, const std::map<std::string, std::string>& moments) {
  SqlCaseFile file{.name = test_name((relative.parent_path() / relative.stem()).string()),
                   .path = the_case.folder / relative, .pgtap = is_pgtap(relative)};
  const auto said = moments.find(relative.string());
  const auto moment = said == moments.end() ? moment_by_name(relative) : moment_of(said->second);
  if (moment) file.moment = *moment;
  else if (said != moments.end()) file.problem = fmt::format("case.json says that {} runs \"{}\"; it can be before, after or both.", relative.string(), said->second);
  else if (!file.pgtap)
    file.problem = fmt::format("Nothing says whether {0} runs before or after the migration. Name it before_{1}, after_{1} or both_{1}, "
                               "put it into a folder of that name, or say in case.json: \"files\": {{ \"{0}\": \"after\" }}.",
                               relative.string(), relative.filename().string());
  return file;
}

// Names that become equal when made fit for a test.
template <typename Named>
void make_unique(std::vector<Named>& named) {
  std::set<std::string> taken;
  for (auto& one : named) {
    const auto wanted = one.name;
    for (int n = 2; !taken.insert(one.name).second; ++n) one.name = fmt::format("{}_{}", wanted, n);
  }
}

SqlCase read_case(const fs::path& folder) {
  SqlCase result{.name = test_name(folder.filename().string()), .folder = folder};
  try {
    std::map<std::string, std::string> moments;
    read_settings(result, moments);
    const auto scripts = scripts_in(folder);
    std::vector<std::string> names;
    for (const auto& script : scripts) names.push_back(script.string());
    for (const auto& [name, moment] : moments) {
      if (std::find(names.begin(), names.end(), name) != names.end()) continue;
      const auto near = nearest(name, names);
      throw Error(Failure::usage, fmt::format("{}: files names {}, which is not there.", (folder / "case.json").string(), name),
                  near ? fmt::format("Did you mean {}?", *near) : "");
    }
    if (scripts.empty())
      throw Error(Failure::usage, fmt::format("{} holds no .sql file, so it checks nothing.", folder.string()),
                  "Write before_<claim>.sql or after_<claim>.sql, whose queries must return no rows.");
    for (const auto& script : scripts) result.files.push_back(case_file(result, script, moments));
    make_unique(result.files);
  } catch (const std::exception& error) {
    result.files.clear();
    result.problem = error.what();
  }
  return result;
}

// One folder for each refactor, in SQL or in C++.
bool holds_cpp(const fs::path& folder) {
  const auto entries = sorted_entries(folder);
  return std::any_of(entries.begin(), entries.end(), [](const fs::path& entry) {
    return entry.filename() == "CMakeLists.txt" || entry.extension() == ".cpp" || entry.extension() == ".cc" || entry.extension() == ".cxx";
  });
}

}  // namespace

std::string to_string(Moment moment) {
  switch (moment) {
    case Moment::before: return "before";
    case Moment::after: return "after";
    case Moment::both: return "both";
  }
  return "after";
}

std::vector<SqlCase> find_sql_cases(const fs::path& folder) {
  std::vector<SqlCase> cases;
  if (!fs::is_directory(folder)) return cases;
  for (const auto& entry : sorted_entries(folder)) {
    if (fs::is_directory(entry)) {
      if (fs::exists(entry / "case.json")) cases.push_back(read_case(entry));
      else if (!holds_cpp(entry))
        cases.push_back({.name = test_name(entry.filename().string()), .folder = entry,
                         .problem = fmt::format("{} has no case.json. Write one: {{ \"migration\": \"<its id or name>\" }}.", entry.string())});
    } else if (is_script(entry)) {
      cases.push_back({.name = test_name(entry.stem().string()), .folder = folder,
                       .problem = fmt::format("{} belongs to no case: put it into a folder of its own beside a case.json.", entry.string())});
    }
  }
  make_unique(cases);
  return cases;
}

}  // namespace prodclone::config
