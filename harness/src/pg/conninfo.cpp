#include <prodclone/pg/conninfo.hpp>

#include <fmt/format.h>
#include <libpq-fe.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <memory>

#include <prodclone/base/error.hpp>
#include <prodclone/base/text.hpp>

namespace prodclone::pg {

namespace {

using Options = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>;

int port_of(const std::string& text) {
  int port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error == std::errc() && end == text.data() + text.size() && port > 0 && port < 65536) return port;
  throw Error(Failure::usage, fmt::format("\"{}\" is not the port of one server.", text),
              "Write a number from 1 to 65535.");
}

// libpq quotes parts of what it was given in some of its messages, and a part may be the password. Only the name of an
// option that it does not know is worth telling.
std::string without_quotations(const std::string& reason) {
  if (reason.find("invalid connection option") != std::string::npos ||
      reason.find("invalid URI query parameter") != std::string::npos)
    return reason;
  std::string kept;
  bool quoted = false;
  for (const char c : reason) {
    if (c == '"') {
      quoted = !quoted;
      if (quoted) kept += "(text)";
    } else if (!quoted) {
      kept += c;
    }
  }
  return kept;
}

// Those that are set, as libpq names them.
std::map<std::string, std::string> values_of(const PQconninfoOption* option) {
  std::map<std::string, std::string> values;
  for (; option != nullptr && option->keyword != nullptr; ++option)
    if (option->val != nullptr && *option->val != '\0') values[option->keyword] = option->val;
  return values;
}

ConnInfo from_values(const std::map<std::string, std::string>& values) {
  ConnInfo info;
  for (const auto& [key, value] : values) {
    if (key == "host")
      info.host = value;
    else if (key == "hostaddr" && !values.contains("host"))
      info.host = value;
    else if (key == "port")
      info.port = port_of(value);
    else if (key == "user")
      info.user = value;
    else if (key == "dbname")
      info.database = value;
    else if (key == "password")
      info.password = Secret(value);
    else
      info.options[key] = value;
  }
  return info;
}

ConnInfo from_options(const PQconninfoOption* option) { return from_values(values_of(option)); }

Options parsed(const std::string& text) {
  char* message = nullptr;
  Options options(PQconninfoParse(text.c_str(), &message), &PQconninfoFree);
  if (options) return options;
  const std::string reason = message == nullptr ? "not a connection string" : message;
  PQfreemem(message);
  throw Error(Failure::usage,
              fmt::format("The connection string cannot be read: {}.", trimmed(without_quotations(reason))),
              "Write postgresql://user@host:port/database, or host=… port=… user=… dbname=…; percent-encode special "
              "characters in a URL.");
}

std::string url_with(const ConnInfo& info, bool password) {
  std::string text = "postgresql://" + percent_encoded(info.user);
  if (password && !info.password.empty()) text += ':' + percent_encoded(info.password.reveal());
  text += '@';
  const bool socket = !info.host.empty() && info.host.front() == '/';
  // An IPv6 address has colons of its own.
  const bool bracketed = info.host.find(':') != std::string::npos;
  if (!socket)
    text += bracketed ? fmt::format("[{}]:{}", info.host, info.port) : fmt::format("{}:{}", info.host, info.port);
  text += '/' + percent_encoded(info.database);
  char separator = '?';
  const auto add = [&](const std::string& key, const std::string& value) {
    text += fmt::format("{}{}={}", separator, key, percent_encoded(value));
    separator = '&';
  };
  if (socket) {
    add("host", info.host);
    add("port", std::to_string(info.port));
  }
  for (const auto& [key, value] : info.options)
    if (password || key != "sslpassword") add(key, value);
  return text;
}

// Options that libpq fills in by itself and that say nothing about where we connect.
bool worth_keeping(const std::string& key) {
  return key == "sslmode" || key == "sslrootcert" || key == "sslcert" || key == "sslkey" || key == "connect_timeout" ||
         key == "options" || key == "target_session_attrs" || key == "channel_binding" || key == "application_name" ||
         key.starts_with("keepalives") || key == "krbsrvname" || key == "gssencmode" || key == "passfile" ||
         key == "service" || key == "sslpassword" || key == "require_auth" || key == "sslnegotiation";
}

}  // namespace

