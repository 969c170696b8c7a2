// Row security, extended statistics, extensions, operators, large objects, comments and labels.
#include <fmt/format.h>

#include <prodclone/base/text.hpp>
#include <prodclone/schema/kinds.hpp>
#include <prodclone/schema/statements.hpp>

#include "script_draft.hpp"

namespace prodclone::schema {

namespace {

std::string_view value(const Object& object, std::string_view name) {
  return attribute_value(object, name);
}

void switch_row_security(Draft& draft, const Object& b, std::string_view enabled, std::string_view forced) {
  const auto add = [&](std::string_view action) {
    draft.add({.sql = fmt::format("ALTER TABLE {} {} ROW LEVEL SECURITY;", b.parent, action),
               .rank = script_kind("row_security")->rank,
               .note = "ACCESS EXCLUSIVE, for a moment",
               .object = &b});
  };
  if (enabled != value(b, "enabled")) add(value(b, "enabled").empty() ? "DISABLE" : "ENABLE");
  if (forced != value(b, "forced")) add(value(b, "forced").empty() ? "NO FORCE" : "FORCE");
}

void set_statistics(Draft& draft, const Object& b) {
  draft.add({.sql = fmt::format("ALTER STATISTICS {} SET STATISTICS {};", qualified_name(b),
                                value(b, "statistics").empty() ? std::string_view("-1") : value(b, "statistics")),
             .rank = script_kind("statistics")->rank,
             .object = &b});
}

// An object as COMMENT ON wants it: "CONSTRAINT c ON public.t".
std::string commented(const Draft& draft, const Object& on) {
  const auto noun = is_constraint(on.kind) ? std::string("CONSTRAINT") : upper(kind_facts(on.kind).noun);
  if (kind_facts(on.kind).naming != Naming::in_parent || on.kind == "column") return noun + ' ' + qualified_name(on);
  const auto* parent = draft.parent(on);
  return fmt::format("{} {} ON {}{}", noun, identifier(on.name), parent && parent->kind == "domain" ? "DOMAIN " : "", on.parent);
}

// Without one of ours (a column of a view, the index behind a constraint): as the snapshot calls it.
std::string commented_by(const Draft& draft, const Object& comment) {
  const auto* on = draft.parent(comment);
  return on && on->identity == comment.identity ? commented(draft, *on) : comment.parent;
}

void comment_on(Draft& draft, const Object& comment, const std::string& text) {
  Step step{.sql = fmt::format("COMMENT ON {} IS {};", commented_by(draft, comment), text), .rank = script_kind("comment")->rank, .object = &comment};
  draft.add(std::move(step));
}

}  // namespace

Way way_of_row_security(const Draft&, const Object&, const Object&) {
  return Way::alter;
}
void make_row_security(Draft& draft, const Object& b) {
  switch_row_security(draft, b, {}, {});
}
void alter_row_security(Draft& draft, const Object& a, const Object& b) {
  switch_row_security(draft, b, value(a, "enabled"), value(a, "forced"));
}
void drop_row_security(Draft& draft, const Object& a) {
  const auto* table = draft.parent(a);
  const auto name = table ? draft.now(*table) : a.parent;
  const auto add = [&](std::string_view action) {
    draft.add({.sql = fmt::format("ALTER TABLE {} {} ROW LEVEL SECURITY;", name, action),
               .phase = Phase::late,
               .rank = -script_kind("row_security")->rank,
               .note = "ACCESS EXCLUSIVE, for a moment",
               .object = &a});
  };
  if (!value(a, "enabled").empty()) add("DISABLE");
  if (!value(a, "forced").empty()) add("NO FORCE");
}

Way way_of_statistics(const Draft& draft, const Object& a, const Object&) {
  return draft.touched(a, "definition") ? Way::recreate : Way::alter;
}
void make_statistics(Draft& draft, const Object& b) {
  draft.add({.sql = create_statement(b.kind, qualified_name(b), b.definition), .rank = script_kind("statistics")->rank, .object = &b});
  if (!value(b, "statistics").empty()) set_statistics(draft, b);
}
void alter_statistics(Draft& draft, const Object&, const Object& b) {
  if (draft.touched(b, "statistics")) set_statistics(draft, b);
}

Way way_of_extension(const Draft&, const Object&, const Object&) {
  return Way::alter;
}
void alter_extension(Draft& draft, const Object&, const Object& b) {
  const auto rank = script_kind("extension")->rank;
  if (const auto* t = draft.touched(b, "schema"))
    draft.add({.sql = fmt::format("ALTER EXTENSION {} SET SCHEMA {};", identifier(b.name), identifier(t->b)), .rank = rank, .object = &b});
  if (const auto* t = draft.touched(b, "version"))
    draft.add({.sql = fmt::format("ALTER EXTENSION {} UPDATE TO {};", identifier(b.name), literal(t->b)), .rank = rank, .object = &b});
}

Way way_of_comment(const Draft&, const Object&, const Object&) {
  return Way::alter;
}
void make_comment(Draft& draft, const Object& b) {
  comment_on(draft, b, literal(value(b, "text")));
}
void alter_comment(Draft& draft, const Object&, const Object& b) {
  comment_on(draft, b, literal(value(b, "text")));
}
void drop_comment(Draft& draft, const Object& a) {
  const auto* on = draft.parent(a);
  const auto* after = on && on->identity == a.identity ? draft.partner(*on) : nullptr;  // it is late: under new names
  draft.add({.sql = fmt::format("COMMENT ON {} IS NULL;", after ? commented(draft, *after) : commented_by(draft, a)),
             .phase = Phase::late,
             .rank = -script_kind("comment")->rank,
             .object = &a});
}

void alter_security_label(Draft& draft, const Object&, const Object& b) {
  draft.add({.sql = b.definition + ';', .rank = script_kind(b.kind)->rank, .object = &b});
}
void drop_security_label(Draft& draft, const Object& a) {
  draft.add({.sql = a.definition.substr(0, a.definition.rfind(literal(value(a, "text")))) + "NULL;",
             .phase = Phase::late,
             .rank = -script_kind(a.kind)->rank,
             .object = &a});
}

Way way_of_large_object(const Draft&, const Object&, const Object&) {
  return Way::alter;
}
void make_large_object(Draft& draft, const Object& b) {
  draft.cannot(b, "Its content is no part of the schema.");
}
void drop_large_object(Draft& draft, const Object& a) {
  draft.add({.sql = drop_statement(a.kind, a.name), .phase = Phase::late, .rank = -script_kind(a.kind)->rank, .loses = "its content", .object = &a});
}

Way way_of_operator(const Draft& draft, const Object& a, const Object&) {
  for (const auto& t : draft.touched(a))
    if (t.attribute != "restrict" && t.attribute != "join") return Way::recreate;
  return Way::alter;
}
void alter_operator(Draft& draft, const Object&, const Object& b) {
  std::vector<std::string> parts;
  for (const auto& t : draft.touched(b)) parts.push_back(fmt::format("{} = {}", upper(t.attribute), t.b.empty() ? "NONE" : t.b));
  draft.add({.sql = fmt::format("ALTER OPERATOR {} SET ({});", qualified_name(b), joined(parts, ", ")), .rank = script_kind(b.kind)->rank, .object = &b});
}

}  // namespace prodclone::schema
