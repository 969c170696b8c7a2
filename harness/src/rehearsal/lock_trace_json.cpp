#include <prodclone/rehearsal/lock_trace_json.hpp>

#include "trace_json.hpp"

namespace prodclone::rehearsal {

namespace {

constexpr std::string_view trace_schema = "prodclone/trace/1";

constexpr auto lock = [](auto& io, auto& v) {
  io.plain("relation", v.relation), io.plain("name_then", v.name_then), io.plain("kind", v.kind);
  io.plain("table", v.table), io.mode("mode", v.mode), io.plain("pre_existing", v.pre_existing);
  io.plain("named", v.named), io.bytes("size_bytes", v.size), io.plain("rows", v.rows);
  io.ms("held_ms", v.held), io.ms("needed_ms", v.needed), io.exactness("exactness", v.exactness);
};

constexpr auto rewrite = [](auto& io, auto& v) {
  io.plain("relation", v.relation), io.plain("kind", v.kind), io.plain("reason", v.reason);
  io.plain("pre_existing", v.pre_existing), io.bytes("size_bytes", v.size);
  io.bytes("size_after_bytes", v.size_after), io.plain("rows", v.rows);
};

constexpr auto scan = [](auto& io, auto& v) {
  io.plain("relation", v.relation), io.plain("purpose", v.purpose), io.plain("object", v.object);
  io.plain("function", v.function), io.plain("said", v.said), io.plain("pre_existing", v.pre_existing);
  io.mode("under", v.under), io.bytes("size_bytes", v.size), io.plain("rows", v.rows);
};

constexpr auto row_changes = [](auto& io, auto& v) {
  io.plain("relation", v.relation), io.plain("scans", v.scans), io.plain("read", v.read);
  io.plain("inserted", v.inserted), io.plain("updated", v.updated), io.plain("deleted", v.deleted);
};

constexpr auto statement = [](auto& io, auto& v) {
  io.plain("file", v.file), io.plain("line", v.line), io.plain("text", v.text), io.plain("command", v.command);
  io.plain("bookkeeping", v.bookkeeping), io.plain("autocommit", v.autocommit);
  io.ms("started_ms", v.started), io.ms("took_ms", v.took), io.plain("affected_rows", v.affected_rows);
  io.plain("error_sqlstate", v.error_sqlstate), io.plain("error", v.error);
  io.ms("lock_timeout_ms", v.lock_timeout), io.ms("statement_timeout_ms", v.statement_timeout);
  io.ms("deadlock_timeout_ms", v.deadlock_timeout);
  io.list("locks", v.locks, lock), io.list("rewrites", v.rewrites, rewrite), io.list("scans", v.scans, scan);
  io.plain("scans_skipped", v.scans_skipped), io.list("rows", v.rows, row_changes);
  io.bytes("wal_bytes", v.wal), io.bytes("temp_bytes", v.temp), io.plain("not_measured", v.not_measured);
};

constexpr auto transaction = [](auto& io, auto& v) {
  io.plain("first_statement", v.first_statement), io.plain("last_statement", v.last_statement);
  io.ms("began_ms", v.began), io.ms("ended_ms", v.ended), io.plain("committed", v.committed);
};

constexpr auto migration = [](auto& io, auto& v) {
  io.plain("id", v.id), io.plain("name", v.name), io.plain("succeeded", v.succeeded);
  io.list("statements", v.statements, statement), io.list("transactions", v.transactions, transaction);
  io.bytes("wal_bytes", v.wal), io.bytes("temp_bytes", v.temp);
};

constexpr auto whole = [](auto& io, auto& v) {
  io.object("server", v.server, server_facts), io.plain("database", v.database);
  io.bytes("database_size_bytes", v.database_size), io.list("migrations", v.migrations, migration);
  io.plain("not_measured", v.not_measured);
};

}  // namespace

std::string to_json(const LockTrace& trace) { return written(trace_schema, trace, whole); }

LockTrace lock_trace_from_json(std::string_view text) { return read_back<LockTrace>("lock trace", trace_schema, text, whole); }

}  // namespace prodclone::rehearsal