ConnInfo ConnInfo::with_database(std::string name) const {
  ConnInfo other = *this;
  other.database = std::move(name);
  return other;
}

ConnInfo parse_conninfo(const std::string& text) { return from_options(parsed(text).get()); }

std::vector<ConnInfo> parse_hosts(const std::string& text) {
  auto values = values_of(parsed(text).get());
  const Options defaults(PQconndefaults(), &PQconninfoFree);
  for (const auto& [key, value] : values_of(defaults.get()))
    if (!values.contains(key) && (worth_keeping(key) || key == "host" || key == "hostaddr" || key == "port" || key == "user" || key == "dbname" || key == "password")) {
      // An address or a port of somewhere else must not join the host that was named.
      if ((key == "hostaddr" || key == "port") && values.contains("host")) continue;
      // libpq's built-in "any" is nobody's wish.
      if (key == "target_session_attrs" && std::getenv("PGTARGETSESSIONATTRS") == nullptr) continue;
      values[key] = value;
    }
  const auto list = [&](const char* key) { return values.contains(key) ? split(values.at(key), ',') : std::vector<std::string>{}; };
  const auto hosts = list("host"), addresses = list("hostaddr"), ports = list("port");
  const auto count = std::max({std::size_t{1}, hosts.size(), addresses.size()});
  if ((!hosts.empty() && !addresses.empty() && hosts.size() != addresses.size()) || (ports.size() > 1 && ports.size() != count))
    throw Error(Failure::usage, "The connection string names different numbers of hosts and ports.", "Give one port, or one for each host.");
  std::vector<ConnInfo> result;
  for (std::size_t i = 0; i < count; ++i) {
    auto one = values;
    if (!hosts.empty()) one["host"] = hosts[i];
    if (!addresses.empty()) one["hostaddr"] = addresses[i];
    if (!ports.empty()) one["port"] = ports.size() == 1 ? ports[0] : ports[i];
    if (one["port"].empty()) one.erase("port");
    result.push_back(from_values(one));
  }
  return result;
}

ConnInfo conninfo_from_environment() {
  const Options defaults(PQconndefaults(), &PQconninfoFree);
  auto info = from_options(defaults.get());
  for (auto option = info.options.begin(); option != info.options.end();)
    option = worth_keeping(option->first) ? std::next(option) : info.options.erase(option);
  return info;
}

std::string masked(const ConnInfo& info) {
  return fmt::format("host={} port={} user={} dbname={}", info.host.empty() ? "(default)" : info.host, info.port,
                     info.user, info.database);
}

std::string url_without_password(const ConnInfo& info) {
  return url_with(info, false);
}
std::string url(const ConnInfo& info) {
  return url_with(info, true);
}

std::map<std::string, std::string> environment(const ConnInfo& info) {
  std::map<std::string, std::string> variables{{"PGPORT", std::to_string(info.port)}, {"PGDATABASE", info.database}};
  if (!info.host.empty()) variables["PGHOST"] = info.host;
  if (!info.user.empty()) variables["PGUSER"] = info.user;
  if (!info.password.empty()) variables["PGPASSWORD"] = info.password.reveal();
  for (const auto& [key, value] : info.options) {
    if (key == "options")
      variables["PGOPTIONS"] = value;
    else if (key == "application_name")
      variables["PGAPPNAME"] = value;
    else
      variables["PG" + upper(replaced(key, "_", ""))] = value;
  }
  if (const auto timeout = info.options.find("connect_timeout"); timeout != info.options.end()) {
    variables.erase("PGCONNECTTIMEOUT");
    variables["PGCONNECT_TIMEOUT"] = timeout->second;
  }
  return variables;
}

}  // namespace prodclone::pg
