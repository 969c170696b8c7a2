#include <prodclone/rehearsal/live_locks.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include <prodclone/base/text.hpp>
#include <prodclone/pg/session.hpp>

#include <sql/blocking_tree.hpp>
#include <sql/long_transactions.hpp>
#include <sql/prepared_locks.hpp>
#include <sql/sees_other_sessions.hpp>

namespace prodclone::rehearsal {

namespace {

// jit: compiling the blocking tree takes a second, running it a few milliseconds.
constexpr std::string_view quiet_session =
    "SET default_transaction_read_only = on; SET lock_timeout = '200ms'; SET statement_timeout = '5s'; SET jit = off; "
    "SET search_path = pg_catalog; SET application_name = 'prodclone live locks'";

Duration us(const pg::Result& result, std::size_t row, std::string_view column) { return Duration(result.integer(row, column)); }

std::vector<LiveLock> locks_in(const pg::Result& result, std::size_t row) {
  std::vector<LiveLock> locks;
  for (const auto& text : result.texts(row, "locks")) {
    const auto space = text.rfind(' ');
    if (const auto mode = lock_mode_from(std::string_view(text).substr(space + 1))) locks.push_back({text.substr(0, space), *mode});
  }
  return locks;
}

}  // namespace

std::string without_constants(std::string_view query) {
  std::string out;
  const auto word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || static_cast<unsigned char>(c) >= 0x80; };
  for (std::size_t i = 0; i < query.size();) {
    const char c = query[i];
    if (c == '\'') {
      // A query cut short by the server may end inside a string.
      const bool escapes = i > 0 && (query[i - 1] == 'E' || query[i - 1] == 'e');
      for (++i; i < query.size(); ++i) {
        if (escapes && query[i] == '\\') ++i;
        else if (query[i] == '\'' && (i + 1 >= query.size() || query[i + 1] != '\'')) break;
        else if (query[i] == '\'') ++i;
      }
      ++i;
      out += '?';
    } else if (c == '"') {
      const auto end = std::min(query.find('"', i + 1), query.size() - 1);
      out += query.substr(i, end - i + 1);
      i = end + 1;
    } else if (c == '$' && (out.empty() || !word(out.back()))) {
      const auto tag_end = query.find('$', i + 1);
      const auto tag = tag_end == std::string_view::npos ? std::string_view() : query.substr(i, tag_end - i + 1);
      const bool is_tag = !tag.empty() && std::all_of(tag.begin() + 1, tag.end() - 1, word) && !(tag.size() > 2 && std::isdigit(static_cast<unsigned char>(tag[1])) != 0);
      if (!is_tag) {
        out += c;
        ++i;
        while (i < query.size() && word(query[i])) out += query[i++];
        continue;
      }
      const auto close = query.find(tag, tag_end + 1);
      i = close == std::string_view::npos ? query.size() : close + tag.size();
      out += '?';
    } else if (query.substr(i, 2) == "--") {
      i = std::min(query.find('\n', i), query.size());
    } else if (query.substr(i, 2) == "/*") {
      const auto end = query.find("*/", i);
      i = end == std::string_view::npos ? query.size() : end + 2;
    } else if (std::isdigit(static_cast<unsigned char>(c)) != 0 && (out.empty() || !word(out.back()))) {
      while (i < query.size() && (word(query[i]) || query[i] == '.')) ++i;
      out += '?';
    } else {
      out += c;
      ++i;
    }
  }
  return out;
}

LiveLocks look_at_live_locks(const pg::ConnInfo& database, const LiveLockOptions& options) {
  pg::Session session(database);
  session.execute(quiet_session);
  return look_at_live_locks(session, options);
}

LiveLocks look_at_live_locks(pg::Session& session, const LiveLockOptions& options) {
  LiveLocks live{.database = session.conninfo().database};
  const auto wanted = pg::array_literal(options.relations);

  const auto rights = session.query(sql::sees_other_sessions);
  if (!rights.boolean(0, "sees_all") && rights.integer(0, "hidden") > 0)
    live.not_measured.push_back(fmt::format("the transactions of {} of other users: this role may not see them (pg_read_all_stats would)",
                                            counted(rights.integer(0, "hidden"), "session")));

  const auto sessions = session.query(sql::long_transactions, {std::to_string(options.longer_than.count()), wanted});
  for (std::size_t row = 0; row < sessions.rows(); ++row)
    live.long_transactions.push_back({.pid = static_cast<int>(sessions.integer(row, "pid")),
                                      .user = sessions.text(row, "usename"),
                                      .application = sessions.text(row, "application_name"),
                                      .backend_type = sessions.text(row, "backend_type"),
                                      .state = sessions.text(row, "state"),
                                      .wait = sessions.text(row, "wait"),
                                      .since = sessions.text(row, "since"),
                                      .hidden = sessions.boolean(row, "hidden"),
                                      .transaction_age = us(sessions, row, "age_us"),
                                      .in_state = us(sessions, row, "in_state_us"),
                                      .snapshot_age = sessions.integer(row, "snapshot_age"),
                                      .query = sessions.boolean(row, "hidden") ? "" : without_constants(sessions.text(row, "query")),
                                      .locks = locks_in(sessions, row)});

  const auto tree = session.query(sql::blocking_tree, {wanted});
  for (std::size_t row = 0; row < tree.rows(); ++row) {
    WaitingSession waiting{.pid = static_cast<int>(tree.integer(row, "pid")),
                           .depth = static_cast<int>(tree.integer(row, "depth")),
                           .user = tree.text(row, "usename"),
                           .application = tree.text(row, "application_name"),
                           .state = tree.text(row, "state"),
                           .database = tree.text(row, "datname"),
                           .since = tree.text(row, "since"),
                           .waits_for = tree.text(row, "what"),
                           .query = tree.boolean(row, "hidden") ? "" : without_constants(tree.text(row, "query")),
                           .locks = locks_in(tree, row)};
    if (waiting.depth > 0) waiting.waiting = us(tree, row, "waiting_us");
    for (const auto& pid : tree.texts(row, "path")) waiting.path.push_back(std::stoi(pid));
    live.waiting.push_back(std::move(waiting));
  }

  const auto prepared = session.query(sql::prepared_locks, {wanted});
  for (std::size_t row = 0; row < prepared.rows(); ++row)
    live.prepared.push_back({.gid = prepared.text(row, "gid"),
                             .owner = prepared.text(row, "owner_name"),
                             .database = prepared.text(row, "database"),
                             .since = prepared.text(row, "since"),
                             .age = us(prepared, row, "age_us"),
                             .locks = locks_in(prepared, row)});
  return live;
}

}  // namespace prodclone::rehearsal
