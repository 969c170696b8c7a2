#include "picture.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <unordered_map>

#include <prodclone/base/text.hpp>
#include <prodclone/pg/driver.hpp>

#include "catalog_reader.hpp"
#include "catalog_row.hpp"
#include "catalogs.hpp"
#include "node_tree.hpp"

namespace prodclone::schema {

namespace {

using Form = CatalogColumn::Form;

constexpr std::uint32_t pg_catalog_namespace = 11;

class Painter {
 public:
  explicit Painter(std::uint32_t first_oid) : first_oid_(first_oid) {
    names_.of = [this](std::uint32_t oid) { return shown(oid); };
    names_.is_enum = [this](std::uint32_t oid) {
      const auto found = types_.find(oid);
      return found != types_.end() && found->second.is_enum;
    };
  }

  void row(const CatalogReading& reading, std::string_view bytes) {
    // What may refer to anything waits until everything has its name.
    const bool waits = !settled_ && reading.catalog->reading == Reading::by_itself && reading.catalog->name != "pg_class";
    const bool is_trigger = reading.catalog->name == "pg_trigger";
    if (!is_trigger) include_triggers_of_partitions();
    row_.read(reading, bytes);
    const CatalogRow& fields = row_;
    name(fields);
    if (reading.catalog->reading == Reading::names) return;
    if (is_trigger) enabled_.emplace(fields.oid("oid"), fields.text("tgenabled"));
    if (is_trigger && fields.oid("tgparentid") != 0) {
      triggers_of_partitions_.emplace_back(&reading, std::string(bytes));
      return;
    }
    if (waits) {
      waiting_.emplace_back(&reading, std::string(bytes));
      return;
    }
    if (reading.catalog->name == "pg_attrdef") settle();
    include(fields);
  }

  Picture picture() {
    settle();
    include_triggers_of_partitions();
    std::sort(picture_.units.begin(), picture_.units.end(), [](const Unit& x, const Unit& y) {
      return std::tie(x.catalog, x.name, x.structure) < std::tie(y.catalog, y.name, y.structure);
    });
    return std::move(picture_);
  }

 private:
  struct Type {
    std::uint32_t relation = 0, element = 0, base = 0;
    bool is_enum = false;
  };
  struct Function {
    Digest call = {};
    std::uint32_t result = 0;
  };
  struct Relation {
    std::vector<std::pair<int, std::string>> columns = {};
    Digest shape = {};
  };
  struct Known {
    std::string name = {};
    Digest facts = {};  // the name, and of a type what a column's definition reads of it
  };

  void settle() {
    if (std::exchange(settled_, true)) return;
    CatalogRow row;
    for (const auto& [reading, bytes] : waiting_) {
      row.read(*reading, bytes);
      include(row);
    }
    waiting_.clear();
  }

  // A partition has them from its parent, and only another state is its own.
  void include_triggers_of_partitions() {
    CatalogRow row;
    for (const auto& [reading, bytes] : std::exchange(triggers_of_partitions_, {})) {
      row.read(*reading, bytes);
      const auto parent = enabled_.find(row.oid("tgparentid"));
      if (parent != enabled_.end() && parent->second != row.text("tgenabled")) include(row);
    }
  }

  const Known* known(std::uint32_t oid) const {
    // System objects mean the same on both sides, but for schemas and roles.
    const auto& names = oid < first_oid_ ? low_ : known_;
    const auto found = names.find(oid);
    return found == names.end() ? nullptr : &found->second;
  }
  std::string name_of(std::uint32_t oid) const {
    const auto* one = known(oid);
    return one != nullptr ? one->name : std::to_string(oid);
  }
  // False when nothing is known of it.
  bool refer(Digesting& digest, std::uint32_t oid) const {
    const auto* one = known(oid);
    if (one != nullptr)
      digest.add(one->facts);
    else
      digest.add_number(oid);
    return one != nullptr || oid < first_oid_;
  }

