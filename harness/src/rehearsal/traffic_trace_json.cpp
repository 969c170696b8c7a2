#include <prodclone/rehearsal/traffic_trace_json.hpp>

#include "trace_json.hpp"

namespace prodclone::rehearsal {

namespace {

constexpr std::string_view traffic_schema = "prodclone/traffic/1";

constexpr auto window = [](auto& io, auto& v) {
  io.ms("from_ms", v.from), io.ms("until_ms", v.until), io.plain("migration", v.migration), io.plain("file", v.file);
  io.plain("line", v.line), io.plain("text", v.text), io.plain("through", v.through);
};

constexpr auto waits = [](auto& io, auto& v) {
  io.plain("asked", v.asked), io.ms("usual_ms", v.usual), io.ms("longest_ms", v.longest), io.ms("total_ms", v.total);
  io.ms("stalled_ms", v.stalled);
};

constexpr auto blocking = [](auto& io, auto& v) {
  io.ms("longest_ms", v.longest), io.ms("total_ms", v.total), io.list("windows", v.windows, window);
  io.object("probe", v.probe, waits), io.ms("computed_ms", v.computed), io.plain("trustworthy", v.trustworthy);
};

constexpr auto row_locks = [](auto& io, auto& v) {
  io.plain("sampled", v.sampled), io.plain("largest_share", v.largest_share), io.ms("longest_ms", v.longest);
  io.bytes("wal_bytes", v.wal);
};

constexpr auto table = [](auto& io, auto& v) {
  io.plain("table", v.table), io.bytes("size_bytes", v.size), io.plain("rows", v.rows);
  io.object("reads", v.reads, blocking), io.object("writes", v.writes, blocking), io.object("row_locks", v.row_locks, row_locks);
};

constexpr auto stale_plan = [](auto& io, auto& v) {
  io.plain("table", v.table), io.plain("statement", v.statement), io.plain("sqlstate", v.sqlstate);
  io.plain("message", v.message), io.plain("migration", v.migration);
};

constexpr auto unmeasured = [](auto& io, auto& v) { io.plain("what", v.what), io.plain("reason", v.reason); };

constexpr auto whole = [](auto& io, auto& v) {
  io.object("server", v.server, server_facts), io.plain("database", v.database);
  io.plain("statements_known", v.statements_known), io.ms("took_ms", v.took), io.plain("looks", v.looks);
  io.ms("longest_gap_ms", v.longest_gap), io.list("tables", v.tables, table), io.plain("prepared", v.prepared);
  io.list("stale_plans", v.stale_plans, stale_plan), io.list("not_measured", v.not_measured, unmeasured);
};

}  // namespace

std::string to_json(const TrafficTrace& trace) { return written(traffic_schema, trace, whole); }

TrafficTrace traffic_trace_from_json(std::string_view text) {
  return read_back<TrafficTrace>("traffic trace", traffic_schema, text, whole);
}

}  // namespace prodclone::rehearsal
