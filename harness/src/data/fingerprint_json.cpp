#include <prodclone/data/fingerprint_json.hpp>

#include <nlohmann/json.hpp>

namespace prodclone::data {

// clang-format off
NLOHMANN_JSON_SERIALIZE_ENUM(TypeClass, {{TypeClass::other, "other"}, {TypeClass::integer, "integer"}, {TypeClass::boolean, "boolean"}, {TypeClass::numeric, "numeric"},
  {TypeClass::floating, "floating"}, {TypeClass::date, "date"}, {TypeClass::timestamp, "timestamp"}, {TypeClass::timestamptz, "timestamptz"}, {TypeClass::uuid, "uuid"},
  {TypeClass::json, "json"}, {TypeClass::jsonb, "jsonb"}, {TypeClass::text, "text"}, {TypeClass::object, "object"}})
NLOHMANN_JSON_SERIALIZE_ENUM(Form, {{Form::text, "text"}, {Form::integer, "integer"}, {Form::numeric, "numeric"}, {Form::floating, "floating"}, {Form::moment, "moment"},
  {Form::uuid, "uuid"}, {Form::jsonb, "jsonb"}, {Form::lower_text, "lower_text"}})
NLOHMANN_JSON_SERIALIZE_ENUM(Kind, {{Kind::table, "table"}, {Kind::partitioned, "partitioned"}, {Kind::foreign, "foreign"}, {Kind::materialized_view, "materialized_view"}})
NLOHMANN_JSON_SERIALIZE_ENUM(ColumnFate, {{ColumnFate::kept, "kept"}, {ColumnFate::changed, "changed"}, {ColumnFate::gone, "gone"}, {ColumnFate::moved, "moved"}})
NLOHMANN_JSON_SERIALIZE_ENUM(RowFate, {{RowFate::lost, "lost"}, {RowFate::added, "added"}, {RowFate::changed, "changed"}})
NLOHMANN_JSON_SERIALIZE_ENUM(TableFate, {{TableFate::unknown, "unknown"}, {TableFate::kept, "kept"}, {TableFate::changed, "changed"}, {TableFate::gone, "gone"}})
// clang-format on

// To be bumped with every change of how values are hashed: old sums would differ from new ones.
constexpr const char* fingerprint_version = "prodclone/fingerprint/1";
constexpr const char* reconciliation_version = "prodclone/reconciliation/1";

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Column, number, name, type, type_class, generated, enum_type, enum_array)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Relation, oid, kind, name, root, extension, rows, pages, columns, keys)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Sequence, oid, name, used, descending, last_value)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(EnumLabel, oid, type, label)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Catalog, server_version, relations, sequences, labels, large_objects)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(RenamedLabel, now, before)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ReadColumn, name, type_class, form, enum_array, labels)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Reading, relations, key, keyed, columns)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ColumnSum, values, sum)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ColumnComparison, before, after, type_before, type_after, fate, values_before, values_after, moved_to)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ChangedColumn, name, rows)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(SequenceComparison, before, after, last_before, last_after)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(NotCompared, object, reason)

namespace {

template <typename Json>
Json json_of(const RowDifference& row) {
  Json key = Json::array();
  for (const auto& value : row.key) key.push_back(value ? Json(*value) : Json());
  return {{"fate", row.fate}, {"table", row.table}, {"ctid", row.ctid}, {"columns", row.columns}, {"key", key}};
}

RowDifference row_from(const nlohmann::json& json) {
  RowDifference row{.fate = json.at("fate"), .table = json.at("table"), .ctid = json.at("ctid"), .columns = json.at("columns")};
  for (const auto& value : json.at("key")) row.key.push_back(value.is_null() ? std::nullopt : std::optional(value.get<std::string>()));
  return row;
}

template <typename Value, typename Read>
std::optional<Value> read(const std::string& text, const char* version, const Read& read_all) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object() || json.value("schema", "") != version) return std::nullopt;
  try {
    return read_all(json);
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

}  // namespace

