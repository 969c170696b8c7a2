#include <prodclone/schema/cross_check.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include <prodclone/base/text.hpp>
#include <prodclone/schema/kinds.hpp>

namespace prodclone::schema {

namespace {

struct Unseen {
  std::string_view kind;  // empty: any
  std::string_view attribute;
};

// What the catalogs tell and pg_dump does not, or not always: the table of the header.
constexpr std::array unseen_by_pg_dump = {
    Unseen{"extension", "version"},
    Unseen{"", "tablespace"},
    Unseen{"", "access_method"},
    Unseen{"", "owner"},
    Unseen{"", "privileges"},
    Unseen{"", "inheritance"},
    Unseen{"", "detach_pending"},
    Unseen{"", "not_null_name"},
    Unseen{"table", "replica_identity"},
    Unseen{"", "index_valid"},
    Unseen{"subscription", "enabled"},
};

// Entry types in which pg_dump shows each kind; the first is the usual one.
struct Places {
  std::string_view kind;
  std::array<std::string_view, 4> types;
};

constexpr std::array places = {
    Places{"schema", {"SCHEMA"}},
    Places{"extension", {"EXTENSION"}},
    Places{"type", {"TYPE", "SHELL TYPE"}},
    Places{"domain", {"DOMAIN"}},
    Places{"table", {"TABLE", "TABLE ATTACH"}},
    Places{"foreign_table", {"FOREIGN TABLE"}},
    Places{"column", {"TABLE", "DEFAULT", "SEQUENCE", "FOREIGN TABLE"}},
    Places{"check_constraint", {"TABLE", "CHECK CONSTRAINT", "DOMAIN", "FOREIGN TABLE"}},
    Places{"primary_key", {"CONSTRAINT", "INDEX ATTACH"}},
    Places{"unique_constraint", {"CONSTRAINT", "INDEX ATTACH"}},
    Places{"exclusion_constraint", {"CONSTRAINT", "INDEX ATTACH"}},
    Places{"foreign_key", {"FK CONSTRAINT"}},
    Places{"index", {"INDEX", "INDEX ATTACH"}},
    Places{"sequence", {"SEQUENCE", "SEQUENCE OWNED BY"}},
    Places{"view", {"VIEW", "RULE", "DEFAULT"}},
    Places{"materialized_view", {"MATERIALIZED VIEW", "RULE"}},
    Places{"function", {"FUNCTION"}},
    Places{"procedure", {"PROCEDURE"}},
    Places{"aggregate", {"AGGREGATE"}},
    Places{"trigger", {"TRIGGER"}},
    Places{"rule", {"RULE"}},
    Places{"policy", {"POLICY"}},
    Places{"row_security", {"ROW SECURITY", "TABLE"}},
    Places{"statistics", {"STATISTICS"}},
    Places{"event_trigger", {"EVENT TRIGGER"}},
    Places{"operator", {"OPERATOR"}},
    Places{"operator_family", {"OPERATOR FAMILY"}},
    Places{"operator_class", {"OPERATOR CLASS"}},
    Places{"cast", {"CAST"}},
    Places{"collation", {"COLLATION"}},
    Places{"conversion", {"CONVERSION"}},
    Places{"text_search_parser", {"TEXT SEARCH PARSER"}},
    Places{"text_search_template", {"TEXT SEARCH TEMPLATE"}},
    Places{"text_search_dictionary", {"TEXT SEARCH DICTIONARY"}},
    Places{"text_search_configuration", {"TEXT SEARCH CONFIGURATION"}},
    Places{"procedural_language", {"PROCEDURAL LANGUAGE"}},
    Places{"transform", {"TRANSFORM"}},
    Places{"access_method", {"ACCESS METHOD"}},
    Places{"foreign_data_wrapper", {"FOREIGN DATA WRAPPER"}},
    Places{"server", {"SERVER"}},
    Places{"user_mapping", {"USER MAPPING"}},
    Places{"publication", {"PUBLICATION"}},
    Places{"publication_table", {"PUBLICATION TABLE"}},
    Places{"publication_tables_in_schema", {"PUBLICATION TABLES IN SCHEMA"}},
    Places{"subscription", {"SUBSCRIPTION", "COMMENT"}},
    Places{"default_privileges", {"DEFAULT ACL"}},
    Places{"large_object", {"BLOB", "BLOB METADATA", "LARGE OBJECT"}},
    Places{"comment", {"COMMENT"}},
    Places{"security_label", {"SECURITY LABEL"}},
};

// Two ways of quoting and qualifying the same name become one: "public"."T".x(a) and public.T x are its words.
std::vector<std::string> words_of(std::string_view name) {
  std::vector<std::string> words(1);
  bool quoted = false;
  for (const char c : name) {
    if (c == '"')
      quoted = !quoted;
    else if (c == '(' && !quoted)
      break;
    else if ((c == '.' || c == ' ') && !quoted)
      words.emplace_back();
    else
      words.back() += c;
  }
  return words;
}

// pg_dump's tags do not quote: a name with a blank in it cannot be cut, only compared as a whole.
std::string flat(const std::vector<std::string>& words) {
  auto text = joined(words, " ");
  std::replace(text.begin(), text.end(), '.', ' ');
  return text;
}

bool holds(const std::string& hay, const std::string& needle) {
  return (' ' + hay + ' ').find(' ' + needle + ' ') != std::string::npos;
}

// Kinds whose tag is made otherwise than by putting names side by side; empty for all others.
std::string tag_of(std::string_view kind, const std::string& name) {
  const auto [owner, last] = split_name(name);
  if (kind == "cast" || kind == "transform") return fmt::format("{} {}", upper(kind_facts(kind).noun), name);
  if (kind == "user_mapping") return fmt::format("USER MAPPING {} SERVER {}", last, owner);
  if (kind == "publication_tables_in_schema") return fmt::format("{} {}", last, owner);
  if (kind == "publication_table") return fmt::format("{} {}", last, split_name(owner).last);
  if (kind == "operator_class" || kind == "operator_family") return last.substr(0, last.rfind(" USING "));
  return {};
}

// The schema that the entry of such a kind bears; empty where it has none.
std::string schema_of(std::string_view kind, const std::string& name) {
  const auto owner = split_name(name).owner;
  if (kind == "publication_table") return split_name(owner).owner;
  const bool in_one = kind == "publication_tables_in_schema" || kind == "operator_class" || kind == "operator_family";
  return in_one ? owner : std::string();
}

std::string unquoted(std::string text) {
  return replaced(std::move(text), "\"", "");
}

// A comment's tag is what it stands on as SQL names it: "CAST (integer AS public.t)", "OPERATOR CLASS c USING btree".
bool comment_fits(const Difference& d, const std::string& name, const DumpDifference& dump) {
  const auto theirs = unquoted(dump.name);
  for (const auto kind : {"cast", "transform", "operator_class", "operator_family"}) {
    const auto noun = std::string(kind_facts(kind).noun);
    const auto on = d.kind == "security_label" ? name.find(" on ") + 4 : 0;
    if (!name.substr(on).starts_with(noun + ' ')) continue;
    const auto object = name.substr(on + noun.size() + 1);
    const auto last = split_name(object).last;
    return theirs == unquoted(upper(noun) + ' ' + (kind_facts(kind).naming == Naming::in_words ? object : last));
  }
  auto words = words_of(name);
  // The labels of a table's columns stand in the table's entry.
  if (d.kind == "security_label" && name.find(" on column ") != std::string::npos) words.pop_back();
  return holds(flat(words_of(dump.schema.empty() ? dump.name : dump.schema + ' ' + dump.name)), flat({words.back()}));
}

// Whether the entry is the one in which pg_dump shows an object of this name, or what it stands on.
bool names_fit(const Difference& d, const std::string& name, const DumpDifference& dump) {
  if (const auto tag = tag_of(d.kind, name); !tag.empty())
    return unquoted(tag) == unquoted(dump.name) && unquoted(schema_of(d.kind, name)) == dump.schema;
  if (d.kind == "comment" || d.kind == "security_label") return comment_fits(d, name, dump);
  const auto words = words_of(name);
  const auto ours = flat(words);
  const auto theirs = flat(words_of(dump.schema.empty() ? dump.name : dump.schema + ' ' + dump.name));
  if (ours == theirs) return true;
  const auto last = flat({words.back()});
  // "column public.t.c" is COLUMN t.c, "check constraint public.t.c" is CONSTRAINT c ON t.
  if (dump.type == "INDEX ATTACH") return holds(theirs, last);
  if (d.kind == "row_security" || d.kind == "view" || d.kind == "materialized_view")
    return theirs.starts_with(ours + ' ');
  const bool in_parent = kind_facts(d.kind).naming == Naming::in_parent;
  if (!in_parent) return (d.kind == "sequence" && holds(theirs, ours)) || (d.kind == "subscription" && theirs == "SUBSCRIPTION " + ours);
  const std::vector<std::string> owner_words(words.begin(), words.end() - 1);
  const auto owner = flat(owner_words);
  if (dump.type == "SEQUENCE") {  // ALTER TABLE … ADD GENERATED stands in an entry named after the sequence
    const auto mentions = [&](const std::string& text) {
      return flat(words_of(replaced(text, "(", " "))).find(owner) != std::string::npos;
    };
    return mentions(dump.a) || mentions(dump.b);
  }
  return theirs == owner;
}

// The comment on a renamed object is written under its new name.
bool is_about_renamed(const Difference& d, const DumpDifference& dump) {
  if (d.change != Change::renamed || (dump.type != "COMMENT" && dump.type != "SECURITY LABEL")) return false;
  const Difference comment{.kind = "comment"};
  const auto noun = std::string(kind_facts(d.kind).noun) + ' ';
  return comment_fits(comment, noun + d.name, dump) || comment_fits(comment, noun + *d.old_name, dump);
}

// The default of a column stands in an entry of its own when the sequence that it counts with belongs to it.
bool is_default_of_owner(const Difference& d, const DumpDifference& dump) {
  if (d.kind != "sequence" || (dump.type != "DEFAULT" && dump.type != "TABLE")) return false;
  const auto theirs = flat(words_of(dump.schema.empty() ? dump.name : dump.schema + ' ' + dump.name));
  return std::any_of(d.touched.begin(), d.touched.end(), [&](const Touched& t) {
    if (t.attribute != "owned_by") return false;
    for (const auto* column : {&t.a, &t.b})
      if (theirs == flat(words_of(dump.type == "TABLE" ? split_name(*column).owner : *column))) return true;
    return false;
  });
}

bool may_show(const Difference& d, const DumpDifference& dump) {
  if (is_about_renamed(d, dump) || is_default_of_owner(d, dump)) return true;
  const auto place = std::find_if(places.begin(), places.end(), [&](const Places& p) { return p.kind == d.kind; });
  if (place == places.end() || std::find(place->types.begin(), place->types.end(), dump.type) == place->types.end())
    return false;
  return names_fit(d, d.name, dump) || (d.old_name && names_fit(d, *d.old_name, dump));
}

bool pg_dump_knows(const Difference& d) {
  if (d.kind == "schema" && d.name == "public") return false;
  if (d.change == Change::renamed) return true;
  if (d.change != Change::changed) return d.touched.empty();  // an index that is not valid
  return std::any_of(d.touched.begin(), d.touched.end(), [&](const Touched& t) {
    return std::none_of(unseen_by_pg_dump.begin(), unseen_by_pg_dump.end(), [&](const Unseen& u) {
      return (u.kind.empty() || u.kind == d.kind) && u.attribute == t.attribute;
    });
  });
}

bool compared_by_us(std::string_view type) {
  return std::any_of(places.begin(), places.end(),
                     [&](const Places& p) { return std::find(p.types.begin(), p.types.end(), type) != p.types.end(); });
}

}  // namespace

std::vector<Disagreement> cross_check(const Differences& catalogs, const std::vector<DumpDifference>& dumps) {
  std::vector<Disagreement> disagreements;
  for (const auto& dump : dumps) {
    if (dump.only_order) continue;
    const auto shows = [&](const Difference& d) { return may_show(d, dump); };
    if (std::any_of(catalogs.entries.begin(), catalogs.entries.end(), shows) ||
        std::any_of(catalogs.consequences.begin(), catalogs.consequences.end(), shows))
      continue;
    // An entry of a comment belongs to a kind that we may not list.
    disagreements.push_back(
        {.seen_by = Witness::pg_dump_only,
         .expected = !compared_by_us(dump.type),
         .object = fmt::format("{} {}{}", dump.type, dump.schema.empty() ? "" : dump.schema + '.', dump.name),
         .difference = to_string(dump),
         .a = dump.a,
         .b = dump.b});
  }
  for (const auto& d : catalogs.entries) {
    if (!pg_dump_knows(d)) continue;
    if (std::any_of(dumps.begin(), dumps.end(), [&](const DumpDifference& dump) { return may_show(d, dump); }))
      continue;
    disagreements.push_back({.seen_by = Witness::catalogs_only,
                             .object = d.kind + ' ' + d.name,
                             .difference = to_string(d),
                             .a = d.a.value_or(""),
                             .b = d.b.value_or("")});
  }
  return disagreements;
}

}  // namespace prodclone::schema
