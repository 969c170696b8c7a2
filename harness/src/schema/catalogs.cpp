#include "catalogs.hpp"

#include <algorithm>

#include <prodclone/base/text.hpp>
#include <prodclone/pg/quote.hpp>

namespace prodclone::schema {

namespace {

using enum Reading;

constexpr std::string_view own_oids = "x.oid >= {first}";

// clang-format off
constexpr std::array table = {
    Catalog{.name = "pg_roles", .reading = names, .key = "rolname", .columns = "oid rolname", .version_key = "-"},
    Catalog{.name = "pg_tablespace", .reading = names, .key = "spcname", .columns = "oid spcname", .version_key = "-"},
    Catalog{.name = "pg_namespace", .key = "nspname", .where = "x.nspname !~ '^pg_(toast_)?temp_'", .version_key = "-"},
    Catalog{.name = "pg_type", .reading = names, .key = "typnamespace typname",
            .columns = "oid typnamespace typname typrelid typelem typtype typstorage typcollation typbasetype", .where = own_oids},
    Catalog{.name = "pg_collation", .key = "collnamespace collname collencoding", .without = "collversion", .where = own_oids},
    Catalog{.name = "pg_language", .key = "lanname", .where = own_oids},
    Catalog{.name = "pg_proc", .key = "pronamespace proname proargtypes", .where = own_oids},
    Catalog{.name = "pg_operator", .key = "oprnamespace oprname oprleft oprright", .where = own_oids},
    Catalog{.name = "pg_am", .key = "amname", .where = own_oids},
    Catalog{.name = "pg_opfamily", .key = "opfnamespace opfname opfmethod", .where = own_oids},
    Catalog{.name = "pg_opclass", .reading = part_of, .unit = "opcfamily", .unit_catalog = "pg_opfamily", .key = "opcnamespace opcname opcmethod", .where = own_oids},
    Catalog{.name = "pg_conversion", .key = "connamespace conname", .where = own_oids},
    Catalog{.name = "pg_extension", .key = "extname", .without = "extconfig", .where = own_oids},
    Catalog{.name = "pg_foreign_data_wrapper", .key = "fdwname", .where = own_oids},
    Catalog{.name = "pg_foreign_server", .key = "srvname", .where = own_oids},
    Catalog{.name = "pg_ts_parser", .key = "prsnamespace prsname", .where = own_oids},
    Catalog{.name = "pg_ts_template", .key = "tmplnamespace tmplname", .where = own_oids},
    Catalog{.name = "pg_ts_dict", .key = "dictnamespace dictname", .where = own_oids},
    Catalog{.name = "pg_ts_config", .key = "cfgnamespace cfgname", .where = own_oids},
    // A table's columns carry its row type and its arrays: only types of their own are units.
    Catalog{.name = "pg_type", .key = "typnamespace typname", .without = "typarray typrelid",
            .where = "x.oid >= {first} AND NOT (x.typcategory = 'A' AND x.typelem <> 0) "
                     "AND (x.typtype <> 'c' OR x.typrelid IN (SELECT k.oid FROM pg_catalog.pg_class k WHERE k.relkind = 'c'))",
            .version_where = own_oids},
    Catalog{.name = "pg_enum", .reading = part_of, .unit = "enumtypid", .unit_catalog = "pg_type", .key = "enumtypid enumlabel", .where = own_oids},
    Catalog{.name = "pg_range", .reading = part_of, .unit = "rngtypid", .unit_catalog = "pg_type", .without = "rngmultitypid", .where = "x.rngtypid >= {first}", .version_key = "x.rngtypid::pg_catalog.int8"},
    Catalog{.name = "pg_class", .key = "relnamespace relname",
            .without = "reltype relfilenode relpages reltuples relallvisible relallfrozen reltoastrelid relhasindex relisshared "
                       "relnatts relchecks relhasrules relhastriggers relhassubclass relrewrite relfrozenxid relminmxid",
            .links = {"x.reltype row_type", "i.indrelid of_table", "x.reltoastrelid toast"},
            .from = "LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = x.oid",
            .where = "x.oid >= {first} AND x.relkind <> 't' AND x.relpersistence <> 't' AND x.relnamespace <> 99"},
    Catalog{.name = "pg_class", .reading = part_of, .columns = "reloptions", .links = {"x.oid toast_table"},
            .where = "x.oid >= {first} AND x.relkind = 't' AND x.reloptions IS NOT NULL"},
    Catalog{.name = "pg_attribute", .reading = part_of, .unit = "attrelid", .unit_catalog = "pg_class",
            .without = "attcacheoff attlen attbyval attalign attndims atthasdef atthasmissing attmissingval",
            .from = "JOIN pg_catalog.pg_class c ON c.oid = x.attrelid",
            .where = "x.attrelid >= {first} AND x.attnum > 0 AND NOT x.attisdropped AND c.relpersistence <> 't' "
                     "AND (c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c') OR (c.relkind IN ('i', 'I') AND (x.attoptions IS NOT NULL OR x.attstattarget >= 0)))",
            .version_key = "(x.attrelid::pg_catalog.int8 << 16) | x.attnum", .version_where = "x.attrelid >= {first} AND x.attnum > 0"},
    Catalog{.name = "pg_attrdef", .reading = part_of, .unit = "adrelid", .unit_catalog = "pg_class", .where = own_oids},
    Catalog{.name = "pg_index", .reading = part_of, .unit = "indrelid", .unit_catalog = "pg_class", .without = "indcheckxmin",
            .where = "x.indexrelid >= {first} AND x.indrelid NOT IN (SELECT t.oid FROM pg_catalog.pg_class t WHERE t.relkind = 't')",
            // Below 14, building and dropping concurrently set these in place.
            .version_key = "(x.indexrelid::pg_catalog.int8 << 3) | (x.indisvalid::pg_catalog.int4 << 2) | (x.indisready::pg_catalog.int4 << 1) | x.indislive::pg_catalog.int4",
            .version_where = "x.indexrelid >= {first}"},
    Catalog{.name = "pg_constraint", .reading = part_of, .unit = "conrelid", .unit_catalog = "pg_class", .key = "conrelid contypid conname", .present_only = "conparentid", .where = own_oids},
    Catalog{.name = "pg_trigger", .reading = part_of, .unit = "tgrelid", .unit_catalog = "pg_class", .key = "tgrelid tgname",
            .present_only = "tgparentid tgconstraint", .where = "x.oid >= {first} AND NOT x.tgisinternal"},
    Catalog{.name = "pg_rewrite", .reading = part_of, .unit = "ev_class", .unit_catalog = "pg_class", .key = "ev_class rulename", .where = own_oids},
    Catalog{.name = "pg_policy", .reading = part_of, .unit = "polrelid", .unit_catalog = "pg_class", .key = "polrelid polname", .where = own_oids},
    Catalog{.name = "pg_statistic_ext", .reading = part_of, .unit = "stxrelid", .unit_catalog = "pg_class", .key = "stxnamespace stxname", .where = own_oids},
    Catalog{.name = "pg_inherits", .reading = part_of, .unit = "inhrelid", .unit_catalog = "pg_class", .where = "x.inhrelid >= {first}", .version_key = "(x.inhrelid::pg_catalog.int8 << 32) | x.inhparent::pg_catalog.int8"},
    Catalog{.name = "pg_partitioned_table", .reading = part_of, .unit = "partrelid", .unit_catalog = "pg_class", .version_key = "x.partrelid::pg_catalog.int8"},
    Catalog{.name = "pg_foreign_table", .reading = part_of, .unit = "ftrelid", .unit_catalog = "pg_class", .version_key = "x.ftrelid::pg_catalog.int8"},
    Catalog{.name = "pg_sequence", .reading = part_of, .unit = "seqrelid", .unit_catalog = "pg_class", .version_key = "x.seqrelid::pg_catalog.int8"},
    Catalog{.name = "pg_aggregate", .reading = part_of, .unit = "aggfnoid", .unit_catalog = "pg_proc", .where = "x.aggfnoid::pg_catalog.oid >= {first}", .version_key = "x.aggfnoid::pg_catalog.oid::pg_catalog.int8"},
    Catalog{.name = "pg_amop", .reading = part_of, .unit = "amopfamily", .unit_catalog = "pg_opfamily",
            .key = "amopfamily amoplefttype amoprighttype amopstrategy amoppurpose", .where = own_oids},
    Catalog{.name = "pg_amproc", .reading = part_of, .unit = "amprocfamily", .unit_catalog = "pg_opfamily",
            .key = "amprocfamily amproclefttype amprocrighttype amprocnum", .where = own_oids},
    Catalog{.name = "pg_cast", .where = own_oids},
    Catalog{.name = "pg_transform", .where = own_oids},
    Catalog{.name = "pg_ts_config_map", .reading = part_of, .unit = "mapcfg", .unit_catalog = "pg_ts_config", .where = "x.mapcfg >= {first}", .version_key = "(x.mapcfg::pg_catalog.int8 << 32) | (x.maptokentype << 16) | x.mapseqno"},
    Catalog{.name = "pg_user_mappings", .reading = part_of, .unit = "srvid", .unit_catalog = "pg_foreign_server", .without = "umid", .links = {"x.umid oid"}, .version_key = "-"},
    Catalog{.name = "pg_event_trigger", .key = "evtname", .where = own_oids},
    Catalog{.name = "pg_publication", .key = "pubname", .where = own_oids},
    Catalog{.name = "pg_publication_rel", .reading = part_of, .unit = "prrelid", .unit_catalog = "pg_class", .where = own_oids},
    Catalog{.name = "pg_publication_namespace", .reading = part_of, .unit = "pnnspid", .unit_catalog = "pg_namespace", .where = own_oids},
    Catalog{.name = "pg_subscription", .key = "subname", .without = "subskiplsn subdbid",
            .where = "x.subdbid = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())", .version_key = "-"},
    Catalog{.name = "pg_default_acl"},
    Catalog{.name = "pg_description", .reading = part_of, .unit = "objoid", .unit_catalog = "classoid",
            .where = "x.objoid >= {first}", .version_key = "pg_catalog.hashint8extended((x.objoid::pg_catalog.int8 << 32) | x.classoid::pg_catalog.int8, x.objsubid)"},
    Catalog{.name = "pg_description", .reading = part_of, .unit = "objoid", .unit_catalog = "classoid",
            .where = "x.objoid < {first} AND x.classoid = 'pg_catalog.pg_namespace'::pg_catalog.regclass", .version_key = "-"},
    Catalog{.name = "pg_seclabel", .reading = part_of, .unit = "objoid", .unit_catalog = "classoid", .version_key = "pg_catalog.hashint8extended((x.objoid::pg_catalog.int8 << 32) | x.classoid::pg_catalog.int8, pg_catalog.hashtext(x.provider) # x.objsubid)"},
    // Members of extensions, which column a sequence belongs to, which operator class an operator came with.
    Catalog{.name = "pg_depend", .reading = part_of, .unit = "objid", .unit_catalog = "classid",
            .where = "x.objid >= {first} AND (x.deptype = 'e' OR (x.deptype IN ('a', 'i') AND x.refobjsubid > 0 AND x.objsubid = 0 "
                     "AND x.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND x.objid IN (SELECT s.seqrelid FROM pg_catalog.pg_sequence s)) "
                     "OR (x.deptype = 'i' AND x.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass) "
                     "OR x.classid IN ('pg_catalog.pg_amop'::pg_catalog.regclass, 'pg_catalog.pg_amproc'::pg_catalog.regclass))",
            .version_key = "pg_catalog.hashint8extended((x.objid::pg_catalog.int8 << 32) | x.refobjid::pg_catalog.int8, "
                           "(x.classid::pg_catalog.int8 << 32) # (x.refclassid::pg_catalog.int8 << 12) # (x.objsubid::pg_catalog.int8 << 16) # x.refobjsubid)"},
};
// clang-format on

constexpr std::uint32_t oid_type = 26, oid_vector = 30, oid_array = 1028, node_tree_type = 194, acl_array = 1034;

bool has_word(std::string_view words, std::string_view word) {
  std::size_t at = 0;
  while ((at = words.find(word, at)) != std::string_view::npos) {
    const auto end = at + word.size();
    if ((at == 0 || words[at - 1] == ' ') && (end == words.size() || words[end] == ' ')) return true;
    at = end;
  }
  return false;
}

// Types that hold an OID: oid, and regproc, regtype and their like.
bool is_oid(std::uint32_t type) {
  constexpr std::array types = {oid_type, 24U, 2202U, 2203U, 2204U, 2205U, 2206U, 4089U, 4096U, 3734U, 3769U, 4191U};
  return std::find(types.begin(), types.end(), type) != types.end();
}

// What the reader of the rows asks for by name; the key of a catalog besides.
constexpr std::string_view asked_for =
    "oid relkind attnum attname typstorage typtype tgenabled prokind proretset pronargdefaults proargmodes proargnames refobjsubid confkey prattrs";

CatalogColumn::Form form_of(const Catalog& catalog, const KnownColumn& column) {
  using enum CatalogColumn::Form;
  // Default privileges are nothing but their owner and what is granted.
  if (column.type == acl_array) return catalog.name == "pg_default_acl" ? plain : privileges;
  if (is_oid(column.type) && column.name.ends_with("owner")) return owner;
  if (is_oid(column.type)) return reference;
  if (column.type == oid_vector || column.type == oid_array) return references;
  return column.type == node_tree_type ? node_tree : plain;
}

}  // namespace

std::span<const Catalog> catalogs() { return table; }

std::vector<CatalogReading> catalog_readings(std::span<const KnownColumn> known, std::uint32_t first_oid) {
  std::vector<CatalogReading> readings;
  for (const auto& catalog : table) {
    CatalogReading reading{.catalog = &catalog};
    std::string list;
    for (const auto& column : known) {
      if (column.catalog != catalog.name || has_word(catalog.without, column.name)) continue;
      if (!catalog.columns.empty() && !has_word(catalog.columns, column.name)) continue;
      const auto form = form_of(catalog, column);
      reading.oid = column.catalog_oid;
      const bool folded = form == CatalogColumn::Form::plain && catalog.reading != Reading::names && !has_word(asked_for, column.name) &&
                          !has_word(catalog.key, column.name);
      reading.sent.push_back({column.name, form, has_word(catalog.present_only, column.name), folded});
      list += (list.empty() ? "x." : ", x.") + pg::quote_identifier_if_needed(column.name);
      // aclitem has no binary form.
      if (column.type == acl_array) list += "::pg_catalog.text";
    }
    if (reading.sent.empty()) continue;  // a later server's
    for (const auto link : catalog.links) {
      if (link.empty()) continue;
      list += ", " + std::string(link);
      reading.sent.push_back({std::string(link.substr(link.rfind(' ') + 1)), CatalogColumn::Form::link});
    }
    for (const auto& column : reading.sent)
      if (!column.folded) reading.columns.push_back(column);
    if (reading.columns.size() < reading.sent.size()) reading.columns.push_back({"rest", CatalogColumn::Form::plain});
    const auto first = [&](std::string_view text) { return replaced(std::string(text), "{first}", std::to_string(first_oid)); };
    const auto source = " FROM pg_catalog." + std::string(catalog.name) + " x ";
    const auto& quick = catalog.version_where.empty() ? catalog.where : catalog.version_where;
    reading.list = std::move(list);
    reading.rows = source + std::string(catalog.from) + " WHERE " + (catalog.where.empty() ? "true" : "(" + first(catalog.where) + ")");
    if (catalog.version_key != "-") {
      reading.version_key = catalog.version_key.empty() ? "x.oid::pg_catalog.int8" : std::string(catalog.version_key);
      reading.version_rows = source + "WHERE " + (quick.empty() ? "true" : "(" + first(quick) + ")");
    }
    readings.push_back(std::move(reading));
  }
  return readings;
}

}  // namespace prodclone::schema
