#include "pairing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace prodclone::data {

namespace {

bool holds_rows(const Relation& relation) { return relation.kind == Kind::table || relation.kind == Kind::partitioned; }

bool listed(const std::vector<std::string>& names, const std::string& name) { return std::find(names.begin(), names.end(), name) != names.end(); }

std::string why_not(const Relation& relation, const std::vector<std::string>& exclude) {
  if (listed(exclude, relation.name)) return "it is the migration tool's own table";
  if (!relation.extension.empty()) return "it belongs to the extension " + relation.extension;
  if (relation.kind == Kind::foreign) return "a foreign table: its rows are on another server";
  if (relation.kind == Kind::materialized_view) return "a materialised view: its rows follow from other tables";
  return {};
}

// By number where both are one table, else and for what is left by name: a column that was added, filled and given the
// old one's name takes its place.
template <typename RenamedLabels>
void match_columns(Pair& pair, Pairing& pairing, const RenamedLabels& renamed_labels) {
  const auto& before = pair.before.front();
  const auto& after = pair.after.front();
  std::set<int> taken;
  std::vector<const Column*> partner(before.columns.size());
  const auto match = [&](auto find) {
    for (std::size_t i = 0; i < before.columns.size(); ++i) {
      if (partner[i] != nullptr) continue;
      const auto* found = find(before.columns[i]);
      if (found != nullptr && taken.insert(found->number).second) partner[i] = found;
    }
  };
  if (before.oid == after.oid) match([&](const Column& column) { return find_column(after, column.number); });
  match([&](const Column& column) { return find_column(after, column.name); });
  for (std::size_t i = 0; i < before.columns.size(); ++i) {
    const auto& column = before.columns[i];
    if (partner[i] != nullptr && (column.generated || partner[i]->generated))
      pairing.not_compared.push_back({before.name + '.' + column.name, "a generated column: its values follow from others"});
    else if (partner[i] != nullptr)
      pair.columns.push_back({column, *partner[i], common_form(column.type_class, partner[i]->type_class), renamed_labels(column, *partner[i])});
    else if (column.generated)
      pairing.not_compared.push_back({before.name + '.' + column.name, "a generated column that is gone: its values followed from others"});
    else
      pair.gone.push_back(column);
  }
  for (const auto& column : after.columns)
    if (!taken.contains(column.number)) pairing.not_compared.push_back({after.name + '.' + column.name, "a new column: there is nothing to compare it with"});
}

void choose_readings(Pair& pair) {
  for (const auto& relation : pair.before) pair.read_before.relations.push_back(from_relation(relation));
  for (const auto& relation : pair.after) pair.read_after.relations.push_back(from_relation(relation));
  for (const auto& column : pair.columns) {
    pair.read_before.columns.push_back({.name = column.before.name, .type_class = column.before.type_class, .form = column.form});
    pair.read_after.columns.push_back({.name = column.after.name, .type_class = column.after.type_class, .form = column.form,
                                       .enum_array = column.after.enum_array, .labels = column.labels});
  }
  for (const auto& key : pair.before.front().keys) {
    std::vector<std::size_t> places;
    for (const int number : key)
      for (std::size_t i = 0; i < pair.columns.size(); ++i)
        if (pair.columns[i].before.number == number) places.push_back(i);
    if (places.size() != key.size()) continue;
    for (const auto place : places) {
      pair.read_before.key.push_back(pair.read_before.columns[place]);
      pair.read_after.key.push_back(pair.read_after.columns[place]);
    }
    pair.read_before.keyed = pair.read_after.keyed = true;
    return;
  }
  pair.read_before.key = pair.read_before.columns;
  pair.read_after.key = pair.read_after.columns;
}

bool has_columns(const Relation& relation, const Reading& reading) {
  return std::all_of(reading.columns.begin(), reading.columns.end(), [&](const ReadColumn& column) {
    const auto* own = find_column(relation, column.name);
    return own != nullptr && own->type_class == column.type_class;
  });
}

class PairingUp {
 public:
  PairingUp(const Catalog& before, const Catalog& after, const std::vector<std::string>& exclude) : before_(before), after_(after), exclude_(exclude) {}

