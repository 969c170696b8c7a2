#include <algorithm>
#include <array>

#include "script_draft.hpp"

namespace prodclone::schema {

namespace {
// clang-format off
constexpr std::array table = {
    ScriptKind{"schema", 10},
    ScriptKind{"extension", 20, false, way_of_extension, nullptr, alter_extension},
    ScriptKind{"procedural_language", 21},
    ScriptKind{"access_method", 22},
    ScriptKind{"foreign_data_wrapper", 23, false, way_of_foreign, nullptr, alter_foreign},
    ScriptKind{"server", 24, false, way_of_foreign, nullptr, alter_foreign},
    ScriptKind{"user_mapping", 25, true, way_of_user_mapping, make_user_mapping, alter_user_mapping},
    ScriptKind{"collation", 28},
    ScriptKind{"text_search_template", 28},
    ScriptKind{"text_search_parser", 28},
    ScriptKind{"text_search_dictionary", 29},
    ScriptKind{"text_search_configuration", 29},
    ScriptKind{"type", 30, false, way_of_type, make_type, alter_type, drop_type},
    ScriptKind{"domain", 31, false, way_of_type, make_type, alter_type, drop_type},
    ScriptKind{"sequence", 40, false, way_of_sequence, make_sequence, alter_sequence, drop_sequence},
    ScriptKind{"function", 45, false, way_of_routine, nullptr, alter_routine, drop_routine},
    ScriptKind{"procedure", 45, false, way_of_routine, nullptr, alter_routine, drop_routine},
    ScriptKind{"aggregate", 47, false, way_of_routine, nullptr, alter_routine, drop_routine},
    ScriptKind{"conversion", 48, true},
    ScriptKind{"operator", 48, true, way_of_operator, nullptr, alter_operator},
    ScriptKind{"operator_family", 48, true},
    ScriptKind{"operator_class", 49, true},
    ScriptKind{"cast", 49, true},
    ScriptKind{"transform", 49, true},
    ScriptKind{"table", 50, false, way_of_table, make_table, alter_table, drop_table},
    ScriptKind{"foreign_table", 51, false, way_of_table, make_table, alter_table, drop_table},
    ScriptKind{"column", 60, false, way_of_column, make_column, alter_column, drop_column},
    ScriptKind{"check_constraint", 70, true, way_of_constraint, make_constraint, alter_constraint, drop_constraint},
    ScriptKind{"primary_key", 80, true, way_of_constraint, make_constraint, alter_constraint, drop_constraint},
    ScriptKind{"unique_constraint", 81, true, way_of_constraint, make_constraint, alter_constraint, drop_constraint},
    ScriptKind{"exclusion_constraint", 82, true, way_of_constraint, make_constraint, alter_constraint, drop_constraint},
    ScriptKind{"index", 85, true, way_of_index, make_index, alter_index, drop_index},
    ScriptKind{"view", 100, true, way_of_view, make_view, alter_view},
    ScriptKind{"materialized_view", 101, true, way_of_view, make_view, alter_view},
    ScriptKind{"foreign_key", 110, true, way_of_constraint, make_constraint, alter_constraint, drop_constraint},
    ScriptKind{"statistics", 112, true, way_of_statistics, make_statistics, alter_statistics},
    ScriptKind{"trigger", 115, true, way_of_switchable, make_switchable, alter_switchable, drop_switchable},
    ScriptKind{"rule", 116, true, way_of_switchable, make_switchable, alter_switchable, drop_switchable},
    ScriptKind{"policy", 117, true},
    ScriptKind{"row_security", 118, false, way_of_row_security, make_row_security, alter_row_security, drop_row_security},
    ScriptKind{"publication", 120},
    ScriptKind{"publication_table", 121, true},
    ScriptKind{"publication_tables_in_schema", 121, true},
    ScriptKind{"subscription", 125, false, way_of_subscription, make_subscription, alter_subscription, drop_subscription},
    ScriptKind{"event_trigger", 130, true, way_of_switchable, make_switchable, alter_switchable, drop_switchable},
    ScriptKind{"large_object", 135, false, way_of_large_object, make_large_object, nullptr, drop_large_object},
    ScriptKind{"default_privileges", 150, false, way_of_defaults, make_defaults, alter_defaults, drop_defaults},
    ScriptKind{"comment", 140, false, way_of_comment, make_comment, alter_comment, drop_comment},
    ScriptKind{"security_label", 141, false, way_of_comment, nullptr, alter_security_label, drop_security_label},
};
// clang-format on
}  // namespace

const ScriptKind* script_kind(std::string_view kind) {
  const auto found = std::find_if(table.begin(), table.end(), [&](const ScriptKind& one) { return one.kind == kind; });
  return found == table.end() ? nullptr : &*found;
}

}  // namespace prodclone::schema
