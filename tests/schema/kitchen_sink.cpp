#include "kitchen_sink.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include <prodclone/base/files.hpp>
#include <prodclone/base/hash.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/pg/quote.hpp>

namespace prodclone::schema {

void KitchenSink::pour(const std::string& file) {
  int from = 13;
  std::string part;
  const auto finish = [&] {
    if (from <= level_) session_.execute("SET search_path = app;" + part);
    part.clear();
  };
  constexpr std::string_view marker = "-- from ";
  for (const auto& line : lines_of(read_file(file))) {
    if (line.starts_with(marker)) {
      finish();
      from = std::stoi(line.substr(marker.size()));
    }
    part += line + '\n';
    if (line.starts_with("CREATE SUBSCRIPTION ")) subscription_ = line;
  }
  finish();
}

KitchenSink::KitchenSink(int level) : level_(std::min(level, session_.server_major())) {
  session_.execute("SET client_min_messages = error");
  pour(PRODCLONE_KITCHEN_SINK);
  if (session_.server_major() < 15) return;  // a table space needs a folder of the server's before
  table_space_ = "sink_space_" + random_hex(8);
  session_.execute("SET allow_in_place_tablespaces = on");
  session_.execute("CREATE TABLESPACE " + table_space_ + " LOCATION ''");
}

KitchenSink::~KitchenSink() {
  try {
    session_.execute("ROLLBACK");
    drop_subscriptions(session_);
    if (!table_space_.empty()) session_.execute("DROP TABLESPACE " + table_space_);
  } catch (const std::exception& error) {
    fmt::print(stderr, "The kitchen sink is not quite gone: {}\n", error.what());
  }
}

std::string KitchenSink::script(std::string ddl) const {
  return "SET search_path = app; SET allow_system_table_mods = on; " +
         replaced(std::move(ddl), "sink_space", table_space_);
}

KitchenSinkCopy::KitchenSinkCopy(KitchenSink& sink)
    : conninfo_(sink.database_.conninfo().with_database("selftest_" + random_hex(12))) {
  sink.session_ = pg::Session(selftest::server());
  sink.session_.execute(fmt::format("CREATE DATABASE {} TEMPLATE {}", pg::quote_identifier(conninfo_.database),
                                    pg::quote_identifier(sink.database_.conninfo().database)));
  sink.session_ = pg::Session(sink.database_.conninfo());
  session_.emplace(conninfo_);
  session_->execute("SET client_min_messages = error; " + sink.subscription_);
}

KitchenSinkCopy::~KitchenSinkCopy() {
  try {
    drop_subscriptions(*session_);
    session_.reset();
    pg::Session(selftest::server()).execute("DROP DATABASE " + pg::quote_identifier(conninfo_.database));
  } catch (const std::exception& error) {
    fmt::print(stderr, "The copy {} stays: {}\n", conninfo_.database, error.what());
  }
}

void drop_subscriptions(pg::Session& session) {
  const auto names = session.query(
      "SELECT subname FROM pg_catalog.pg_subscription WHERE subdbid = "
      "(SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())");
  for (std::size_t row = 0; row < names.rows(); ++row) {
    const auto name = pg::quote_identifier(names.text(row, "subname"));
    session.execute(
        fmt::format("ALTER SUBSCRIPTION {0} DISABLE; ALTER SUBSCRIPTION {0} SET (slot_name = NONE); "
                    "DROP SUBSCRIPTION {0}",
                    name));
  }
}

}  // namespace prodclone::schema
