// Sequences, alone, of serial and of identity columns.
#include <fmt/format.h>

#include <prodclone/base/text.hpp>
#include <prodclone/schema/statements.hpp>

#include "script_draft.hpp"

namespace prodclone::schema {

namespace {

std::string_view value(const Object& object, std::string_view name) {
  return attribute_value(object, name);
}

bool of_identity(const Object& sequence) {
  return value(sequence, "owned_by").starts_with("identity of ");
}

const Object* owner_column(const Draft& draft, const Object& sequence) {
  if (value(sequence, "owned_by").empty()) return nullptr;
  for (const auto* needed : draft.needs(sequence))
    if (needed->kind == "column") return needed;
  return nullptr;
}

// The sequence that a column counts with: its own by identity, or that of its default.
const Object* sequence_of(const Draft& draft, const Object& column, bool identity) {
  if (identity) {
    for (const auto* one : draft.dependents(column))
      if (one->kind == "sequence" && of_identity(*one)) return one;
    return nullptr;
  }
  for (const auto* one : draft.needs(column))
    if (one->kind == "sequence") return one;
  return nullptr;
}

std::string beside(const Object& sequence, std::string_view prefix) {
  auto name = std::string(prefix) + sequence.name;
  if (name.size() > 63) name.resize(63);
  return name;
}

std::string options(const Object& b) {
  return fmt::format("START WITH {} INCREMENT BY {} MINVALUE {} MAXVALUE {} CACHE {}{}", value(b, "start"), value(b, "increment"),
                     value(b, "minimum"), value(b, "maximum"), value(b, "cache"), value(b, "cycle").empty() ? " NO CYCLE" : " CYCLE");
}

std::string carry(const std::string& from, const std::string& to) {
  return fmt::format("SELECT pg_catalog.setval({}, last_value, is_called) FROM {};", literal(to), from);
}

std::string in_schema(const Object& sequence, const std::string& name) {
  return identifier(sequence.schema) + '.' + identifier(name);
}

// A serial column's sequence of `a` whose column becomes an identity column.
bool hands_over(const Draft& draft, const Object& a) {
  const auto* column = owner_column(draft, a);
  const auto* after = column ? draft.partner(*column) : nullptr;
  return after && !of_identity(a) && draft.fate(*column) == Fate::stay && !value(*after, "identity").empty() && value(*column, "identity").empty();
}

// The identity sequence of `a` that a sequence of b goes on from.
const Object* takes_over(const Draft& draft, const Object& b) {
  const auto* column = owner_column(draft, b);
  const auto* before = column ? draft.partner(*column) : nullptr;
  if (!before || of_identity(b) || draft.fate(*column) != Fate::stay || value(*before, "identity").empty() || !value(*column, "identity").empty())
    return nullptr;
  return sequence_of(draft, *before, true);
}

}  // namespace

std::string identity_text(const Draft& draft, const Object& column) {
  auto text = fmt::format("GENERATED {} AS IDENTITY", upper(value(column, "identity")));
  if (const auto* sequence = sequence_of(draft, column, true))
    text += fmt::format(" (SEQUENCE NAME {} {})", qualified_name(*sequence), options(*sequence));
  return text;
}

std::optional<std::string> counting_before(const Draft& draft, const Object& column) {
  const auto* old_one = sequence_of(draft, column, false);
  const auto* b = draft.partner(column);
  const auto* new_one = b ? sequence_of(draft, *b, true) : nullptr;
  if (!old_one || !new_one || !draft.goes(*old_one)) return std::nullopt;
  return carry(in_schema(*new_one, beside(*old_one, "prodclone_old_")), qualified_name(*new_one));
}

std::optional<std::string> counting_after(const Draft& draft, const Object& column) {
  const auto* sequence = sequence_of(draft, column, false);
  if (!sequence || !takes_over(draft, *sequence)) return std::nullopt;
  return fmt::format("ALTER SEQUENCE {} RENAME TO {};", in_schema(*sequence, beside(*sequence, "prodclone_new_")), identifier(sequence->name));
}

Way way_of_sequence(const Draft& draft, const Object& a, const Object& b) {
  if (of_identity(a) != of_identity(b)) return Way::recreate;
  // That of an identity column goes and comes with it.
  const auto* column = of_identity(a) ? owner_column(draft, a) : nullptr;
  return column && draft.partner(*column) != owner_column(draft, b) ? Way::recreate : Way::alter;
}

void make_sequence(Draft& draft, const Object& b) {
  if (of_identity(b)) return;  // comes with its column
  const auto rank = script_kind("sequence")->rank;
  const auto* before = takes_over(draft, b);
  const auto name = before ? in_schema(b, beside(b, "prodclone_new_")) : qualified_name(b);
  draft.add({.sql = fmt::format("CREATE {}SEQUENCE {} AS {} {};", value(b, "persistence").empty() ? "" : "UNLOGGED ", name, value(b, "data_type"), options(b)),
             .rank = rank,
             .object = &b});
  if (before) draft.add({.sql = carry(draft.now(*before), name), .rank = rank, .object = &b});
  if (const auto* column = owner_column(draft, b))
    draft.add({.sql = fmt::format("ALTER SEQUENCE {} OWNED BY {};", qualified_name(b), value(b, "owned_by")),
               .rank = rank,
               .object = &b,
               .aside = true,
               .after_making = {column}});
}

void alter_sequence(Draft& draft, const Object&, const Object& b) {
  const auto rank = script_kind("sequence")->rank;
  const auto name = qualified_name(b);
  const auto* column = owner_column(draft, b);
  std::string actions;
  const auto act = [&](std::string_view attribute, const std::string& action) {
    if (draft.touched(b, attribute)) actions += ' ' + action;
  };
  act("data_type", fmt::format("AS {}", value(b, "data_type")));
  act("increment", fmt::format("INCREMENT BY {}", value(b, "increment")));
  act("minimum", fmt::format("MINVALUE {}", value(b, "minimum")));
  act("maximum", fmt::format("MAXVALUE {}", value(b, "maximum")));
  act("start", fmt::format("START WITH {}", value(b, "start")));
  act("cache", fmt::format("CACHE {}", value(b, "cache")));
  act("cycle", value(b, "cycle").empty() ? "NO CYCLE" : "CYCLE");
  if (!actions.empty()) {
    Step step{.sql = fmt::format("ALTER SEQUENCE {}{};", name, actions), .rank = rank, .note = "fails where the counter is beyond the new bounds", .object = &b};
    if (column && of_identity(b)) step.after_making = {column};  // a new type of the column brings the sequence along
    draft.add(std::move(step));
  }
  if (draft.touched(b, "persistence"))
    draft.add({.sql = fmt::format("ALTER SEQUENCE {} SET {};", name, value(b, "persistence").empty() ? "LOGGED" : "UNLOGGED"), .rank = rank, .object = &b});
  if (draft.touched(b, "owned_by")) {
    Step step{.sql = fmt::format("ALTER SEQUENCE {} OWNED BY {};", name, column ? value(b, "owned_by") : std::string_view("NONE")),
              .rank = rank,
              .object = &b,
              .aside = true};
    if (column) step.after_making = {column};
    draft.add(std::move(step));
  }
}

void drop_sequence(Draft& draft, const Object& a) {
  if (of_identity(a)) return;  // goes with DROP IDENTITY
  const auto rank = script_kind("sequence")->rank;
  if (hands_over(draft, a)) {
    const auto old_name = in_schema(a, beside(a, "prodclone_old_"));
    const auto* column = draft.partner(*owner_column(draft, a));
    draft.add({.sql = fmt::format("ALTER SEQUENCE {} RENAME TO {};", qualified_name(a), identifier(beside(a, "prodclone_old_"))), .phase = Phase::early, .rank = 0, .object = &a});
    draft.add({.sql = fmt::format("DROP SEQUENCE {};", old_name), .phase = Phase::late, .rank = -rank, .object = &a, .after_making = {column}});
    return;
  }
  const auto name = draft.is_early(a) ? qualified_name(a) : draft.now(a);
  draft.add({.sql = fmt::format("DROP SEQUENCE {};", name),
             .phase = draft.is_early(a) ? Phase::early : Phase::late,
             .rank = -rank,
             .loses = fmt::format("where {} stands", name),
             .object = &a});
}

}  // namespace prodclone::schema
