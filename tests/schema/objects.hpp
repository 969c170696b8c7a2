// Schema objects for tests that need no server.
#pragma once

#include <prodclone/schema/snapshot.hpp>

namespace prodclone::schema {

inline constexpr std::uint32_t class_catalog = 1259;
inline constexpr std::uint32_t constraint_catalog = 2606;

inline Object a_table(const std::string& name, std::uint32_t oid) {
  return {.kind = "table",
          .schema = "public",
          .name = name,
          .identity = {class_catalog, oid, 0},
          .definition = "CREATE TABLE public." + name + " ()"};
}

inline Object a_column(const Object& table, const std::string& name, std::int32_t number,
                       const std::string& type = "integer") {
  return {.kind = "column",
          .schema = "public",
          .name = name,
          .parent = "public." + table.name,
          .identity = {class_catalog, table.identity.oid, number},
          .parent_identity = table.identity,
          .ordinal = number,
          .definition = name + ' ' + type,
          .attributes = {{"type", type, ""}}};
}

inline Object an_index(const Object& table, const std::string& name, std::uint32_t oid, const std::string& on) {
  return {.kind = "index",
          .schema = "public",
          .name = name,
          .parent = "public." + table.name,
          .identity = {class_catalog, oid, 0},
          .parent_identity = table.identity,
          .definition = "CREATE INDEX " + name + ' ' + on,
          .attributes = {{"on", on, ""}}};
}

}  // namespace prodclone::schema
