#include <fmt/format.h>

#include <optional>

#include <prodclone/base/error.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/dump/source.hpp>
#include <prodclone/pg/session.hpp>
#include <sql/source_look.hpp>
#include <sql/source_transactions.hpp>

#include "source_tables.hpp"

namespace prodclone::dump {

namespace {

class Live final : public Source {
 public:
  explicit Live(LiveSource source) : source_(std::move(source)) {}

  SourceLook look() override {
    SourceLook look;
    auto session = chosen(look);
    const auto facts = session.query(sql::source_look);
    look.server = pg::masked(session.conninfo());
    look.version = facts.text(0, "version");
    look.major = session.server_major();
    look.standby = facts.boolean(0, "standby");
    const auto tables = source_tables(session, source_.exclude_data);
    for (const auto& table : tables)
      if (!table.excluded) look.size = look.size + table.bytes;
    tell_of_transactions(session, facts.boolean(0, "sees_all"), look);
    if (look.standby && !facts.boolean(0, "standby_feedback") && facts.text(0, "standby_delay") != "-1")
      look.warnings.push_back(fmt::format("The standby ends queries that stand in the way of replay for {} (max_standby_streaming_delay), and hot_standby_feedback "
                                          "is off: a long dump may be cut off.", facts.text(0, "standby_delay")));
    if (!look.standby) {
      const auto& standbys = facts.text(0, "standbys");
      look.warnings.push_back(fmt::format("{} is no standby: the dump keeps one transaction open on it until it is done ({} to read), and vacuum cannot clean "
                                          "up what changes meanwhile. {}", look.server, prodclone::to_string(look.size),
                                          standbys.empty() ? "A replica can be named in replica_url_env."
                                                           : fmt::format("It has a standby that could be dumped instead ({}): name it in replica_url_env.", standbys)));
    }
    std::vector<std::string> unlogged;
    for (const auto& table : tables)
      if (table.not_replicated) unlogged.push_back(table.qualified());
    if (!unlogged.empty())
      look.warnings.push_back(fmt::format("A standby has no rows of unlogged tables, so the dump has none: {}. They count as left out (exclude_data).", some_of(unlogged)));
    for (auto& sentence : keys_cut_by(session, tables)) look.warnings.push_back(std::move(sentence));
    return look;
  }

  StoredDump take(const DumpStore& store, const TakeOptions& given) override {
    if (!chosen_) look();
    auto options = given;
    options.exclude_data = source_.exclude_data;
    return take_dump(*chosen_, store, options);
  }

 private:
  void tell_of_transactions(pg::Session& session, bool sees_all, SourceLook& look) const {
    const auto rows = session.query(sql::source_transactions, {std::to_string(source_.long_transaction.count())});
    for (std::size_t row = 0; row < rows.rows(); ++row) {
      const auto who = fmt::format("pid {}{}{}{}", rows.integer(row, "pid"), rows.text(row, "who").empty() ? "" : ", " + rows.text(row, "who"),
                                   rows.text(row, "application").empty() ? "" : ", " + rows.text(row, "application"),
                                   rows.text(row, "state").empty() ? "" : ", " + rows.text(row, "state"));
      if (rows.text(row, "what") == "transaction")
        look.warnings.push_back(fmt::format("A transaction has been open on the source for {} ({}).",
                                            prodclone::to_string(std::chrono::seconds(rows.integer(row, "seconds"))), who));
      else
        look.warnings.push_back(fmt::format("{} is locked exclusively ({}): the dump waits for it, for a minute at most.", rows.text(row, "relation"), who));
    }
    if (!sees_all)
      look.warnings.push_back(fmt::format("\"{}\" may not see others' transactions on the source, so long ones are not told of (GRANT pg_monitor lets it).",
                                          session.conninfo().user));
  }

  static bool is_standby(pg::Session& session) {
    return session.query("SELECT pg_catalog.pg_is_in_recovery() AS standby").boolean(0, "standby");
  }

  // The server to read from; remembered, so that what was looked at is what is dumped.
  pg::Session chosen(SourceLook& look) {
    const auto remember = [&](pg::Session session) {
      chosen_ = session.conninfo();
      return session;
    };
    std::optional<Error> last;
    const auto opened = [&](const pg::ConnInfo& host) -> std::optional<pg::Session> {
      try {
        pg::Session session(without_attrs(host));
        session.execute("SET lock_timeout = '10s'");
        return session;
      } catch (const Error& error) {
        last = error;
        look.warnings.push_back(error.what_failed());
        return std::nullopt;
      }
    };
    for (const auto& replica : source_.replicas)
      if (auto session = opened(replica)) {
        if (!is_standby(*session)) look.warnings.push_back(fmt::format("{} was named as a replica and is none.", pg::masked(replica)));
        return remember(*std::move(session));
      }
    const auto wanted = attrs();
    std::optional<pg::Session> second_best;
    for (const auto& host : source_.hosts) {
      auto session = opened(host);
      if (!session) continue;
      if (wanted == "any") return remember(*std::move(session));
      const bool standby = is_standby(*session), wants_standby = wanted != "primary" && wanted != "read-write";
      if (standby == wants_standby) return remember(*std::move(session));
      if (wanted == "prefer-standby" && !second_best) second_best = std::move(session);
    }
    if (second_best) return remember(*std::move(second_best));
    if (last) throw *last;
    throw Error(Failure::could_not_check, fmt::format("None of the source's servers is what target_session_attrs={} asks for.", wanted),
                "Name another host, or use target_session_attrs=prefer-standby.");
  }

  std::string attrs() const {
    for (const auto& host : source_.hosts)
      if (const auto found = host.options.find("target_session_attrs"); found != host.options.end()) return found->second;
    return source_.hosts.size() > 1 ? "prefer-standby" : "any";
  }

  // One host at a time is asked, by us.
  static pg::ConnInfo without_attrs(pg::ConnInfo host) {
    host.options.erase("target_session_attrs");
    return host;
  }

  LiveSource source_;
  std::optional<pg::ConnInfo> chosen_;
};

}  // namespace

std::unique_ptr<Source> live_source(LiveSource source) { return std::make_unique<Live>(std::move(source)); }

}  // namespace prodclone::dump
