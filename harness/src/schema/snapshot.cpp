#include <prodclone/schema/snapshot.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include <prodclone/base/error.hpp>
#include <prodclone/base/hash.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/pg/driver.hpp>
#include <prodclone/pg/quote.hpp>
#include <prodclone/pg/session.hpp>
#include <prodclone/schema/kinds.hpp>

#include "catalogs.hpp"
#include "snapshot_part.hpp"
#include "sql/access_methods.hpp"
#include "sql/aggregates.hpp"
#include "sql/casts.hpp"
#include "sql/collations.hpp"
#include "sql/columns.hpp"
#include "sql/comments.hpp"
#include "sql/constraints.hpp"
#include "sql/conversions.hpp"
#include "sql/default_privileges.hpp"
#include "sql/depends.hpp"
#include "sql/domains.hpp"
#include "sql/event_triggers.hpp"
#include "sql/extensions.hpp"
#include "sql/foreign_data.hpp"
#include "sql/functions.hpp"
#include "sql/indexes.hpp"
#include "sql/languages.hpp"
#include "sql/large_objects.hpp"
#include "sql/operator_classes.hpp"
#include "sql/operators.hpp"
#include "sql/policies.hpp"
#include "sql/publication_schemas.hpp"
#include "sql/publications.hpp"
#include "sql/relations.hpp"
#include "sql/rules.hpp"
#include "sql/schemas.hpp"
#include "sql/sequences.hpp"
#include "sql/statistics.hpp"
#include "sql/subscriptions.hpp"
#include "sql/subscriptions_13.hpp"
#include "sql/text_search.hpp"
#include "sql/triggers.hpp"
#include "sql/types.hpp"

namespace prodclone::schema {

namespace {

// pg_class, the same on every server.
constexpr std::uint32_t type_catalog = 1247;
constexpr std::uint32_t relation_catalog = 1259;

struct CatalogQuery {
  std::string_view what;
  std::string_view sql;
  int from_major = {}, to_major = 99;
};

constexpr std::array catalog_queries = {
    CatalogQuery{"schemas", sql::schemas},
    CatalogQuery{"extensions", sql::extensions},
    CatalogQuery{"types", sql::types},
    CatalogQuery{"domains", sql::domains},
    CatalogQuery{"relations", sql::relations},
    CatalogQuery{"columns", sql::columns},
    CatalogQuery{"constraints", sql::constraints},
    CatalogQuery{"indexes", sql::indexes},
    CatalogQuery{"sequences", sql::sequences},
    CatalogQuery{"functions", sql::functions},
    CatalogQuery{"aggregates", sql::aggregates},
    CatalogQuery{"triggers", sql::triggers},
    CatalogQuery{"rules", sql::rules},
    CatalogQuery{"policies", sql::policies},
    CatalogQuery{"statistics", sql::statistics},
    CatalogQuery{"event triggers", sql::event_triggers},
    CatalogQuery{"operators", sql::operators},
    CatalogQuery{"operator classes", sql::operator_classes},
    CatalogQuery{"casts", sql::casts},
    CatalogQuery{"collations", sql::collations},
    CatalogQuery{"conversions", sql::conversions},
    CatalogQuery{"text search", sql::text_search},
    CatalogQuery{"languages", sql::languages},
    CatalogQuery{"access methods", sql::access_methods},
    CatalogQuery{"foreign data", sql::foreign_data},
    CatalogQuery{"publications", sql::publications},
    CatalogQuery{"published schemas", sql::publication_schemas, 15},
    CatalogQuery{"subscriptions", sql::subscriptions_13, 0, 13},
    CatalogQuery{"subscriptions", sql::subscriptions, 14},
    CatalogQuery{"default privileges", sql::default_privileges},
};

// Everything that changes how the server prints an expression. A role or database may have settings of its own.
constexpr std::string_view settings =
    "SET LOCAL search_path = pg_catalog; SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL intervalstyle = 'postgres'; "
    "SET LOCAL timezone = 'UTC'; SET LOCAL extra_float_digits = 3; SET LOCAL bytea_output = 'hex'; "
    "SET LOCAL quote_all_identifiers = off; SET LOCAL standard_conforming_strings = on; SET LOCAL lc_monetary = 'C'; "
    "SET LOCAL xmlbinary = 'base64'; SET LOCAL jit = off; SET LOCAL statement_timeout = 0";

// Reads rows by the column names that the .sql files agree on: attr_<name> and raw_<name> become attributes.
class RowReader {
 public:
  explicit RowReader(const pg::Result& rows) : rows_(rows) {
    const auto& columns = rows.columns();
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const std::string_view column = columns[i];
      if (column.starts_with("attr_"))
        attributes_.push_back({std::string(column.substr(5)), i, raw_of(column.substr(5))});
      else if (column.starts_with("raw_") && !has("attr_" + std::string(column.substr(4))))
        attributes_.push_back({std::string(column.substr(4)), columns.size(), i});
      else
        positions_.emplace(column, i);
    }
    std::sort(attributes_.begin(), attributes_.end(), [](const auto& x, const auto& y) { return x.name < y.name; });
  }

