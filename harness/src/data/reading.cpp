#include <prodclone/data/reading.hpp>

#include <fmt/format.h>

#include <algorithm>

#include <prodclone/base/text.hpp>
#include <prodclone/pg/quote.hpp>

namespace prodclone::data {

namespace {

bool numeric_like(TypeClass type_class) {
  return type_class == TypeClass::integer || type_class == TypeClass::numeric || type_class == TypeClass::floating || type_class == TypeClass::boolean;
}

bool is(TypeClass before, TypeClass after, TypeClass one, TypeClass other) {
  return (before == one && after == other) || (before == other && after == one);
}

// An enum's label as it was called before. The values of an array lose its dimensions, on the one side that has this.
std::string old_label(const ReadColumn& column, const std::string& value) {
  std::string when;
  for (const auto& label : column.labels) when += fmt::format(" WHEN {} THEN {}", pg::quote_literal(label.now), pg::quote_literal(label.before));
  if (!column.enum_array) return fmt::format("CASE {0}::text{1} ELSE {0}::text END", value, when);
  return fmt::format("CASE WHEN {0} IS NOT NULL THEN ARRAY(SELECT CASE e{1} ELSE e END FROM unnest({0}::text[]) WITH ORDINALITY u (e, n) ORDER BY n)::text END", value, when);
}

// The value as its form has it. `OPERATOR(…)`-free casts: search_path is pg_catalog.
std::string value_of(const ReadColumn& column, const std::string& value) {
  if (!column.labels.empty()) return '(' + old_label(column, value) + ") COLLATE \"C\"";
  switch (column.form) {
    case Form::integer:
      // An object by its identity: its printed name changes when it is renamed.
      if (column.type_class == TypeClass::object) return value + "::oid::int8";
      return column.type_class == TypeClass::boolean ? value + "::bool::int4::int8" : value + "::int8";
    case Form::numeric:
      if (column.type_class == TypeClass::boolean) return value + "::bool::int4::numeric";
      // A cast from float to numeric rounds to 15 digits; the text has them all.
      return column.type_class == TypeClass::floating ? value + "::text::numeric" : value + "::numeric";
    case Form::floating: return value + "::float8";
    case Form::moment: return column.type_class == TypeClass::timestamptz ? "timezone('UTC', " + value + "::timestamptz)" : value + "::timestamp";
    case Form::uuid: return value + "::uuid";
    case Form::jsonb: return value + "::jsonb";
    case Form::text: return value + "::text COLLATE \"C\"";
    case Form::lower_text: return "lower(" + value + "::text COLLATE \"C\")";
  }
  return value + "::text COLLATE \"C\"";
}

std::vector<ReadColumn> comparable(const Relation& relation) {
  std::vector<ReadColumn> columns;
  for (const auto& column : relation.columns)
    if (!column.generated) columns.push_back({.name = column.name, .type_class = column.type_class, .form = natural_form(column.type_class)});
  return columns;
}

}  // namespace

Form natural_form(TypeClass type_class) {
  switch (type_class) {
    case TypeClass::integer:
    case TypeClass::boolean:
    case TypeClass::object: return Form::integer;
    case TypeClass::numeric: return Form::numeric;
    case TypeClass::floating: return Form::floating;
    case TypeClass::date:
    case TypeClass::timestamp:
    case TypeClass::timestamptz: return Form::moment;
    case TypeClass::uuid: return Form::uuid;
    case TypeClass::jsonb: return Form::jsonb;
    case TypeClass::json:
    case TypeClass::text:
    case TypeClass::other: return Form::text;
  }
  return Form::text;
}

Form common_form(TypeClass before, TypeClass after) {
  const bool objects = before == TypeClass::object || after == TypeClass::object;
  if (natural_form(before) == natural_form(after) && (!objects || before == after)) return natural_form(before);
  if (numeric_like(before) && numeric_like(after)) return Form::numeric;
  if (is(before, after, TypeClass::json, TypeClass::jsonb)) return Form::jsonb;
  if (is(before, after, TypeClass::uuid, TypeClass::text)) return Form::lower_text;
  return Form::text;
}

std::string from_relation(const Relation& relation) { return (relation.kind == Kind::partitioned ? "" : "ONLY ") + relation.name; }

Reading natural_reading(const Relation& relation) {
  Reading reading{.relations = {from_relation(relation)}, .columns = comparable(relation)};
  for (const auto& key : relation.keys) {
    std::vector<ReadColumn> columns;
    for (const int number : key)
      if (const auto* column = find_column(relation, number); column != nullptr && !column->generated)
        columns.push_back({.name = column->name, .type_class = column->type_class, .form = natural_form(column->type_class)});
    if (columns.size() != key.size()) continue;
    reading.key = std::move(columns);
    reading.keyed = true;
    return reading;
  }
  reading.key = reading.columns;
  return reading;
}

std::string hash_of(const ReadColumn& column, const std::string& value, const std::string& seed) {
  const auto formed = value_of(column, value);
  switch (column.form) {
    // The server folds eight bytes to four before it hashes them: the seed brings in the whole value once more.
    case Form::integer: return fmt::format("hashint8extended({0}, {1} # {0})", formed, seed);
    case Form::numeric: return fmt::format("hash_numeric_extended({}, {})", formed, seed);
    case Form::floating: return fmt::format("hashfloat8extended({}, {})", formed, seed);
    case Form::moment: return fmt::format("timestamp_hash_extended({}, {})", formed, seed);
    case Form::uuid: return fmt::format("uuid_hash_extended({}, {})", formed, seed);
    case Form::jsonb: return fmt::format("jsonb_hash_extended({}, {})", formed, seed);
    case Form::text:
    case Form::lower_text: return fmt::format("hashtextextended({}, {})", formed, seed);
  }
  return fmt::format("hashtextextended({}, {})", formed, seed);
}

std::string key_hash(const Reading& reading, const std::string& alias) {
  if (reading.key.empty()) return "0::int8";
  std::vector<std::string> parts;
  for (const auto& column : reading.key) {
    const auto place = static_cast<std::int64_t>(parts.size()) + 1;
    // The place keeps (a, b) and (b, a) apart, a null has a number of its own.
    parts.push_back(fmt::format("coalesce({}, {}::int8)", hash_of(column, alias + '.' + column.name, fmt::format("{}::int8", place)), 7046029254386353131 - place));
  }
  if (parts.size() == 1) return parts.front();
  // Each part is only added by xor; hashing the result once more ties them together.
  const auto all = joined(parts, " # ");
  return fmt::format("hashint8extended({}, {}::int8)", all, parts.size());
}

std::string rows_from(const Reading& reading, std::size_t begin, std::size_t end) {
  std::vector<std::string> parts;
  for (const auto& relation : reading.relations) {
    auto part = fmt::format("SELECT {} AS k, t.ctid, t.tableoid", key_hash(reading, "t"));
    for (std::size_t i = begin; i < end; ++i) part += fmt::format(", t.{} AS v{}", reading.columns[i].name, i);
    // OFFSET 0 keeps the planner from hashing the key anew for each column.
    parts.push_back(fmt::format("({} FROM {} t OFFSET 0)", part, relation));
  }
  return "FROM (" + joined(parts, " UNION ALL ") + ") s";
}

std::string sums_sql(const Reading& reading, std::size_t begin, std::size_t end) {
  std::string sql = "SELECT count(*) AS row_count, coalesce(sum(s.k), 0)::text AS keys";
  if (reading.key.empty()) sql = "SELECT count(*) AS row_count, '0' AS keys";
  for (std::size_t i = begin; i < end; ++i) {
    const auto value = fmt::format("s.v{}", i);
    sql += fmt::format(", count({0}) AS n{1}, coalesce(sum({2}), 0)::text AS h{1}", value, i, hash_of(reading.columns[i], value, reading.keyed ? "s.k" : "0::int8"));
  }
  return sql + ' ' + rows_from(reading, begin, end);
}

}  // namespace prodclone::data
