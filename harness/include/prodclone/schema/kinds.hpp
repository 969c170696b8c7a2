// The kinds of schema objects: one table that says how each is called, named and seen by pg_dump.
#pragma once

#include <span>
#include <string_view>

namespace prodclone::schema {

enum class Naming {
  by_itself,  // extension, schema
  in_schema,  // schema.name
  in_parent,  // schema.table.name
  by_parent,  // named by what it stands on
  in_words,   // the name is SQL already, never quoted: the cast (integer AS public.t), the operator public.===(…)
};

struct Kind {
  std::string_view name = {};          // pg_dump's entry type in lower case with underscores, finer where it is coarse
  std::string_view pg_dump_type = {};  // the entry type in which pg_dump shows it
  Naming naming = Naming::in_schema;
  std::string_view noun = {};  // for people: "primary key"
};

// clang-format off
// | kind                            | what                                                | pg_dump's entries               |
// | schema, extension               |                                                     | SCHEMA, EXTENSION               |
// | type                            | enum, composite type, range, base type, shell       | TYPE, SHELL TYPE                |
// | domain                          |                                                     | DOMAIN                          |
// | table, foreign_table            | with persistence, options, partitioning, parents    | (FOREIGN) TABLE, TABLE ATTACH   |
// | column                          | of tables: type, default, identity, not null, …     | TABLE, DEFAULT, SEQUENCE        |
// | check_constraint                | of tables and domains                               | TABLE, DOMAIN, CHECK CONSTRAINT |
// | primary_key, unique_constraint, | with the index behind it                            | CONSTRAINT, INDEX ATTACH        |
// |   exclusion_constraint          |                                                     |                                 |
// | foreign_key                     |                                                     | FK CONSTRAINT                   |
// | index                           | that no constraint owns                             | INDEX, INDEX ATTACH             |
// | sequence                        | with owned by                                       | SEQUENCE, SEQUENCE OWNED BY     |
// | view, materialized_view         | with their columns                                  | the same words                  |
// | function, procedure, aggregate, |                                                     | the same words                  |
// |   trigger, rule, policy,        |                                                     |                                 |
// |   statistics, event_trigger     |                                                     |                                 |
// | row_security                    | enabled, forced                                     | ROW SECURITY, TABLE             |
// | operator, cast, collation,      |                                                     | the same words                  |
// |   conversion, transform,        |                                                     |                                 |
// |   procedural_language,          |                                                     |                                 |
// |   access_method                 |                                                     |                                 |
// | operator_class, operator_family | with their operators and functions                  | the same words                  |
// | text_search_parser, …_template, | a configuration with its mappings                   | the same words                  |
// |   …_dictionary, …_configuration |                                                     |                                 |
// | foreign_data_wrapper, server,   | a mapping's options only as hashes                  | the same words                  |
// |   user_mapping                  |                                                     |                                 |
// | publication, publication_table, | which tables or schemas, each an object that stands | the same words                  |
// |   publication_tables_in_schema  | on its table or schema                              |                                 |
// | subscription                    | without its connection                              | SUBSCRIPTION                    |
// | default_privileges              | compared where privileges are                       | DEFAULT ACL                     |
// | large_object                    | read on request                                     | BLOB                            |
// | comment, security_label         | on any of these                                     | COMMENT, SECURITY LABEL         |
// clang-format on
std::span<const Kind> kinds();

// Of an unknown word: a kind named in a schema, with the word as its noun.
Kind kind_facts(std::string_view kind);

// An index, or a constraint that is one object with its index.
bool is_index_like(std::string_view kind);
bool is_constraint(std::string_view kind);
// What a publication publishes: the kind stands on its table or schema and bears the publication's name.
bool is_published(std::string_view kind);

}  // namespace prodclone::schema