  Object object(std::size_t row) const {
    Object object;
    object.kind = text(row, "kind");
    object.schema = text(row, "schema");
    object.name = text(row, "name");
    object.signature = text(row, "signature");
    object.identity = identity(row, "catalog", "oid", "sub");
    object.parent_identity = identity(row, "parent_catalog", "parent_oid", "parent_sub");
    if (const auto oid = number(row, "index_oid"))
      object.index = {relation_catalog, static_cast<std::uint32_t>(oid), 0};
    object.ordinal = static_cast<int>(number(row, "ordinal"));
    object.inherited = text(row, "inherited") == "yes";
    object.definition = text(row, "definition");
    object.owner = text(row, "owner");
    if (const auto& privileges = text(row, "privileges"); !privileges.empty()) {
      object.privileges = split(privileges, '\n');
      std::sort(object.privileges.begin(), object.privileges.end());
    }
    for (const auto& a : attributes_) {
      const auto& value = at(row, a.value);
      const auto& raw = at(row, a.raw);
      if (!value.empty() || !raw.empty()) object.attributes.push_back({a.name, value, raw});
    }
    return object;
  }

  const std::string& text(std::size_t row, std::string_view column) const {
    const auto found = positions_.find(column);
    return found == positions_.end() ? nothing_ : at(row, found->second);
  }
  std::int64_t number(std::size_t row, std::string_view column) const {
    const auto& digits = text(row, column);
    return digits.empty() ? 0 : std::stoll(digits);
  }
  Identity identity(std::size_t row, std::string_view catalog, std::string_view oid, std::string_view sub) const {
    const auto number_of = [&](std::string_view column) { return static_cast<std::uint32_t>(number(row, column)); };
    return {number_of(catalog), number_of(oid), static_cast<std::int32_t>(number(row, sub))};
  }

 private:
  struct AttributeColumn {
    std::string name;
    std::size_t value, raw;
  };
  bool has(const std::string& column) const {
    return std::find(rows_.columns().begin(), rows_.columns().end(), column) != rows_.columns().end();
  }
  std::size_t raw_of(std::string_view name) const {
    const auto& columns = rows_.columns();
    return static_cast<std::size_t>(std::find(columns.begin(), columns.end(), "raw_" + std::string(name)) -
                                    columns.begin());
  }
  const std::string& at(std::size_t row, std::size_t column) const {
    if (column >= rows_.columns().size()) return nothing_;
    const auto& cell = rows_.cell(row, column);
    return cell ? *cell : nothing_;
  }

