#include <prodclone/rehearsal/lock_trace_json.hpp>

#include <nlohmann/json.hpp>

#include <cmath>

#include <prodclone/base/error.hpp>

namespace prodclone::rehearsal {

namespace {

using Json = nlohmann::ordered_json;
constexpr std::string_view trace_schema = "prodclone/trace/1";

// One description of each value serves both directions, so that reading and writing cannot drift apart.
class Writer {
 public:
  explicit Writer(Json& to) : json_(to) {}
  template <typename T> void plain(const char* key, const T& value) { json_[key] = value; }
  void bytes(const char* key, Bytes value) { json_[key] = value.count; }
  void ms(const char* key, Duration value) { json_[key] = static_cast<double>(value.count()) / 1000.0; }
  void bytes(const char* key, const std::optional<Bytes>& value) { value ? bytes(key, *value) : null(key); }
  void ms(const char* key, const std::optional<Duration>& value) { value ? ms(key, *value) : null(key); }
  void mode(const char* key, LockMode value) { json_[key] = std::string(to_string(value)); }
  void mode(const char* key, const std::optional<LockMode>& value) { value ? mode(key, *value) : null(key); }
  void exactness(const char* key, Exactness value) { json_[key] = value == Exactness::exact ? "exact" : "sampled"; }
  template <typename T, typename Each> void list(const char* key, const std::vector<T>& values, Each each) {
    auto& array = json_[key] = Json::array();
    for (const auto& value : values) {
      Json item = Json::object();
      Writer writer(item);
      each(writer, value);
      array.push_back(std::move(item));
    }
  }
  template <typename T, typename Each> void object(const char* key, const T& value, Each each) {
    Json item = Json::object();
    Writer writer(item);
    each(writer, value);
    json_[key] = std::move(item);
  }

 private:
  void null(const char* key) { json_[key] = nullptr; }
  Json& json_;
};

class Reader {
 public:
  explicit Reader(const Json& from) : json_(from) {}
  template <typename T> void plain(const char* key, T& value) { json_.at(key).get_to(value); }
  void bytes(const char* key, Bytes& value) { json_.at(key).get_to(value.count); }
  void ms(const char* key, Duration& value) { value = Duration(std::llround(json_.at(key).get<double>() * 1000.0)); }
  void bytes(const char* key, std::optional<Bytes>& value) { optional(key, value, [&](Bytes& into) { bytes(key, into); }); }
  void ms(const char* key, std::optional<Duration>& value) { optional(key, value, [&](Duration& into) { ms(key, into); }); }
  void mode(const char* key, LockMode& value) {
    const auto name = json_.at(key).get<std::string>();
    const auto mode = lock_mode_from(name);
    if (!mode) throw Error(Failure::could_not_check, "The trace has an unknown lock mode: " + name + ".");
    value = *mode;
  }
  void mode(const char* key, std::optional<LockMode>& value) { optional(key, value, [&](LockMode& into) { mode(key, into); }); }
  void exactness(const char* key, Exactness& value) {
    value = json_.at(key).get<std::string>() == "exact" ? Exactness::exact : Exactness::sampled;
  }
  template <typename T, typename Each> void list(const char* key, std::vector<T>& values, Each each) {
    for (const auto& item : json_.at(key)) {
      Reader reader(item);
      each(reader, values.emplace_back());
    }
  }
  template <typename T, typename Each> void object(const char* key, T& value, Each each) {
    Reader reader(json_.at(key));
    each(reader, value);
  }

 private:
  template <typename T, typename Read> void optional(const char* key, std::optional<T>& value, Read read) {
    if (json_.at(key).is_null()) value.reset();
    else read(value.emplace());
  }
  const Json& json_;
};

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

constexpr auto server = [](auto& io, auto& v) {
  io.plain("version", v.version), io.plain("wal_level", v.wal_level), io.plain("fsync", v.fsync);
  io.bytes("shared_buffers_bytes", v.shared_buffers), io.bytes("maintenance_work_mem_bytes", v.maintenance_work_mem);
  io.plain("max_parallel_maintenance_workers", v.max_parallel_maintenance_workers);
  io.ms("deadlock_timeout_ms", v.deadlock_timeout), io.plain("time_zone", v.time_zone), io.plain("cores", v.cores);
};

constexpr auto whole = [](auto& io, auto& v) {
  io.object("server", v.server, server), io.plain("database", v.database);
  io.bytes("database_size_bytes", v.database_size), io.list("migrations", v.migrations, migration);
  io.plain("not_measured", v.not_measured);
};

}  // namespace

std::string to_json(const LockTrace& trace) {
  Json json;
  json["schema"] = std::string(trace_schema);
  Writer writer(json);
  whole(writer, trace);
  // Statement texts come from files of any encoding; the record must be valid JSON all the same.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

LockTrace lock_trace_from_json(std::string_view text) {
  try {
    const auto json = Json::parse(text);
    const auto found = json.at("schema").get<std::string>();
    if (found != trace_schema)
      throw Error(Failure::could_not_check, "This is not a lock trace that this version reads: " + found + ".",
                  "Rehearse again to make a new record.");
    LockTrace trace;
    Reader reader(json);
    whole(reader, trace);
    return trace;
  } catch (const Json::exception& error) {
    throw Error(Failure::could_not_check, std::string("The lock trace cannot be read: ") + error.what() + ".",
                "Rehearse again to make a new record.");
  }
}

}  // namespace prodclone::rehearsal
