// Settings that belong to a database or a role (ALTER DATABASE … SET, ALTER ROLE … SET). A dump of one database does
// not apply them and CREATE DATABASE … TEMPLATE does not copy them: whoever makes a copy applies them again.
#pragma once

#include <string>
#include <vector>

#include <prodclone/pg/conninfo.hpp>

namespace prodclone::dump {

struct Setting {
  std::string role = {};     // empty: for every role
  std::string name = {};
  std::string value = {};    // as pg_db_role_setting holds it: `"$user", public`
  friend bool operator==(const Setting&, const Setting&) = default;
};

// Applies each to the target's database only: a role's setting becomes one for that role in this database, so that
// nothing else on the server changes. Returns one sentence for each that the server refused (a parameter of another
// provider, a role that is not there, a superuser's parameter). New sessions see them, the caller's own does not.
std::vector<std::string> load_settings(const std::vector<Setting>& settings, const pg::ConnInfo& target);

// Parameters whose stored value is a list of names, quoted one by one (GUC_LIST_QUOTE): search_path and its like.
bool is_name_list(const std::string& name);

// The value as SQL: each element a literal where the parameter is a list of names (search_path), else one literal.
std::string value_sql(const Setting& setting);

}  // namespace prodclone::dump
