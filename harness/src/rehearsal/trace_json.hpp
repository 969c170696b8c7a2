// What the JSON forms of the traces share: how their values are written and read back.
#pragma once

#include <nlohmann/json.hpp>

#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <prodclone/base/error.hpp>
#include <prodclone/rehearsal/lock_trace.hpp>

namespace prodclone::rehearsal {

using Json = nlohmann::ordered_json;

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
  template <typename Word> void word(const char* key, Word value) { json_[key] = std::string(to_string(value)); }
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
  template <typename T, typename Each> void object(const char* key, const std::optional<T>& value, Each each) {
    value ? object(key, *value, each) : null(key);
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
  // An enumeration whose values count from 0 and are told apart by to_string.
  template <typename Word> void word(const char* key, Word& value) {
    const auto name = json_.at(key).get<std::string>();
    for (int i = 0; i < 16; ++i)
      if (to_string(value = static_cast<Word>(i)) == name) return;
    throw Error(Failure::could_not_check, "The trace has an unknown word: " + name + ".");
  }
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
  template <typename T, typename Each> void object(const char* key, std::optional<T>& value, Each each) {
    optional(key, value, [&](T& into) { object(key, into, each); });
  }

 private:
  template <typename T, typename Read> void optional(const char* key, std::optional<T>& value, Read read) {
    if (json_.at(key).is_null()) value.reset();
    else read(value.emplace());
  }
  const Json& json_;
};

constexpr auto server_facts = [](auto& io, auto& v) {
  io.plain("version", v.version), io.plain("wal_level", v.wal_level), io.plain("fsync", v.fsync);
  io.bytes("shared_buffers_bytes", v.shared_buffers), io.bytes("maintenance_work_mem_bytes", v.maintenance_work_mem);
  io.plain("max_parallel_maintenance_workers", v.max_parallel_maintenance_workers);
  io.ms("deadlock_timeout_ms", v.deadlock_timeout), io.plain("time_zone", v.time_zone), io.plain("cores", v.cores);
};

template <typename Trace, typename Whole> std::string written(std::string_view schema, const Trace& trace, Whole whole) {
  Json json;
  json["schema"] = std::string(schema);
  Writer writer(json);
  whole(writer, trace);
  // Statement texts come from files of any encoding; the record must be valid JSON all the same.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

template <typename Trace, typename Whole>
Trace read_back(const std::string& what, std::string_view schema, std::string_view text, Whole whole) {
  try {
    const auto json = Json::parse(text);
    const auto found = json.at("schema").template get<std::string>();
    if (found != schema)
      throw Error(Failure::could_not_check, "This is not a " + what + " that this version reads: " + found + ".",
                  "Rehearse again to make a new record.");
    Trace trace;
    Reader reader(json);
    whole(reader, trace);
    return trace;
  } catch (const Json::exception& error) {
    throw Error(Failure::could_not_check, "The " + what + " cannot be read: " + error.what() + ".",
                "Rehearse again to make a new record.");
  }
}

}  // namespace prodclone::rehearsal
