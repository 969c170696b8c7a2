#include <prodclone/data/catalog.hpp>

#include <algorithm>
#include <map>
#include <stdexcept>
#include <unordered_map>

#include <prodclone/base/error.hpp>
#include <prodclone/pg/session.hpp>
#include <sql/data_columns.hpp>
#include <sql/data_keys.hpp>
#include <sql/data_labels.hpp>
#include <sql/data_relations.hpp>
#include <sql/data_sequences.hpp>

namespace prodclone::data {

namespace {

Kind kind_of(const std::string& relkind) {
  if (relkind == "p") return Kind::partitioned;
  if (relkind == "f") return Kind::foreign;
  if (relkind == "m") return Kind::materialized_view;
  return Kind::table;
}

TypeClass class_of(const std::string& name) {
  static const std::map<std::string, TypeClass> classes = {
      {"integer", TypeClass::integer}, {"boolean", TypeClass::boolean}, {"numeric", TypeClass::numeric}, {"floating", TypeClass::floating},
      {"date", TypeClass::date}, {"timestamp", TypeClass::timestamp}, {"timestamptz", TypeClass::timestamptz}, {"uuid", TypeClass::uuid},
      {"json", TypeClass::json}, {"jsonb", TypeClass::jsonb}, {"text", TypeClass::text}, {"object", TypeClass::object}};
  const auto found = classes.find(name);
  return found == classes.end() ? TypeClass::other : found->second;
}

std::uint32_t oid(const pg::Result& rows, std::size_t row, std::string_view column) { return static_cast<std::uint32_t>(rows.integer(row, column)); }

}  // namespace

Catalog read_catalog(pg::Session& session) {
  return doing("reading which tables there are", [&] {
    Catalog catalog;
    catalog.server_version = session.server_version();
    session.in_snapshot([&] {
      std::unordered_map<std::uint32_t, std::size_t> places;
      const auto relations = session.query(sql::data_relations);
      for (std::size_t row = 0; row < relations.rows(); ++row) {
        places[oid(relations, row, "oid")] = row;
        catalog.relations.push_back({.oid = oid(relations, row, "oid"),
                                     .kind = kind_of(relations.text(row, "kind")),
                                     .name = relations.text(row, "name"),
                                     .root = oid(relations, row, "root"),
                                     .extension = relations.text(row, "extension"),
                                     .rows = relations.integer(row, "rows"),
                                     .pages = relations.integer(row, "pages")});
      }
      const auto columns = session.query(sql::data_columns);
      for (std::size_t row = 0; row < columns.rows(); ++row)
        catalog.relations.at(places.at(oid(columns, row, "relation")))
            .columns.push_back({.number = static_cast<int>(columns.integer(row, "number")),
                                .name = columns.text(row, "name"),
                                .type = columns.text(row, "type"),
                                .type_class = class_of(columns.text(row, "class")),
                                .generated = columns.boolean(row, "generated"),
                                .enum_type = oid(columns, row, "enum"),
                                .enum_array = columns.boolean(row, "enum_array")});
      const auto keys = session.query(sql::data_keys);
      for (std::size_t row = 0; row < keys.rows(); ++row) {
        auto& key = catalog.relations.at(places.at(oid(keys, row, "relation"))).keys.emplace_back();
        for (const auto& number : keys.texts(row, "numbers")) key.push_back(std::stoi(number));
      }
      const auto labels = session.query(sql::data_labels);
      for (std::size_t row = 0; row < labels.rows(); ++row)
        catalog.labels.push_back({oid(labels, row, "oid"), oid(labels, row, "type"), labels.text(row, "label")});
      const auto sequences = session.query(sql::data_sequences);
      for (std::size_t row = 0; row < sequences.rows(); ++row) {
        if (sequences.is_null(row, "name")) catalog.large_objects = sequences.integer(row, "last_value");
        else
          catalog.sequences.push_back({.oid = oid(sequences, row, "oid"),
                                       .name = sequences.text(row, "name"),
                                       .used = !sequences.is_null(row, "last_value"),
                                       .descending = sequences.boolean(row, "descending"),
                                       .last_value = sequences.integer(row, "last_value")});
      }
    });
    return catalog;
  });
}

const Relation* find_relation(const Catalog& catalog, std::uint32_t oid) {
  const auto found = std::find_if(catalog.relations.begin(), catalog.relations.end(), [&](const auto& relation) { return relation.oid == oid; });
  return found == catalog.relations.end() ? nullptr : &*found;
}

const Relation* find_relation(const Catalog& catalog, const std::string& name) {
  const auto found = std::find_if(catalog.relations.begin(), catalog.relations.end(), [&](const auto& relation) { return relation.name == name; });
  return found == catalog.relations.end() ? nullptr : &*found;
}

const Column* find_column(const Relation& relation, const std::string& name) {
  const auto found = std::find_if(relation.columns.begin(), relation.columns.end(), [&](const auto& column) { return column.name == name; });
  return found == relation.columns.end() ? nullptr : &*found;
}

const Column* find_column(const Relation& relation, int number) {
  const auto found = std::find_if(relation.columns.begin(), relation.columns.end(), [&](const auto& column) { return column.number == number; });
  return found == relation.columns.end() ? nullptr : &*found;
}

}  // namespace prodclone::data