  const pg::Result& rows_;
  std::vector<AttributeColumn> attributes_;
  std::unordered_map<std::string_view, std::size_t> positions_;
  std::string nothing_;
};

using IdentityIndex = std::unordered_map<Identity, std::size_t>;

// Of a table's own identity the table itself, not its row_security.
IdentityIndex index_by_identity(const std::vector<Object>& objects) {
  IdentityIndex index;
  for (std::size_t i = 0; i < objects.size(); ++i)
    if (kind_facts(objects[i].kind).naming != Naming::by_parent) index.emplace(objects[i].identity, i);
  return index;
}

// Fills in the qualified names of parents; what stands on an object that we do not list (of an extension) is dropped.
void resolve_parents(std::vector<Object>& objects) {
  const auto index = index_by_identity(objects);
  std::vector<Object> kept;
  kept.reserve(objects.size());
  for (auto& object : objects) {
    if (object.parent_identity) {
      const auto found = index.find(object.parent_identity);
      if (found == index.end()) continue;
      object.parent = qualified_name(objects[found->second]);
      if (object.kind == "row_security") object.name.clear();
    }
  }
  for (auto& object : objects)
    if (!object.parent_identity || !object.parent.empty()) kept.push_back(std::move(object));
  objects = std::move(kept);
}

void add_comments(std::vector<Object>& objects, const pg::Result& rows) {
  const RowReader reader(rows);
  auto index = index_by_identity(objects);
  IdentityIndex behind;
  for (std::size_t i = 0; i < objects.size(); ++i)
    if (objects[i].index && is_index_like(objects[i].kind)) behind.emplace(objects[i].index, i);
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    auto comment = reader.object(row);
    comment.parent_identity = comment.identity;
    const auto owner_of = [&](const Identity& id) -> const Object* {
      if (const auto found = index.find(id); found != index.end()) return &objects[found->second];
      if (const auto found = behind.find(id); found != behind.end()) return &objects[found->second];
      return nullptr;
    };
    const auto& provider = reader.text(row, "provider");
    if (const auto* object = owner_of(comment.identity); object && object->identity == comment.identity) {
      comment.parent = std::string(kind_facts(object->kind).noun) + ' ' + qualified_name(*object);
      comment.schema = object->schema;
    } else if (const Identity relation{comment.identity.catalog, comment.identity.oid, 0}; owner_of(relation)) {
      const auto name = pg::quote_identifier_if_needed(reader.text(row, "relation_schema")) + '.' +
                        pg::quote_identifier_if_needed(reader.text(row, "relation"));
      comment.parent = comment.identity.sub == 0
                           ? "index " + name
                           : "column " + name + '.' + pg::quote_identifier_if_needed(reader.text(row, "attribute"));
      comment.schema = reader.text(row, "relation_schema");
      comment.parent_identity = owner_of(relation)->identity;
    } else if (const auto& other = reader.text(row, "other"); !other.empty()) {
      comment.parent = other;
      comment.parent_identity = {};
    } else {
      continue;
    }
    comment.definition = "COMMENT ON " + comment.parent + " IS " + pg::quote_literal(attribute_value(comment, "text"));
    if (!provider.empty()) {
      comment.definition = fmt::format("SECURITY LABEL FOR {} ON {} IS {}", pg::quote_identifier_if_needed(provider),
                                       comment.parent, pg::quote_literal(attribute_value(comment, "text")));
      comment.parent = pg::quote_identifier_if_needed(provider) + " on " + comment.parent;
      // An object may have one of each provider: its identity would not tell which.
      comment.name = provider;
      comment.identity = {};
    }
    objects.push_back(std::move(comment));
  }
}

