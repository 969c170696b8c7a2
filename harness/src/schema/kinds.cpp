#include <prodclone/schema/kinds.hpp>

#include <algorithm>
#include <array>

namespace prodclone::schema {

namespace {
constexpr std::array table = {
    Kind{"schema", "SCHEMA", Naming::by_itself, "schema"},
    Kind{"extension", "EXTENSION", Naming::by_itself, "extension"},
    Kind{"type", "TYPE", Naming::in_schema, "type"},
    Kind{"domain", "DOMAIN", Naming::in_schema, "domain"},
    Kind{"table", "TABLE", Naming::in_schema, "table"},
    Kind{"foreign_table", "FOREIGN TABLE", Naming::in_schema, "foreign table"},
    Kind{"column", "TABLE", Naming::in_parent, "column"},
    Kind{"check_constraint", "CHECK CONSTRAINT", Naming::in_parent, "check constraint"},
    Kind{"primary_key", "CONSTRAINT", Naming::in_parent, "primary key"},
    Kind{"unique_constraint", "CONSTRAINT", Naming::in_parent, "unique constraint"},
    Kind{"exclusion_constraint", "CONSTRAINT", Naming::in_parent, "exclusion constraint"},
    Kind{"foreign_key", "FK CONSTRAINT", Naming::in_parent, "foreign key"},
    Kind{"index", "INDEX", Naming::in_schema, "index"},
    Kind{"sequence", "SEQUENCE", Naming::in_schema, "sequence"},
    Kind{"view", "VIEW", Naming::in_schema, "view"},
    Kind{"materialized_view", "MATERIALIZED VIEW", Naming::in_schema, "materialized view"},
    Kind{"function", "FUNCTION", Naming::in_schema, "function"},
    Kind{"procedure", "PROCEDURE", Naming::in_schema, "procedure"},
    Kind{"aggregate", "AGGREGATE", Naming::in_schema, "aggregate"},
    Kind{"trigger", "TRIGGER", Naming::in_parent, "trigger"},
    Kind{"rule", "RULE", Naming::in_parent, "rule"},
    Kind{"policy", "POLICY", Naming::in_parent, "policy"},
    Kind{"row_security", "ROW SECURITY", Naming::by_parent, "row security"},
    Kind{"statistics", "STATISTICS", Naming::in_schema, "statistics"},
    Kind{"event_trigger", "EVENT TRIGGER", Naming::by_itself, "event trigger"},
    Kind{"operator", "OPERATOR", Naming::in_words, "operator"},
    Kind{"operator_family", "OPERATOR FAMILY", Naming::in_schema, "operator family"},
    Kind{"operator_class", "OPERATOR CLASS", Naming::in_schema, "operator class"},
    Kind{"cast", "CAST", Naming::in_words, "cast"},
    Kind{"collation", "COLLATION", Naming::in_schema, "collation"},
    Kind{"conversion", "CONVERSION", Naming::in_schema, "conversion"},
    Kind{"text_search_parser", "TEXT SEARCH PARSER", Naming::in_schema, "text search parser"},
    Kind{"text_search_template", "TEXT SEARCH TEMPLATE", Naming::in_schema, "text search template"},
    Kind{"text_search_dictionary", "TEXT SEARCH DICTIONARY", Naming::in_schema, "text search dictionary"},
    Kind{"text_search_configuration", "TEXT SEARCH CONFIGURATION", Naming::in_schema, "text search configuration"},
    Kind{"procedural_language", "PROCEDURAL LANGUAGE", Naming::by_itself, "procedural language"},
    Kind{"transform", "TRANSFORM", Naming::in_words, "transform"},
    Kind{"access_method", "ACCESS METHOD", Naming::by_itself, "access method"},
    Kind{"foreign_data_wrapper", "FOREIGN DATA WRAPPER", Naming::by_itself, "foreign data wrapper"},
    Kind{"server", "SERVER", Naming::by_itself, "server"},
    Kind{"user_mapping", "USER MAPPING", Naming::in_parent, "user mapping"},
    Kind{"publication", "PUBLICATION", Naming::by_itself, "publication"},
    Kind{"publication_table", "PUBLICATION TABLE", Naming::in_parent, "publication table"},
    Kind{"publication_tables_in_schema", "PUBLICATION TABLES IN SCHEMA", Naming::in_parent,
         "publication tables in schema"},
    Kind{"subscription", "SUBSCRIPTION", Naming::by_itself, "subscription"},
    Kind{"default_privileges", "DEFAULT ACL", Naming::in_words, "default privileges"},
    Kind{"large_object", "BLOB", Naming::in_words, "large object"},
    Kind{"comment", "COMMENT", Naming::by_parent, "comment"},
    Kind{"security_label", "SECURITY LABEL", Naming::by_parent, "security label"},
};
}  // namespace

std::span<const Kind> kinds() {
  return table;
}

Kind kind_facts(std::string_view kind) {
  const auto found = std::find_if(table.begin(), table.end(), [&](const Kind& k) { return k.name == kind; });
  return found != table.end() ? *found : Kind{kind, kind, Naming::in_schema, kind};
}

bool is_index_like(std::string_view kind) {
  return kind == "index" || kind == "primary_key" || kind == "unique_constraint" || kind == "exclusion_constraint";
}

bool is_constraint(std::string_view kind) {
  return kind == "check_constraint" || kind == "primary_key" || kind == "unique_constraint" ||
         kind == "exclusion_constraint" || kind == "foreign_key";
}

bool is_published(std::string_view kind) {
  return kind == "publication_table" || kind == "publication_tables_in_schema";
}

}  // namespace prodclone::schema
