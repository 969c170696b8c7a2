#include <prodclone/dump/settings.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include <prodclone/base/text.hpp>
#include <prodclone/pg/quote.hpp>
#include <prodclone/pg/session.hpp>

namespace prodclone::dump {

namespace {

std::vector<std::string> elements_of(std::string_view list) {
  std::vector<std::string> elements;
  std::string element;
  bool quoted = false;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (list[i] == '"' && quoted && i + 1 < list.size() && list[i + 1] == '"') element += list[++i];
    else if (list[i] == '"') quoted = !quoted;
    else if (list[i] == ',' && !quoted) elements.push_back(std::exchange(element, {}));
    else if (quoted || list[i] != ' ') element += list[i];
  }
  elements.push_back(std::move(element));
  return elements;
}

// app.tenant is two identifiers.
std::string name_sql(const std::string& name) {
  std::vector<std::string> parts;
  for (const auto& part : split(name, '.')) parts.push_back(pg::quote_identifier_if_needed(part));
  return joined(parts, ".");
}

}  // namespace

bool is_name_list(const std::string& name) {
  static constexpr std::array<std::string_view, 6> lists = {"search_path", "temp_tablespaces", "session_preload_libraries",
                                                            "shared_preload_libraries", "local_preload_libraries",
                                                            "unix_socket_directories"};
  return std::find(lists.begin(), lists.end(), lower(name)) != lists.end();
}

std::string value_sql(const Setting& setting) {
  if (!is_name_list(setting.name)) return pg::quote_literal(setting.value);
  std::vector<std::string> literals;
  for (const auto& element : elements_of(setting.value)) literals.push_back(pg::quote_literal(element));
  return joined(literals, ", ");
}

std::vector<std::string> load_settings(const std::vector<Setting>& settings, const pg::ConnInfo& target) {
  std::vector<std::string> refused;
  if (settings.empty()) return refused;
  pg::Session session(target);
  const auto database = pg::quote_identifier(target.database);
  for (const auto& setting : settings) {
    const auto subject = setting.role.empty() ? "DATABASE " + database
                                              : "ROLE " + pg::quote_identifier(setting.role) + " IN DATABASE " + database;
    try {
      session.execute("ALTER " + subject + " SET " + name_sql(setting.name) + " TO " + value_sql(setting));
    } catch (const pg::SqlError& error) {
      if (error.connection_lost()) throw;
      refused.push_back(fmt::format("The source's setting {}{} was not applied: {}.", setting.name,
                                    setting.role.empty() ? "" : " of role " + setting.role,
                                    error.facts().message));
    }
  }
  return refused;
}

}  // namespace prodclone::dump