  Pairing result() {
    for (const auto& relation : before_.relations) {
      if (const auto why = why_not(relation, exclude_); !why.empty()) pairing_.not_compared.push_back({relation.name, why});
      else if (relation.root == 0) find_partner(relation);
    }
    // Those that became partitions of a table that was there before count with it.
    for (const auto* relation : attached_) attach(*relation);
    for (auto& pair : pairing_.pairs)
      if (pair.read_before.relations.empty()) complete(pair);
    for (const auto& relation : after_.relations)
      if (relation.root == 0 && !used_.contains(relation.oid) && why_not(relation, exclude_).empty())
        pairing_.not_compared.push_back({relation.name, "a new table: there is nothing to compare it with"});
    return std::move(pairing_);
  }

 private:
  void find_partner(const Relation& relation) {
    const auto* same = find_relation(after_, relation.oid);
    const auto* named = find_relation(after_, relation.name);
    if (named != nullptr && (!holds_rows(*named) || named->root != 0)) named = nullptr;
    if (same != nullptr && same->root != 0) {
      const auto* root = find_relation(after_, same->root);
      if (root != nullptr && find_relation(before_, root->oid) != nullptr) {
        attached_.push_back(&relation);
        return;
      }
      same = root;
    }
    if (same == nullptr && named == nullptr) {
      pairing_.gone.push_back(relation);
      return;
    }
    if (same != nullptr) add(relation, *same, false);
    // A new table under the old name is what the application reads from now on, kept though the old one may be.
    if (named != nullptr && named != same && find_relation(before_, named->oid) == nullptr) add(relation, *named, true);
    else if (same == nullptr) pairing_.gone.push_back(relation);
  }

  void add(const Relation& before, const Relation& after, bool by_name) {
    used_.insert(after.oid);
    pairing_.pairs.push_back({.before = {before}, .after = {after}, .by_name = by_name});
  }

  // What the values of an enum are called: a renamed label changes none of them.
  std::vector<RenamedLabel> renamed_labels(const Column& before, const Column& after) const {
    std::vector<RenamedLabel> renamed;
    if (before.enum_type == 0 || before.enum_type != after.enum_type || before.enum_array != after.enum_array) return renamed;
    for (const auto& label : after_.labels) {
      if (label.type != after.enum_type) continue;
      const auto old = std::find_if(before_.labels.begin(), before_.labels.end(), [&](const EnumLabel& other) { return other.oid == label.oid; });
      if (old != before_.labels.end() && old->label != label.label) renamed.push_back({label.label, old->label});
    }
    return renamed;
  }

  void attach(const Relation& relation) {
    const auto& partition = *find_relation(after_, relation.oid);
    for (auto& pair : pairing_.pairs) {
      if (pair.after.front().oid != partition.root) continue;
      complete(pair);
      if (has_columns(relation, pair.read_before)) {
        pair.before.push_back(relation);
        pair.read_before.relations.push_back(from_relation(relation));
        return;
      }
    }
    add(relation, partition, false);
  }

  void complete(Pair& pair) {
    if (!pair.read_before.relations.empty()) return;
    match_columns(pair, pairing_, [&](const Column& before, const Column& after) { return renamed_labels(before, after); });
    choose_readings(pair);
    // What was detached is a table of its own now; its rows were this table's.
    for (const auto& partition : before_.relations) {
      if (partition.root != pair.before.front().oid) continue;
      const auto* detached = find_relation(after_, partition.oid);
      if (detached == nullptr || detached->root != 0 || used_.contains(detached->oid) || !has_columns(*detached, pair.read_after)) continue;
      used_.insert(detached->oid);
      pair.after.push_back(*detached);
      pair.read_after.relations.push_back(from_relation(*detached));
    }
  }