  void name(const CatalogRow& row) {
    const auto oid = row.oid("oid");
    const auto& catalog = row.catalog();
    if (catalog.name == "pg_type" && catalog.reading == Reading::names) remember_type(oid, row);
    if (catalog.name == "pg_attribute") {
      auto& relation = relations_[row.oid("attrelid")];
      const auto bytes = row.text("attnum"), attname = row.text("attname");
      const int number = (static_cast<unsigned char>(bytes[0]) << 8) | static_cast<unsigned char>(bytes[1]);
      relation.columns.emplace_back(number, attname);
      Digesting column;
      column.add_number(static_cast<std::uint64_t>(number)).add(attname);
      refer(column, row.oid("atttypid"));
      relation.shape.include(column.digest());
    }
    if (oid == 0 || catalog.key.empty()) return;
    std::string text(catalog.name);
    for (const auto& column : split(catalog.key, ' ')) {
      const auto at = static_cast<std::size_t>(
          std::find_if(row.columns().begin(), row.columns().end(), [&](const auto& c) { return c.name == column; }) -
          row.columns().begin());
      if (at == row.columns().size()) continue;
      text += '|';
      const auto& value = row.at(at);
      if (!value) continue;
      if (row.columns()[at].form == Form::reference)
        text += name_of(big_endian(*value));
      else if (row.columns()[at].form == Form::references)
        for (const auto one : oids_of(*value)) text += name_of(one) + ',';
      else
        text += *value;
    }
    if (catalog.name == "pg_proc") remember_function(oid, row);
    // A superuser has another name on each cluster; "public" may be anybody's.
    auto& names = oid < first_oid_ && (catalog.name == "pg_namespace" || catalog.name == "pg_roles") ? low_ : known_;
    auto& one = names[oid];
    if (one.name == text) return;  // pg_type is read twice
    // The same OID may be used in two catalogs.
    one.name += (one.name.empty() ? "" : "||") + text;
    Digesting facts;
    facts.add(one.name);
    if (catalog.name == "pg_type") {
      facts.add(row.text("typstorage")).add_number(row.oid("typcollation"));
      refer(facts, row.oid("typbasetype"));
    }
    one.facts = facts.digest();
  }

  void remember_type(std::uint32_t oid, const CatalogRow& row) {
    types_[oid] = {row.oid("typrelid"), row.oid("typelem"), row.oid("typbasetype"), row.text("typtype") == "e"};
  }

  // How a call of it is printed, and what its result consists of.
  void remember_function(std::uint32_t oid, const CatalogRow& row) {
    Digesting digest;
    for (const auto column : {"proretset", "prokind", "pronargdefaults", "proargmodes", "proargnames"}) digest.add(row.text(column));
    refer(digest, row.oid("prorettype"));
    refer(digest, row.oid("provariadic"));
    for (const auto type : oids_of(row.text("proallargtypes"))) refer(digest, type);
    functions_[oid] = {digest.digest(), row.oid("prorettype")};
  }

  // With what shows of it where an expression that refers to it is printed: the columns of a table or of what a
  // function returns.
  std::optional<Digest> shown(std::uint32_t oid) {
    if (const auto found = shown_.find(oid); found != shown_.end()) return found->second;
    const auto* one = known(oid);
    if (one == nullptr) return std::nullopt;
    Digesting digest;
    digest.add(one->facts);
    std::uint32_t type = oid;
    if (const auto relation = relations_.find(oid); relation != relations_.end()) digest.add(relation->second.shape);
    if (const auto function = functions_.find(oid); function != functions_.end()) {
      digest.add(function->second.call);
      type = function->second.result;
    }
    for (int depth = 0; depth < 4; ++depth) {
      const auto found = types_.find(type);
      if (found == types_.end()) break;
      refer(digest, type);
      if (const auto relation = relations_.find(found->second.relation); relation != relations_.end()) digest.add(relation->second.shape);
      type = found->second.element != 0 ? found->second.element : found->second.base;
    }
    const auto result = digest.digest();
    if (settled_) shown_.emplace(oid, result);
    return result;
  }

  std::size_t unit_at(std::uint32_t catalog, std::uint32_t oid) {
    const auto key = (static_cast<std::uint64_t>(catalog) << 32U) | oid;
    const auto [found, fresh] = members_.emplace(key, picture_.units.size());
    if (fresh) picture_.units.push_back({.catalog = catalog});
    return found->second;
  }

  std::optional<std::size_t> member(std::uint32_t catalog, std::uint32_t oid) const {
    const auto found = members_.find((static_cast<std::uint64_t>(catalog) << 32U) | oid);
    if (found == members_.end()) return std::nullopt;
    return found->second;
  }