void add_depends(std::vector<Object>& objects, const pg::Result& rows) {
  const RowReader reader(rows);
  const auto index = index_by_identity(objects);
  IdentityIndex behind;
  for (std::size_t i = 0; i < objects.size(); ++i)
    if (objects[i].index && is_index_like(objects[i].kind)) behind.emplace(objects[i].index, i);
  // What needs an array or a table's row type needs its elements' type or the table.
  std::unordered_map<Identity, Identity> stands_for;
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    const auto id = reader.identity(row, "catalog", "oid", "sub");
    const auto own = index.find(id);
    const auto constraint = behind.find(id);
    const auto on = reader.identity(row, "on_catalog", "on_oid", "on_sub");
    if (own != index.end() || constraint != behind.end())
      objects[own != index.end() ? own->second : constraint->second].depends.push_back(on);
    else if (id.catalog == type_catalog)
      stands_for.emplace(id, on);
  }
  for (auto& object : objects)
    for (auto& on : object.depends)
      for (auto found = stands_for.find(on); found != stands_for.end(); found = stands_for.find(on)) on = found->second;
  for (auto& object : objects) {
    std::sort(object.depends.begin(), object.depends.end());
    object.depends.erase(std::unique(object.depends.begin(), object.depends.end()), object.depends.end());
  }
}

void compose_table_definitions(std::vector<Object>& objects) {
  std::unordered_map<Identity, std::vector<const Object*>> columns;
  for (const auto& object : objects)
    if (object.kind == "column") columns[object.parent_identity].push_back(&object);
  for (auto& table : objects) {
    if (table.kind != "table" && table.kind != "foreign_table") continue;
    auto& own = columns[table.identity];
    std::sort(own.begin(), own.end(), [](const Object* x, const Object* y) { return x->ordinal < y->ordinal; });
    const auto value = [&](std::string_view name) { return attribute_value(table, name); };
    std::string text = "CREATE ";
    if (table.kind == "foreign_table") text += "FOREIGN ";
    if (value("persistence") == "unlogged") text += "UNLOGGED ";
    text += "TABLE " + qualified_name(table) + " (";
    for (const auto* column : own)
      text += fmt::format("{}\n    {}", column == own.front() ? "" : ",", column->definition);
    text += "\n)";
    if (!value("inherits").empty()) text += fmt::format("\nINHERITS ({})", value("inherits"));
    if (!value("partition_of").empty())
      text += fmt::format("\nPARTITION OF {} {}", value("partition_of"), value("bound"));
    if (!value("partition_key").empty()) text += fmt::format("\nPARTITION BY {}", value("partition_key"));
    if (!value("server").empty()) text += fmt::format("\nSERVER {}", value("server"));
    if (!value("access_method").empty()) text += fmt::format("\nUSING {}", value("access_method"));
    if (!value("options").empty()) text += fmt::format("\nWITH ({})", value("options"));
    if (!value("tablespace").empty()) text += fmt::format("\nTABLESPACE {}", value("tablespace"));
    table.definition = std::move(text);
  }
}

void sort_by_name(std::vector<Object>& objects) {
  std::vector<std::pair<std::string, std::size_t>> order;
  order.reserve(objects.size());
  for (std::size_t i = 0; i < objects.size(); ++i)
    order.emplace_back(objects[i].kind + '\0' + qualified_name(objects[i]), i);
  std::sort(order.begin(), order.end());
  std::vector<Object> sorted;
  sorted.reserve(objects.size());
  for (const auto& [key, i] : order) sorted.push_back(std::move(objects[i]));
  objects = std::move(sorted);
}

// Makes objects of the rows, in whatever way those are asked for: `rows_of` runs all statements and hands over the
// result of each.
using RowsOf = std::function<void(const std::vector<std::string>& statements,
                                  const std::function<void(std::size_t, const pg::Result&)>& sink)>;

constexpr std::string_view several = "several";

// The catalog that a query's identities are of ('pg_catalog.X'::pg_catalog.regclass::pg_catalog.oid AS catalog); empty
// where its objects have none.
std::string_view catalog_of(std::string_view sql) {
  const auto end = sql.find("'::pg_catalog.regclass::pg_catalog.oid AS catalog");
  const auto begin = sql.rfind("'pg_catalog.", end);
  if (end == std::string_view::npos || begin == std::string_view::npos) return {};
  if (sql.find("UNION ALL") != std::string_view::npos) return several;
  const auto from = begin + std::string_view("'pg_catalog.").size();
  return sql.substr(from, end - from);
}

