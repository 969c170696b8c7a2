#include "built_database.hpp"

#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include <prodclone/base/files.hpp>
#include <prodclone/base/hash.hpp>

#include "sql/catalog_state.hpp"
#include "sql/roles.hpp"
#include "sql/surroundings.hpp"

namespace prodclone::workflow {

namespace {

constexpr const char* version = "prodclone/built-database/1";

std::filesystem::path file_of(const config::Project& project, const std::string& database) {
  return project.state_directory() / "facts" / ("built-" + sha256(database).substr(0, 12) + ".json");
}

bool asks_for_roles(const std::string& scripts) {
  for (const char* list : {"pg_roles", "pg_authid", "pg_user", "pg_group", "pg_auth_members", "regrole", "pg_has_role", "applicable_roles", "enabled_roles"})
    if (scripts.find(list) != std::string::npos) return true;
  return false;
}

}  // namespace

std::string surroundings(pg::Session& server, const pg::Tools& tools, const std::string& scripts) {
  Sha256 sum;
  const auto facts = server.query(sql::surroundings);
  for (const char* part : {"version", "extensions", "role", "settings"}) sum.add_field(facts.text(0, part));
  const bool all = asks_for_roles(scripts);
  const auto roles = server.query(sql::roles);
  for (std::size_t row = 0; row < roles.rows(); ++row) {
    const auto& name = roles.text(row, "name");
    if (all || name == facts.text(0, "role") || scripts.find(name) != std::string::npos) sum.add_field(name).add_field(roles.text(row, "facts"));
  }
  // A minor release of pg_dump has its own file and no other name.
  for (const auto& program : {tools.pg_dump, tools.pg_restore}) {
    struct stat facts_of {};
    ::stat(program.c_str(), &facts_of);
    sum.add_field(program.string()).add_field(std::to_string(facts_of.st_size)).add_field(std::to_string(facts_of.st_mtim.tv_sec));
  }
  return sum.hex();
}

std::string catalog_state(const pg::ConnInfo& database) { return pg::Session(database).query(sql::catalog_state).text(0, "state"); }

void remember_built(const config::Project& project, const std::string& database, const Built& built) {
  const auto file = file_of(project, database);
  make_private_directory(file.parent_path());
  const nlohmann::ordered_json json = {{"schema", version}, {"key", built.key}, {"surroundings", built.surroundings}, {"state", built.state}};
  write_file_atomically(file, json.dump(1) + '\n');
}

std::optional<Built> remembered_built(const config::Project& project, const std::string& database) {
  const auto text = read_file_if_present(file_of(project, database));
  if (!text) return std::nullopt;
  const auto json = nlohmann::json::parse(*text, nullptr, false);
  if (!json.is_object() || json.value("schema", "") != version) return std::nullopt;
  return Built{json.value("key", ""), json.value("surroundings", ""), json.value("state", "")};
}

}  // namespace prodclone::workflow
