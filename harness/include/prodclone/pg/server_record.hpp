// What is known about a running embedded server: a value, kept in its home as server.json (mode 0600: it holds the
// password of the TCP side).
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <prodclone/base/quantities.hpp>
#include <prodclone/base/secret.hpp>
#include <prodclone/pg/conninfo.hpp>
#include <prodclone/process/identity.hpp>

namespace prodclone::pg {

enum class Listen { socket_only, loopback };

struct ServerRecord {
  process::Identity postmaster = {};
  int major = 0;
  std::string version = {};
  std::filesystem::path bindir = {};
  std::filesystem::path data = {};  // not always under home: as root it must be reachable by `account`
  std::filesystem::path socket_folder = {};
  std::filesystem::path log = {};
  int port = 5432;  // of the socket's name, and of TCP where it listens
  Listen listen = Listen::socket_only;
  std::string locale = {};
  std::string user = "prodclone";  // superuser
  Secret password = {};            // for TCP; the socket folder itself is the key to the socket
  std::string account = {};        // the system account it runs as; empty: whoever started it
  WallTime started_at = {};
  std::string started_by = {};
  friend bool operator==(const ServerRecord&, const ServerRecord&) = default;

  ConnInfo conninfo() const;            // superuser, through the socket, database postgres
  std::optional<ConnInfo> tcp() const;  // the same on 127.0.0.1 with the password; none: it does not listen
};

std::string to_json(const ServerRecord& record);
// Throws Error(could_not_check) when the text is no record.
ServerRecord server_record_from_json(const std::string& text);

}  // namespace prodclone::pg