// Whether a query of several kinds, each of which says its catalog, may find one of them.
bool concerns(std::string_view sql, const std::vector<Member>& members) {
  if (sql.find("classoid") != std::string_view::npos) return true;  // of whatever it stands on
  return std::any_of(members.begin(), members.end(), [&](const Member& member) {
    return sql.find("'pg_catalog." + std::string(member.catalog) + "'::pg_catalog.regclass") != std::string_view::npos;
  });
}

// Nothing where none of these rows is its business.
std::optional<std::string> restricted(std::string_view sql, std::string_view catalog, const std::vector<Member>& members) {
  if (catalog.empty()) return std::string(sql);
  const bool known = std::any_of(catalogs().begin(), catalogs().end(), [&](const auto& one) { return one.name == catalog; });
  std::vector<std::uint32_t> oids;
  for (const auto& member : members)
    if (!known || member.catalog == catalog) oids.push_back(member.oid);
  if (oids.empty()) return std::nullopt;
  return fmt::format("SELECT * FROM (\n{}\n) found WHERE oid = ANY ('{{{}}}'::pg_catalog.oid[])", sql, fmt::join(oids, ","));
}

// All, or those of the members, and then hardly any dependencies.
std::vector<Object> objects_from(const RowsOf& rows_of, int major, const SnapshotOptions& options,
                                 const std::vector<Member>* members) {
  std::vector<Object> objects;
  std::vector<CatalogQuery> asked;
  std::vector<std::string> statements;
  const auto ask = [&](const CatalogQuery& query, std::string_view catalog) {
    if (members != nullptr && catalog == several && !concerns(query.sql, *members)) return;
    auto sql = members != nullptr ? restricted(query.sql, catalog, *members) : std::optional(std::string(query.sql));
    if (!sql) return;
    asked.push_back(query);
    statements.push_back(*std::move(sql));
  };
  for (const auto& query : catalog_queries)
    if (query.from_major <= major && major <= query.to_major) ask(query, catalog_of(query.sql));
  if (options.large_objects) ask({"large objects", sql::large_objects}, several);
  const auto kinds = asked.size();
  ask({"comments", sql::comments}, several);
  if (members == nullptr) {
    ask({"dependencies", sql::depends}, several);
  } else {
    // Whether a published table is a consequence of its publication is all that a comparison asks of dependencies.
    std::vector<Member> published;
    std::copy_if(members->begin(), members->end(), std::back_inserter(published),
                 [](const Member& member) { return member.catalog.starts_with("pg_publication"); });
    if (auto sql = restricted(sql::depends, several, published)) {
      asked.push_back({"dependencies", sql::depends});
      statements.push_back(*std::move(sql));
    }
  }
  std::size_t reading = 0;  // the statement under way
  try {
    rows_of(statements, [&](std::size_t at, const pg::Result& rows) {
      reading = at + 1;
      if (at < kinds) {
        const RowReader reader(rows);
        for (std::size_t row = 0; row < rows.rows(); ++row) objects.push_back(reader.object(row));
        if (reading == kinds) resolve_parents(objects);
      } else if (at == kinds) {
        add_comments(objects, rows);
      } else {
        add_depends(objects, rows);
      }
    });
  } catch (Error& error) {
    if (reading < asked.size()) error.while_doing("reading its " + std::string(asked[reading].what));
    throw;
  }
  compose_table_definitions(objects);
  sort_by_name(objects);
  return objects;
}

Snapshot narrowed(Snapshot snapshot, const SnapshotOptions& options) {
  if (!options.exclude_tables.empty()) snapshot = without_tables(std::move(snapshot), options.exclude_tables);
  if (!options.schemas.empty()) snapshot = only_schemas(std::move(snapshot), options.schemas);
  return snapshot;
}

