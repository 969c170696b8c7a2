#include "session_settings.hpp"

#include <sql/session_settings.hpp>

#include <prodclone/pg/quote.hpp>

namespace prodclone::migrations {

SessionSettings::SessionSettings(pg::Driver& driver) {
  const auto rows = driver.run(sql::session_settings);
  for (std::size_t row = 0; row < rows.rows(); ++row)
    settings_.emplace_back(rows.text(row, "name"), rows.text(row, "setting"));
  role_ = driver.run("SHOW role").text(0, "role");
}

void SessionSettings::restore(pg::Driver& driver) const {
  driver.run("DISCARD ALL");
  for (const auto& [name, value] : settings_)
    driver.run("SELECT pg_catalog.set_config(" + pg::quote_literal(name) + ", " + pg::quote_literal(value) +
               ", false)");
  if (role_ != "none") driver.run("SET ROLE " + pg::quote_identifier(role_));
}

}  // namespace prodclone::migrations
