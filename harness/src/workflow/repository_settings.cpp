// Database variables and servers, by the files in which projects keep them. Only names of variables are taken from
// them, never values.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <regex>

#include <prodclone/base/text.hpp>

#include "repository_parts.hpp"

namespace prodclone::workflow {

namespace {

namespace fs = std::filesystem;

// Where people look first comes first: of two files the earlier one is named as the source.
int rank(const fs::path& file) {
  const auto name = file.filename().string();
  const auto extension = file.extension().string();
  if (name == ".env" || name.starts_with(".env.") || extension == ".env") return 0;
  if (name == "bb.edn" || name == "deps.edn" || name == "project.clj" || name == "package.json" || name == "Procfile" || name == "Makefile" ||
      name == "justfile" || name == "alembic.ini" || name == "settings.py")
    return 1;
  if (name.find("compose") != std::string::npos && (extension == ".yml" || extension == ".yaml")) return 2;
  if (extension == ".edn" || extension == ".yml" || extension == ".yaml" || extension == ".toml" || extension == ".ini" || extension == ".exs" ||
      extension == ".properties" || extension == ".conf" || extension == ".prisma")
    return 3;
  // Code, last: it reads the variable.
  for (const char* code : {".clj", ".cljc", ".go", ".py", ".rb", ".ts", ".js", ".rs", ".ex", ".java", ".kt", ".cpp", ".php", ".cs"})
    if (extension == code) return 4;
  return -1;
}

struct Seen {
  int rank = 0;
  std::string file = {};
};

// PG* are given to every child anyway, and POSTGRES_* configure the server's own image.
bool belongs_to_postgres(const std::string& name) { return name.starts_with("PG") || name.starts_with("POSTGRES_"); }

// The variable of the application itself: the plain DATABASE_URL before REPORTING_DATABASE_URL; an override before
// what it overrides, since that is the one made for pointing elsewhere.
std::string best(const std::map<std::string, Seen>& seen) {
  const auto weight = [&](const std::string& name) {
    if (name.find("OVERRIDE") != std::string::npos) return -1;
    if (name == "DATABASE_URL" || name == "DB_NAME" || name == "DATABASE_NAME") return 0;
    if (name.find("TEST") != std::string::npos || name.find("PROD") != std::string::npos || name.find("REPLICA") != std::string::npos) return 9;
    return 1;
  };
  std::string chosen;
  for (const auto& [name, where] : seen)
    if (chosen.empty() || std::pair(weight(name), where.rank) < std::pair(weight(chosen), seen.at(chosen).rank)) chosen = name;
  return chosen;
}

void report(const char* what, const std::string& chosen, const std::map<std::string, Seen>& seen, Repository& repository) {
  std::vector<std::string> others;
  for (const auto& [name, where] : seen)
    if (name != chosen) others.push_back(name);
  repository.found.push_back({what, chosen, seen.at(chosen).file + (others.empty() ? "" : "; also seen: " + joined(others, ", "))});
}

}  // namespace

void find_variables(const Tree& tree, Repository& repository) {
  static const std::regex url(R"(\b([A-Z][A-Z0-9_]*_)?(DATABASE_URL|DB_URL|JDBC_DATABASE_URL)\b)");
  static const std::regex name(R"(\b([A-Z][A-Z0-9_]*_)?(DB_NAME|DATABASE_NAME)(_[A-Z0-9_]+)?\b)");
  std::map<std::string, Seen> urls, names;
  const auto collect = [](const std::string& text, const std::regex& pattern, const Seen& where, std::map<std::string, Seen>& into) {
    for (std::sregex_iterator match(text.begin(), text.end(), pattern), end; match != end; ++match) {
      const auto variable = match->str();
      if (belongs_to_postgres(variable)) continue;
      const auto [known, is_new] = into.emplace(variable, where);
      if (!is_new && where.rank < known->second.rank) known->second = where;
    }
  };
  for (const auto& file : tree.files) {
    const int order = rank(file);
    if (order < 0) continue;
    const auto text = tree.text(file);
    collect(text, url, {order, file.string()}, urls);
    collect(text, name, {order, file.string()}, names);
  }
  if (!names.empty()) {
    repository.database_env = best(names);
    report("database variable", repository.database_env, names, repository);
  }
  if (!urls.empty()) {
    repository.url_env = best(urls);
    report("database URL variable", repository.url_env, urls, repository);
  }
}

void find_server(const Tree& tree, Repository& repository) {
  static const std::regex image(R"(image:\s*["']?([A-Za-z0-9._/-]*(?:postgres|postgis|timescaledb|pgvector)[A-Za-z0-9._/-]*(?::[A-Za-z0-9._-]+)?))");
  for (const auto& file : tree.files) {
    const auto extension = file.extension().string();
    if (file.filename().string().find("compose") == std::string::npos || (extension != ".yml" && extension != ".yaml")) continue;
    const auto text = tree.text(file);
    std::smatch match;
    if (!std::regex_search(text, match, image)) continue;
    const auto name = match[1].str();
    repository.found.push_back({"server", "embedded: a throw-away one of the dump's major", file.string() + " has " + name + ", which is left alone"});
    for (const char* special : {"postgis", "timescaledb", "pgvector"})
      if (name.find(special) != std::string::npos)
        repository.notes.push_back(fmt::format("{} brings an extension. Install it beside the local PostgreSQL, or rehearse on that server: "
                                               "`prodclone init --server-url-env NAME`, with a role that has CREATEDB.", name));
    return;
  }
  repository.found.push_back({"server", "embedded: a throw-away one of the dump's major", "the default; `--server-url-env NAME` uses one of yours"});
}

}  // namespace prodclone::workflow