Snapshot taken(pg::Session& session, const SnapshotOptions& options) {
  return doing("reading the schema of database " + session.conninfo().database, [&] {
    session.execute(reading_settings(options));
    Snapshot snapshot{.server_version = session.server_version()};
    snapshot.database = session.query("SELECT pg_catalog.current_database() AS name").text(0, "name");
    const RowsOf one_after_the_other = [&](const auto& statements, const auto& sink) {
      for (std::size_t i = 0; i < statements.size(); ++i) sink(i, session.query(statements[i]));
    };
    snapshot.objects = objects_from(one_after_the_other, session.server_major(), options, nullptr);
    return snapshot;
  });
}

}  // namespace

std::string reading_settings(const SnapshotOptions& options) {
  return fmt::format("{}; SET LOCAL lock_timeout = {}", settings, options.lock_timeout.count());
}

Snapshot take_snapshot(pg::Session& session, const SnapshotOptions& options) {
  Snapshot snapshot;
  session.in_snapshot([&] { snapshot = taken(session, options); });
  return narrowed(std::move(snapshot), options);
}

Snapshot take_snapshot_within_transaction(pg::Session& session, const SnapshotOptions& options) {
  return narrowed(taken(session, options), options);
}

Snapshot take_part(pg::Driver& driver, const std::vector<Member>* members, const SnapshotOptions& options) {
  Snapshot snapshot{.server_version = driver.server_version(), .database = driver.conninfo().database};
  const RowsOf in_one_round_trip = [&](const auto& statements, const auto& sink) { driver.run_each(statements, sink); };
  snapshot.objects = objects_from(in_one_round_trip, driver.server_version() / 10000, options, members);
  return narrowed(std::move(snapshot), options);
}

Snapshot without_tables(Snapshot snapshot, const std::vector<std::string>& tables) {
  std::unordered_set<Identity> gone;
  for (const auto& object : snapshot.objects) {
    if (object.kind != "table") continue;
    const auto name = qualified_name(object);
    if (std::find(tables.begin(), tables.end(), name) != tables.end()) gone.insert(object.identity);
  }
  const auto belongs = [&](const Object& object) {
    const Identity table{object.identity.catalog, object.identity.oid, 0};
    if (gone.contains(object.identity) || gone.contains(table) || gone.contains(object.parent_identity)) return true;
    if (object.kind != "sequence") return false;
    const auto* owned = attribute(object, "owned_by");
    if (!owned) return false;
    const auto parts = split(owned->raw, '/');  // deptype/oid/attnum
    return parts.size() == 3 && gone.contains({relation_catalog, static_cast<std::uint32_t>(std::stoul(parts[1])), 0});
  };
  // Twice: a comment's parent may be a constraint of the table.
  for (int pass = 0; pass < 2; ++pass) {
    for (const auto& object : snapshot.objects)
      if (belongs(object)) gone.insert(object.identity);
    std::erase_if(snapshot.objects, belongs);
  }
  return snapshot;
}

Snapshot only_schemas(Snapshot snapshot, const std::vector<std::string>& schemas) {
  const auto wanted = [&](const std::string& name) {
    return std::find(schemas.begin(), schemas.end(), name) != schemas.end();
  };
  std::erase_if(snapshot.objects,
                [&](const Object& object) { return !wanted(object.kind == "schema" ? object.name : object.schema); });
  return snapshot;
}

std::string fingerprint(const Snapshot& snapshot) {
  Sha256 hash;
  std::set<std::string> objects;
  for (const auto& object : snapshot.objects) {
    if (object.kind == "default_privileges") continue;  // compared on request only
    Sha256 one;
    one.add_field(object.kind).add_field(qualified_name(object));
    for (const auto& a : object.attributes)
      if (!a.value.empty()) one.add_field(a.name).add_field(a.value);
    objects.insert(one.hex());
  }
  for (const auto& digest : objects) hash.add_field(digest);
  return hash.hex();
}

}  // namespace prodclone::schema
