#include "schema_comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include <prodclone/base/text.hpp>
#include <prodclone/checks/touched_by.hpp>
#include <prodclone/schema/causes.hpp>
#include <prodclone/schema/kinds.hpp>
#include <prodclone/schema/statements.hpp>
#include <prodclone/schema/text_diff.hpp>

namespace prodclone::checks {

using schema::Change;
using schema::Difference;

namespace {

std::string subject(const Difference& d) {
  std::string noun(schema::kind_facts(d.kind).noun);
  noun[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(noun[0])));
  return fmt::format("{} {}{}", noun, d.kind == "comment" ? "on " : "", d.name);
}

std::string shown(const std::string& value) {
  return value.empty() ? "the default" : value;
}

std::string attributes(const Difference& d) {
  std::vector<std::string> names;
  for (const auto& t : d.touched) names.push_back(replaced(t.attribute, "_", " "));
  return joined(names, ", ");
}

bool only_column_order(const Difference& d) {
  return d.change == Change::changed && d.touched.size() == 1 && d.touched[0].attribute == "column_order";
}

std::string what(const Difference& d, const SchemaLabels& labels) {
  switch (d.change) {
    case Change::removed:
      return fmt::format("{} exists only in {}.", subject(d), labels.a);
    case Change::added:
      return fmt::format("{} exists only in {}.", subject(d), labels.b);
    case Change::renamed:
      return fmt::format("{} is called {} in {}, with the same definition.", subject(d), *d.old_name, labels.a);
    case Change::changed:
      break;
  }
  if (d.touched.size() == 1 && d.touched[0].a.size() + d.touched[0].b.size() < 100)
    return fmt::format("{} differs in {}: {} in {}, {} in {}.", subject(d), attributes(d), shown(d.touched[0].a),
                       labels.a, shown(d.touched[0].b), labels.b);
  return fmt::format("{} differs in {}.", subject(d), attributes(d));
}

std::vector<std::string> evidence(const Difference& d, const SchemaLabels& labels) {
  constexpr std::size_t most = 40;
  std::vector<std::string> lines;
  if (d.change == Change::renamed) return lines;
  if (d.a && d.b && (d.a->find('\n') != std::string::npos || d.b->find('\n') != std::string::npos)) {
    lines = lines_of(schema::unified_diff(*d.a, *d.b, labels.a, labels.b));
  } else {
    if (d.a) lines.push_back(labels.a + ": " + *d.a);
    if (d.b) lines.push_back(labels.b + ": " + *d.b);
  }
  if (lines.size() > most) {
    const auto left = lines.size() - most;
    lines.resize(most);
    lines.push_back(fmt::format("… {} more", counted(static_cast<long long>(left), "line")));
  }
  return lines;
}

// "public.event_2024_05" and "public.event_2024_06" are one pattern.
std::string without_digits(const std::string& name) {
  std::string text;
  for (const char c : name)
    if (!std::isdigit(static_cast<unsigned char>(c)))
      text += c;
    else if (text.empty() || text.back() != '#')
      text += '#';
  return text;
}

std::string partition_parent(const Difference& d) {
  const auto& definition = d.a ? *d.a : *d.b;
  const auto at = definition.find("PARTITION OF ");
  return at == std::string::npos ? "" : definition.substr(at + 13, definition.find(' ', at + 13) - at - 13);
}

// Migrations that name partitions after the day on which they run build another database every day.
bool looks_named_after_a_day(const Difference& d, const schema::Differences& all) {
  if (d.kind != "table" || (d.change != Change::added && d.change != Change::removed)) return false;
  const auto parent = partition_parent(d);
  if (parent.empty() || without_digits(d.name) == d.name) return false;
  return std::any_of(all.entries.begin(), all.entries.end(), [&](const Difference& other) {
    return other.kind == "table" && other.change != d.change &&
           (other.change == Change::added || other.change == Change::removed) &&
           without_digits(other.name) == without_digits(d.name) && partition_parent(other) == parent;
  });
}

std::string cause(const Difference& d, const schema::Differences& all, const SchemaLabels& labels, const Story& story) {
  if (only_column_order(d))
    return "The same columns in another order, as after a down and up again: a column that is added again goes last. "
           "Views "
           "with SELECT * behind this table differ as a consequence.";
  if (looks_named_after_a_day(d, all))
    return fmt::format(
        "{} has a partition of {} with the same name but for its digits: a migration seems to name partitions after "
        "the day on which it runs. Fix the clock for both sides, or waive partitions of this pattern.",
        d.change == Change::removed ? labels.b : labels.a, partition_parent(d));
  const auto usual = std::string(schema::usual_cause(d));
  const auto with_usual = [&](const std::string& text) { return usual.empty() ? text : text + ' ' + usual; };
  switch (d.change) {
    case Change::removed:
      return with_usual(story.only_in_a);
    case Change::added:
      return with_usual(story.only_in_b);
    case Change::renamed:
      return story.renamed;
    case Change::changed:
      break;
  }
  return with_usual(story.differs);
}

// Of a domain, whose value is called VALUE.
bool is_domain_constraint(const Difference& d) {
  const auto& definition = d.a ? *d.a : d.b ? *d.b : d.name;
  const auto at = definition.find("VALUE");
  return d.kind == "check_constraint" && at != std::string::npos && at > 0 && definition[at - 1] != '"';
}

// What can be copied out of a finding must not be able to lose rows or values.
bool holds_data(std::string_view kind) {
  return kind == "table" || kind == "column" || kind == "schema" || kind == "sequence" || kind == "extension";
}

std::string statements(const Difference& d, const SchemaLabels& labels) {
  const auto toward = [&](std::string sql) {
    if (is_domain_constraint(d)) sql = replaced(sql, "ALTER TABLE ", "ALTER DOMAIN ");
    return sql.empty() ? std::string() : fmt::format("\n-- makes {} like {}:\n{}", labels.a, labels.b, sql);
  };
  switch (d.change) {
    case Change::removed:
      return toward((holds_data(d.kind) ? "-- destroys data, look first: " : "") +
                    schema::drop_statement(d.kind, d.name));
    case Change::added:
      return toward(schema::create_statement(d.kind, d.name, d.b.value_or("")));
    case Change::renamed: {
      auto name = schema::split_name(d.name).last;
      name = name.substr(0, name.find('('));
      if (name.size() > 1 && name.front() == '"') name = replaced(name.substr(1, name.size() - 2), "\"\"", "\"");
      return toward(schema::rename_statement(d.kind, *d.old_name, name));
    }
    case Change::changed:
      break;
  }
  if (d.kind == "column") return toward(schema::alter_column_statement(d));
  if (schema::is_constraint(d.kind) || d.kind == "index")
    return d.b ? toward(schema::drop_statement(d.kind, d.name) + '\n' + schema::create_statement(d.kind, d.name, *d.b))
               : "";
  if (d.kind == "function" || d.kind == "procedure")
    return d.b ? toward(schema::create_statement(d.kind, d.name, *d.b)) : "";
  return {};
}

}  // namespace

Findings compare_schemas(const schema::Differences& differences, const SchemaLabels& labels, const Story& story) {
  Findings findings;
  for (const auto& d : differences.entries) {
    findings.push_back(
        {.check = story.check,
         .severity = only_column_order(d) ? Severity::warning : Severity::failure,
         .object = d.kind + ' ' + d.name,
         .what = what(d, labels),
         .where = fmt::format("{} and {}", labels.a, labels.b),
         .why = only_column_order(d)
                    ? "Only code that counts on the order of columns notices: INSERT without names, COPY, SELECT *."
                    : story.why,
         .remedy = cause(d, differences, labels, story) + statements(d, labels),
         .evidence = evidence(d, labels)});
    for (const auto& statement : touched_by(d, labels.pending)) findings.back().evidence.push_back("touched by " + statement);
  }
  return findings;
}

}  // namespace prodclone::checks
