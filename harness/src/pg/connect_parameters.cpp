#include "connect_parameters.hpp"

#include <fmt/format.h>

#include <prodclone/base/text.hpp>

namespace prodclone::pg {

namespace {
std::string pair(const std::string& key, const std::string& value) {
  std::string text = key + "='";
  for (const char c : value) {
    if (c == '\'' || c == '\\') text += '\\';
    text += c;
  }
  return text + "' ";
}
}  // namespace

std::string keyword_string(const ConnInfo& info) {
  std::string text = pair("port", std::to_string(info.port));
  if (!info.host.empty()) text += pair("host", info.host);
  if (!info.user.empty()) text += pair("user", info.user);
  if (!info.database.empty()) text += pair("dbname", info.database);
  if (!info.password.empty()) text += pair("password", info.password.reveal());
  for (const auto& [key, value] : info.options) text += pair(key, value);
  if (!info.options.contains("connect_timeout")) text += pair("connect_timeout", "10");
  if (!info.options.contains("application_name")) text += pair("application_name", "prodclone");
  return text + "client_encoding='UTF8'";
}

SqlError connection_error(const ConnInfo& info, std::string message) {
  if (!info.password.empty()) message = replaced(message, info.password.reveal(), "********");
  SqlFacts facts;
  facts.message = fmt::format("Cannot connect to {}: {}", masked(info), trimmed(message));
  if (message.find("password authentication failed") != std::string::npos || message.find("no password supplied") != std::string::npos)
    facts.hint = "check the user and where the password comes from (PGPASSWORD, the configured variable or the password file).";
  else if (message.find("does not exist") == std::string::npos)
    facts.hint = "check that the server runs and that host and port are right; `prodclone server status` tells about the embedded one.";
  return SqlError(facts);
}

}  // namespace prodclone::pg
