// Where a database is and as whom to connect: a value without a printable password.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <prodclone/base/secret.hpp>

namespace prodclone::pg {

struct ConnInfo {
  std::string host = {};       // a host name, an address, or the folder of a unix socket
  int port = 5432;
  std::string user = {};
  std::string database = {};
  Secret password = {};
  std::map<std::string, std::string> options = {};  // sslmode, connect_timeout, … as libpq names them

  ConnInfo with_database(std::string name) const;
  friend bool operator==(const ConnInfo&, const ConnInfo&) = default;
};

// A URL or keyword string as libpq reads it. Throws Error(usage) naming what is wrong, with the password masked.
ConnInfo parse_conninfo(const std::string& text);

// The same, one for each host that it lists, in order; what it leaves out comes from PG* and libpq's defaults. A
// target_session_attrs stays among the options of each.
std::vector<ConnInfo> parse_hosts(const std::string& text);

// From PGHOST, PGPORT, PGUSER, PGDATABASE, PGPASSWORD, PGSSLMODE and libpq's defaults.
ConnInfo conninfo_from_environment();

// What may be shown: "host=db port=5432 user=orcha dbname=orcha", never the password.
std::string masked(const ConnInfo& info);

// A URL with the password left out (`url_without_password`), or in (`url`), for a child's environment only.
std::string url_without_password(const ConnInfo& info);
std::string url(const ConnInfo& info);

// Exactly the PG* variables that point a child process at this database.
std::map<std::string, std::string> environment(const ConnInfo& info);

}  // namespace prodclone::pg
