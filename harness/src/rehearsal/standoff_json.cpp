#include <prodclone/rehearsal/standoff.hpp>

#include "trace_json.hpp"

namespace prodclone::rehearsal {

namespace {

constexpr std::string_view adversary_schema = "prodclone/adversary/1";

constexpr auto attempt = [](auto& io, auto& v) {
  io.plain("succeeded", v.succeeded), io.plain("sqlstate", v.sqlstate), io.plain("error", v.error), io.ms("took_ms", v.took);
};

constexpr auto held = [](auto& io, auto& v) { io.plain("relation", v.relation), io.mode("mode", v.mode); };

constexpr auto standoff = [](auto& io, auto& v) {
  io.plain("migration", v.migration), io.plain("name", v.name), io.plain("table", v.table), io.bytes("size_bytes", v.size), io.plain("rows", v.rows);
  io.word("holder", v.holder), io.plain("met", v.met), io.plain("waiting_statement", v.waiting_statement);
  io.list("attempts", v.attempts, attempt), io.ms("reads_blocked_ms", v.reads_blocked), io.ms("writes_blocked_ms", v.writes_blocked);
  io.list("held", v.held, held), io.word("left", v.left), io.object("second_run", v.second_run, attempt), io.word("left_then", v.left_then);
};

constexpr auto whole = [](auto& io, auto& v) { io.list("fought", v.fought, standoff), io.plain("not_rehearsed", v.not_rehearsed); };

}  // namespace

std::string_view to_string(Holder holder) { return holder == Holder::idle_reader ? "idle_reader" : "idle_writer"; }

std::string_view to_string(Left left) { return left == Left::as_migrated ? "as_migrated" : left == Left::unchanged ? "unchanged" : "partly"; }

std::string to_json(const Standoffs& standoffs) { return written(adversary_schema, standoffs, whole); }

Standoffs standoffs_from_json(std::string_view text) { return read_back<Standoffs>("record of who stood in the way", adversary_schema, text, whole); }

}  // namespace prodclone::rehearsal