  const Catalog& before_;
  const Catalog& after_;
  const std::vector<std::string>& exclude_;
  Pairing pairing_;
  std::set<std::uint32_t> used_;
  std::vector<const Relation*> attached_;
};

ColumnComparison compare(const PairedColumn& column, const ColumnSum& before, const ColumnSum& after) {
  return {.before = column.before.name, .after = column.after.name, .type_before = column.before.type, .type_after = column.after.type,
          .fate = before == after ? ColumnFate::kept : ColumnFate::changed, .values_before = before.values, .values_after = after.values};
}

ColumnComparison gone_column(const Column& column, const TablePrint* natural) {
  ColumnComparison comparison{.before = column.name, .type_before = column.type, .fate = ColumnFate::gone};
  if (natural == nullptr) return comparison;
  for (std::size_t i = 0; i < natural->columns.size(); ++i)
    if (natural->reading.columns[i].name == column.name) comparison.values_before = natural->columns[i].values;
  return comparison;
}

const TablePrint* natural_print(const Fingerprint& fingerprint, std::uint32_t oid) {
  for (const auto& table : fingerprint.tables)
    if (table.oid == oid) return &table;
  return nullptr;
}

}  // namespace

Pairing pair_up(const Catalog& before, const Catalog& after, const std::vector<std::string>& exclude) { return PairingUp(before, after, exclude).result(); }

std::optional<TablePrint> part_of(const Fingerprint& fingerprint, const Reading& reading) {
  for (const auto& table : fingerprint.tables) {
    if (table.reading.relations != reading.relations || table.reading.key != reading.key || table.reading.keyed != reading.keyed) continue;
    if (!table.could_not_read.empty()) return table;
    TablePrint part = table;
    part.reading = reading;
    part.columns.clear();
    for (const auto& column : reading.columns) {
      const auto found = std::find(table.reading.columns.begin(), table.reading.columns.end(), column);
      if (found == table.reading.columns.end()) return std::nullopt;
      part.columns.push_back(table.columns[static_cast<std::size_t>(found - table.reading.columns.begin())]);
    }
    return part;
  }
  return std::nullopt;
}

std::vector<TableComparison> compare_sums(const Pairing& pairing, const Fingerprint& fingerprint, const std::vector<TablePrint>& before, const std::vector<TablePrint>& after) {
  std::vector<TableComparison> tables;
  for (std::size_t i = 0; i < pairing.pairs.size(); ++i) {
    const auto& pair = pairing.pairs[i];
    TableComparison table{.before = pair.before.front().name, .after = pair.after.front().name, .by_name = pair.by_name,
                          .rows_before = before[i].rows, .rows_after = after[i].rows, .same_keys = before[i].keys == after[i].keys, .keyed = pair.read_before.keyed};
    if (table.keyed)
      for (const auto& column : pair.read_before.key) table.key.push_back(column.name);
    if (!before[i].could_not_read.empty() || !after[i].could_not_read.empty()) {
      table.fate = TableFate::unknown;
      table.could_not_compare = before[i].could_not_read.empty() ? "after: " + after[i].could_not_read : "before: " + before[i].could_not_read;
      tables.push_back(std::move(table));
      continue;
    }
    for (std::size_t c = 0; c < pair.columns.size(); ++c) table.columns.push_back(compare(pair.columns[c], before[i].columns[c], after[i].columns[c]));
    for (const auto& column : pair.gone) table.columns.push_back(gone_column(column, natural_print(fingerprint, pair.before.front().oid)));
    if (!nothing_changed(table)) table.fate = TableFate::changed;
    tables.push_back(std::move(table));
  }
  for (const auto& relation : pairing.gone) {
    TableComparison table{.before = relation.name, .fate = TableFate::gone};
    if (const auto* print = natural_print(fingerprint, relation.oid)) {
      table.rows_before = print->rows;
      table.could_not_compare = print->could_not_read;
      for (const auto& column : relation.columns) table.columns.push_back(gone_column(column, print));
    }
    tables.push_back(std::move(table));
  }
  std::stable_sort(tables.begin(), tables.end(), [](const auto& a, const auto& b) { return a.before < b.before; });
  return tables;
}

}  // namespace prodclone::data