  // The unit that a row belongs to; nothing for what is on something that we do not read.
  std::optional<std::size_t> unit_of(const CatalogRow& row) {
    const auto& catalog = row.catalog();
    const auto oid = row.oid("oid");
    constexpr std::uint32_t pg_class = 1259, pg_type = 1247;
    std::optional<std::size_t> unit;
    if (of_toast_table(row)) {
      if (const auto found = units_of_toast_tables_.find(row.oid("toast_table")); found != units_of_toast_tables_.end()) unit = found->second;
      return unit;
    }
    if (catalog.name == "pg_class") {
      const auto table = row.oid("of_table");
      unit = unit_at(pg_class, table != 0 ? table : oid);
      if (row.oid("toast") != 0) units_of_toast_tables_.emplace(row.oid("toast"), *unit);
    } else if (catalog.name == "pg_constraint") {
      unit = row.oid("conrelid") != 0 ? unit_at(pg_class, row.oid("conrelid")) : unit_at(pg_type, row.oid("contypid"));
    } else if (catalog.name == "pg_attribute" || catalog.name == "pg_inherits") {
      unit = member(pg_class, row.oid(catalog.unit));  // that of an index is its table's
    } else if (catalog.unit_catalog == "classoid" || catalog.unit_catalog == "classid") {
      unit = member(row.oid(catalog.unit_catalog), row.oid(catalog.unit));
    } else if (catalog.reading == Reading::part_of) {
      unit = unit_at(catalog_oid(catalog.unit_catalog), row.oid(catalog.unit));
    } else if (oid != 0) {
      unit = unit_at(row.catalog_oid(), oid);
    } else {
      picture_.units.push_back({.catalog = row.catalog_oid()});
      unit = picture_.units.size() - 1;
    }
    if (!unit || oid == 0) return unit;
    members_.emplace((static_cast<std::uint64_t>(row.catalog_oid()) << 32U) | oid, *unit);
    picture_.units[*unit].members.push_back({catalog.name, oid});
    if (catalog.name == "pg_class" && row.oid("row_type") != 0)
      picture_.units[*unit].members.push_back({row.text("relkind") == "c" ? "pg_type" : row_type, row.oid("row_type")});
    return unit;
  }

  static bool of_toast_table(const CatalogRow& row) {
    return row.catalog().reading == Reading::part_of && row.catalog().name == "pg_class";
  }

  static std::uint32_t catalog_oid(std::string_view catalog) {
    constexpr std::array known = {std::pair{std::string_view("pg_class"), 1259U}, std::pair{std::string_view("pg_type"), 1247U},
                                  std::pair{std::string_view("pg_proc"), 1255U}, std::pair{std::string_view("pg_opfamily"), 2753U},
                                  std::pair{std::string_view("pg_ts_config"), 3602U}, std::pair{std::string_view("pg_namespace"), 2615U},
                                  std::pair{std::string_view("pg_foreign_server"), 1417U}};
    for (const auto& [name, oid] : known)
      if (name == catalog) return oid;
    return 0;
  }

  void include(const CatalogRow& row) {
    const auto unit = unit_of(row);
    Digesting structure, access;
    bool comparable = true, has_access = false;
    structure.add(row.catalog().name);
    access.add(row.catalog().name);
    for (std::size_t i = 0; i < row.columns().size(); ++i) {
      const auto& column = row.columns()[i];
      const auto& value = row.at(i);
      if (column.name == "oid" || column.form == Form::link) continue;
      if (column.form == Form::owner || column.form == Form::privileges) {
        has_access = true;
        access.add_number(i);
        if (value && column.form == Form::owner) refer(access, big_endian(*value));
        if (value && column.form == Form::privileges) access.add(*value);
        continue;
      }
      if (!value) continue;
      structure.add_number(i);
      add_value(structure, comparable, column, *value);
    }
    add_names_of_columns(structure, row);
    const auto digest = structure.digest();
    // Of nothing that is read.
    if (!unit && (row.catalog().name == "pg_depend" || of_toast_table(row))) return;
    if (!unit) {
      // On something of the system's, or of a catalog that we do not know: OIDs and all.
      picture_.context.include(digest);
      return;
    }
    auto& whole = picture_.units[*unit];
    whole.structure.include(digest);
    if (has_access) whole.access.include(access.add(digest).digest());
    whole.comparable = whole.comparable && comparable;
    if (row.catalog().reading == Reading::by_itself && row.oid("of_table") == 0) {
      whole.name = row.catalog().key.empty() ? std::to_string(digest.high) + std::to_string(digest.low)
                                             : name_of(row.oid("oid"));
    }
    if (shapes_printing(row)) picture_.context.include(digest);
  }