std::string to_json(const Fingerprint& fingerprint) {
  nlohmann::ordered_json json = {{"schema", fingerprint_version}, {"database", fingerprint.database}};
  json["catalog"] = nlohmann::json(fingerprint.catalog);
  json["tables"] = nlohmann::ordered_json::array();
  for (const auto& table : fingerprint.tables)
    json["tables"].push_back({{"oid", table.oid}, {"rows", table.rows}, {"keys", table.keys}, {"could_not_read", table.could_not_read},
                              {"took_us", table.took.count()}, {"reading", nlohmann::json(table.reading)}, {"columns", nlohmann::json(table.columns)}});
  return json.dump(1) + '\n';
}

std::optional<Fingerprint> fingerprint_from_json(const std::string& text) {
  return read<Fingerprint>(text, fingerprint_version, [](const nlohmann::json& json) {
    Fingerprint fingerprint{.database = json.at("database"), .catalog = json.at("catalog").get<Catalog>()};
    for (const auto& table : json.at("tables"))
      fingerprint.tables.push_back({.oid = table.at("oid"), .reading = table.at("reading").get<Reading>(), .rows = table.at("rows"), .keys = table.at("keys"),
                                    .columns = table.at("columns").get<std::vector<ColumnSum>>(), .could_not_read = table.at("could_not_read"),
                                    .took = std::chrono::microseconds(table.at("took_us").get<std::int64_t>())});
    return fingerprint;
  });
}

std::string to_json(const Reconciliation& reconciliation) {
  using Json = nlohmann::ordered_json;
  Json json = {{"schema", reconciliation_version}, {"before", reconciliation.before}, {"after", reconciliation.after}, {"tables", Json::array()}};
  for (const auto& table : reconciliation.tables) {
    Json one = {{"before", table.before}, {"after", table.after}, {"fate", table.fate}, {"by_name", table.by_name}, {"rows_before", table.rows_before},
                {"rows_after", table.rows_after}, {"same_keys", table.same_keys}, {"keyed", table.keyed}, {"key", table.key},
                {"could_not_compare", table.could_not_compare}, {"columns", nlohmann::json(table.columns)}};
    if (table.rows) {
      one["rows"] = {{"lost", table.rows->lost}, {"added", table.rows->added}, {"changed", table.rows->changed}, {"columns", nlohmann::json(table.rows->columns)}, {"complete", table.rows->complete},
                     {"could_not_look", table.rows->could_not_look}, {"samples", Json::array()}};
      for (const auto& row : table.rows->samples) one["rows"]["samples"].push_back(json_of<Json>(row));
    }
    json["tables"].push_back(std::move(one));
  }
  json["sequences"] = nlohmann::json(reconciliation.sequences);
  json["large_objects_before"] = reconciliation.large_objects_before;
  json["large_objects_after"] = reconciliation.large_objects_after;
  json["not_compared"] = nlohmann::json(reconciliation.not_compared);
  return json.dump(1) + '\n';
}

std::optional<Reconciliation> reconciliation_from_json(const std::string& text) {
  return read<Reconciliation>(text, reconciliation_version, [](const nlohmann::json& json) {
    Reconciliation result{.before = json.at("before"), .after = json.at("after"), .sequences = json.at("sequences").get<std::vector<SequenceComparison>>(),
                          .large_objects_before = json.at("large_objects_before"), .large_objects_after = json.at("large_objects_after"),
                          .not_compared = json.at("not_compared").get<std::vector<NotCompared>>()};
    for (const auto& one : json.at("tables")) {
      TableComparison table{.before = one.at("before"), .after = one.at("after"), .fate = one.at("fate"), .by_name = one.at("by_name"),
                            .rows_before = one.at("rows_before"), .rows_after = one.at("rows_after"), .same_keys = one.at("same_keys"), .keyed = one.at("keyed"),
                            .key = one.at("key"), .columns = one.at("columns").get<std::vector<ColumnComparison>>(), .could_not_compare = one.at("could_not_compare")};
      if (one.contains("rows")) {
        const auto& rows = one.at("rows");
        table.rows = RowDifferences{.lost = rows.at("lost"), .added = rows.at("added"), .changed = rows.at("changed"),
                                    .columns = rows.at("columns").get<std::vector<ChangedColumn>>(), .complete = rows.at("complete"),
                                    .could_not_look = rows.at("could_not_look")};
        for (const auto& row : rows.at("samples")) table.rows->samples.push_back(row_from(row));
      }
      result.tables.push_back(std::move(table));
    }
    return result;
  });
}

}  // namespace prodclone::data
