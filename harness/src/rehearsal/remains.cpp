#include <prodclone/rehearsal/remains.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include <prodclone/base/error.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/pg/session.hpp>

#include <sql/remains_constraints.hpp>
#include <sql/remains_event_triggers.hpp>
#include <sql/remains_indexes.hpp>
#include <sql/remains_matviews.hpp>
#include <sql/remains_may_read_server_settings.hpp>
#include <sql/remains_names.hpp>
#include <sql/remains_relations.hpp>
#include <sql/remains_sequences.hpp>
#include <sql/remains_server_settings.hpp>
#include <sql/remains_settings.hpp>
#include <sql/remains_triggers.hpp>

namespace prodclone::rehearsal {

namespace {

// Each query gives those of a Remain's columns that it has.
void add(Remains& to, const pg::Result& rows) {
  const auto& columns = rows.columns();
  const auto has = [&](std::string_view name) { return std::find(columns.begin(), columns.end(), name) != columns.end(); };
  const bool state = has("state"), table = has("on_table"), from = has("made_from"), size = has("size"), remedy = has("remedy");
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    Remain item{.kind = rows.text(row, "kind"), .object = rows.text(row, "object"), .identity = rows.text(row, "identity"), .place = rows.text(row, "place")};
    if (state) item.state = rows.text(row, "state");
    if (table) item.on_table = rows.text(row, "on_table");
    if (from && !rows.is_null(row, "made_from")) item.made_from = rows.texts(row, "made_from");
    if (size) item.size.count = rows.integer(row, "size");
    if (remedy) item.remedy = rows.text(row, "remedy");
    to.items.push_back(std::move(item));
  }
}

Remain unseen(std::string kind, std::string object, std::string identity, std::string what) {
  return {.kind = std::move(kind), .object = std::move(object), .identity = identity, .place = std::move(identity), .state = std::move(what)};
}

void look_at_relations(pg::Session& session, Remains& remains) {
  const auto rows = session.query(sql::remains_relations);
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    const auto& oid = rows.text(row, "identity");
    const auto& name = rows.text(row, "object");
    remains.relations[oid] = name;
    // The server analyses no partitioned table by itself, and an empty one has nothing to say.
    if (rows.boolean(row, "partitioned") || rows.integer(row, "size") == 0) continue;
    if (!rows.boolean(row, "readable")) {
      remains.items.push_back(unseen("unseen_statistics", name, oid, "the statistics of its columns"));
      continue;
    }
    for (const auto& attribute : rows.texts(row, "analysed")) remains.analysed.push_back(oid + '/' + attribute);
    const auto missing = rows.texts(row, "unanalysed");
    for (const auto& attribute : missing) remains.unanalysed.push_back(oid + '/' + attribute);
    if (missing.empty()) continue;
    remains.items.push_back({.kind = "unanalysed", .object = name, .identity = oid, .place = oid, .state = joined(missing, ","),
                             .made_from = rows.texts(row, "unanalysed_names"), .size = {rows.integer(row, "size")},
                             .rows = rows.integer(row, "rows"), .remedy = fmt::format("ANALYZE {};", name)});
  }
  std::sort(remains.analysed.begin(), remains.analysed.end());
  std::sort(remains.unanalysed.begin(), remains.unanalysed.end());
}

void look_at_sequences(pg::Session& session, Remains& remains) {
  const auto rows = session.query(sql::remains_sequences);
  std::string statement;
  std::map<std::string, std::size_t> asked;
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    const auto key = rows.text(row, "identity") + '/' + rows.text(row, "place");
    if (!rows.boolean(row, "readable")) {
      remains.items.push_back(unseen("unseen_sequence", rows.text(row, "object"), key, "where it stands beside " + rows.text(row, "state")));
      continue;
    }
    if (rows.boolean(row, "cycles")) continue;  // it comes round by design
    statement += (statement.empty() ? "" : "\nUNION ALL ") + rows.text(row, "look");
    asked[key] = row;
  }
  if (statement.empty()) return;
  const auto standing = session.query(statement);
  for (std::size_t i = 0; i < standing.rows(); ++i) {
    const auto& key = standing.text(i, "place");
    const auto row = asked.at(key);
    if (standing.is_null(i, "ahead") || standing.integer(i, "ahead") < 0) continue;
    remains.items.push_back({.kind = "sequence_behind", .object = rows.text(row, "object"), .identity = key, .place = rows.text(row, "place"),
                             .state = rows.text(row, "state"), .on_table = rows.text(row, "on_table"), .behind = standing.integer(i, "ahead") + 1,
                             .remedy = rows.text(row, "remedy")});
  }
}

}  // namespace

Remains look_at_remains(pg::Session& session) {
  Remains remains;
  doing("looking for leftovers in database " + session.conninfo().database, [&] {
    session.in_snapshot([&] {
      session.execute("SET LOCAL search_path = pg_catalog; SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = 0; SET LOCAL jit = off");
      for (const auto query : {sql::remains_indexes, sql::remains_constraints, sql::remains_triggers, sql::remains_names,
                               sql::remains_matviews, sql::remains_event_triggers, sql::remains_settings})
        add(remains, session.query(query));
      if (session.query(sql::remains_may_read_server_settings).boolean(0, "may")) add(remains, session.query(sql::remains_server_settings));
      look_at_relations(session, remains);
      look_at_sequences(session, remains);
    });
  });
  return remains;
}

}  // namespace prodclone::rehearsal