  void add_value(Digesting& digest, bool& comparable, const CatalogColumn& column, std::string_view value) {
    switch (column.form) {
      case Form::reference:
        if (column.present_only)
          digest.add_number(big_endian(value) != 0 ? 1 : 0);
        else
          comparable = refer(digest, big_endian(value)) && comparable;
        return;
      case Form::references:
        for (const auto oid : oids_of(value)) comparable = refer(digest, oid) && comparable;
        return;
      case Form::node_tree:
        comparable = add_outline(value, names_, digest) && comparable;
        return;
      default:
        digest.add(value);
    }
  }

  // Attribute numbers of another table say nothing here: its columns by name.
  void add_names_of_columns(Digesting& digest, const CatalogRow& row) const {
    const auto add = [&](std::uint32_t table, int number) {
      const auto relation = relations_.find(table);
      if (relation == relations_.end()) return;
      for (const auto& [position, name] : relation->second.columns)
        if (position == number) digest.add(name);
    };
    if (row.catalog().name == "pg_constraint" && row.oid("confrelid") != 0)
      for (const int number : numbers_of(row.text("confkey"))) add(row.oid("confrelid"), number);
    if (row.catalog().name == "pg_depend" && row.text("refobjsubid").size() == 4)
      add(row.oid("refobjid"), static_cast<int>(big_endian(row.text("refobjsubid"))));
    if (row.catalog().name == "pg_publication_rel")
      for (const int number : numbers_of(row.text("prattrs"))) add(row.oid("prrelid"), number);
  }

  // Default operator classes, and whatever the printer finds without a schema before it.
  static bool shapes_printing(const CatalogRow& row) {
    const auto name = row.catalog().name;
    if (name == "pg_opclass" || name == "pg_cast" || name == "pg_am") return true;
    const auto space = name == "pg_proc"       ? row.oid("pronamespace")
                       : name == "pg_operator" ? row.oid("oprnamespace")
                       : name == "pg_type"     ? row.oid("typnamespace")
                                               : 0;
    return space == pg_catalog_namespace;
  }

  std::uint32_t first_oid_;
  NodeTreeNames names_;
  Picture picture_;
  bool settled_ = false;
  std::vector<std::pair<const CatalogReading*, std::string>> waiting_, triggers_of_partitions_;
  std::unordered_map<std::uint32_t, std::string> enabled_;                 // triggers, how
  std::unordered_map<std::uint32_t, std::size_t> units_of_toast_tables_;
  std::unordered_map<std::uint32_t, Known> known_, low_;
  std::unordered_map<std::uint32_t, Digest> shown_;
  std::unordered_map<std::uint32_t, Type> types_;
  std::unordered_map<std::uint32_t, Function> functions_;
  std::unordered_map<std::uint32_t, Relation> relations_;
  std::unordered_map<std::uint64_t, std::size_t> members_;
  CatalogRow row_;
};

}  // namespace

Picture take_picture(pg::Driver& driver, std::uint32_t first_oid, CatalogMemory* memory) {
  Painter painter(first_oid);
  const auto readings = read_catalogs(driver, first_oid, memory, [&](const CatalogReading& reading, std::string_view row) { painter.row(reading, row); });
  auto picture = memory != nullptr && memory->kept_picture() ? *memory->kept_picture() : painter.picture();  // as long as there are readings
  if (memory != nullptr) memory->add(picture);
  picture.server_version = driver.server_version();
  picture.database = driver.conninfo().database;
  return picture;
}

bool of_one_context(const Picture& a, const Picture& b) {
  return a.server_version / 10000 == b.server_version / 10000 && a.context == b.context;
}

Apart apart(const Picture& a, const Picture& b, bool with_access) {
  Apart result;
  std::size_t i = 0, k = 0;
  const auto take = [](std::vector<Member>& members, const Unit& unit) {
    members.insert(members.end(), unit.members.begin(), unit.members.end());
  };
  while (i < a.units.size() || k < b.units.size()) {
    const bool has_a = i < a.units.size(), has_b = k < b.units.size();
    const auto order = !has_b   ? std::strong_ordering::less
                       : !has_a ? std::strong_ordering::greater
                                : std::tie(a.units[i].catalog, a.units[i].name) <=> std::tie(b.units[k].catalog, b.units[k].name);
    if (order == 0) {
      const auto &x = a.units[i++], &y = b.units[k++];
      if (x.structure == y.structure && (!with_access || x.access == y.access) && x.comparable && y.comparable) continue;
      take(result.a, x);
      take(result.b, y);
    } else if (order < 0) {
      take(result.a, a.units[i++]);
    } else {
      take(result.b, b.units[k++]);
    }
    ++result.units;
  }
  return result;
}

}  // namespace prodclone::schema
