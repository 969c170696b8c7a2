// A script while it is being written: what becomes of each object, and the steps with what must come before them.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <prodclone/schema/script.hpp>

#include "matching.hpp"

namespace prodclone::schema {

// Steps of one phase come before all of the next, but for `late`, which mixes with `build` where it must. Names are
// those of `a` up to the renames, those of `b` after them.
enum class Phase { labels, early, rename, build, late };

struct Step {
  std::string sql = {};  // with its semicolon
  Phase phase = Phase::build;
  Run run = Run::in_transaction;
  int rank = 0;             // among steps that do not depend on each other
  std::string loses = {};   // non-empty: destructive
  std::string note = {};
  const Object* object = {};  // what it is about, on either side
  bool access = {};
  bool aside = {};            // who needs its object need not wait for it
  std::vector<const Object*> after_making = {};  // besides what its object needs
  std::vector<const Object*> after_all_of = {};  // steps aside too
  std::set<std::size_t> after = {};
};

enum class Fate {
  stay,       // as it is, or altered in place
  one_sided,  // in a: to be dropped, in b: to be made
  recreate,   // dropped and made again
};

enum class Way { alter, recreate, impossible };

class Draft {
 public:
  // Differences of `withheld` objects are left as they are: their kind and name.
  using Key = std::pair<std::string, std::string>;
  Draft(const Snapshot& a, const Snapshot& b, const ScriptOptions& options, const std::set<Key>& withheld);
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  int major() const { return b_.server_version / 10000; }
  const std::vector<Object>& objects_a() const { return a_.objects; }
  const std::vector<Object>& objects_b() const { return b_.objects; }
  const ScriptOptions& options() const { return options_; }

  bool is_of_a(const Object& object) const;
  const Object* partner(const Object& object) const;  // the same object on the other side
  const Object* find_a(const Identity& id) const { return find(identities_a_, id); }
  const Object* find_b(const Identity& id) const { return find(identities_b_, id); }
  const Object* parent(const Object& object) const;
  // Objects that need it: by dependency or because they stand on it.
  const std::vector<const Object*>& dependents(const Object& object) const;
  std::vector<const Object*> needs(const Object& object) const;
  const std::vector<const Object*>& children(const Object& object) const;  // what stands on it

  // What differs between a matched pair, by either of them; empty where nothing does, or where it is withheld.
  const std::vector<Touched>& touched(const Object& object) const;
  const Touched* touched(const Object& object, std::string_view attribute) const;

  bool structure_differs(const Object& object) const;  // more than owner and privileges

  Fate fate(const Object& object) const;
  bool goes(const Object& a) const { return fate(a) != Fate::stay; }
  bool made(const Object& b) const { return fate(b) != Fate::stay; }  // by this script
  // Needs no statement of its own: its table goes, or the column that it is inherited from.
  bool goes_with_another(const Object& a) const;
  bool is_early(const Object& a) const { return early_.contains(&a); }
  bool is_forced(const Object& object) const;  // recreated because of something else
  bool is_retyped(const Object& column) const;
  bool loses_default(const Object& column) const { return default_goes_.contains(&column); }

  // Whether a column's NOT NULL is called so in `a` (18 on).
  bool is_not_null_name_of_a(const std::string& schema, const std::string& name) const;

  // The name of an object of `a` once the renames have run.
  std::string now(const Object& a) const;
  std::string now_signature(std::string signature) const;

  // Steps of one object and phase follow each other in this order.
  void add(Step step);
  void cannot(const Object& object, std::string why);

  // The steps in order.
  std::vector<Step> order();
  const std::vector<NotExpressed>& not_expressed() const { return not_expressed_; }
  // Differences whose object a step is about, as text.
  std::vector<std::string> differences_of(const Object& object) const;
  // What must be withheld when destructive steps are not allowed.
  std::set<Key> destructive();

 private:
  using Identities = std::unordered_map<Identity, const Object*>;
  static const Object* find(const Identities& map, const Identity& id);
  void index(const Snapshot& snapshot, Identities& identities);
  void read_differences(const std::set<Key>& withheld);
  void decide();
  void disturb_dependents(const Object& a);
  void disturb_dependents_of_retyped(const Object& column);
  void set_fate(const Object& a, Fate fate);
  void force(const Object& a);
  void decide_phases();
  void write();
  void write_renames();
  void connect();
  void connect_drops();
  void connect_makes();
  void connect_names();
  std::vector<std::size_t> steps_of(const Object& object, bool also_aside) const;
  std::vector<std::size_t> makes(const Object& b) const;
  // After the last of them it is gone, after the first its name is free.
  std::vector<std::size_t> drops(const Object& a) const;

  const Snapshot& a_;
  const Snapshot& b_;
  const ScriptOptions& options_;
  Matching matching_;
  Identities identities_a_, identities_b_;
  std::unordered_map<const Object*, std::vector<const Object*>> dependents_, children_;
  std::unordered_map<const Object*, std::vector<Touched>> touched_;
  std::unordered_map<const Object*, std::vector<std::string>> differences_;
  std::vector<std::pair<const Object*, const Object*>> renames_;
  std::set<const Object*> withheld_;
  std::unordered_map<const Object*, Fate> fates_;
  std::vector<const Object*> worklist_;
  std::set<const Object*> early_, forced_, retyped_, default_goes_;
  std::vector<Step> steps_;
  std::unordered_map<const Object*, std::vector<std::size_t>> by_object_;
  std::vector<NotExpressed> not_expressed_;
  mutable std::optional<std::set<std::pair<std::string, std::string>>> not_null_names_;
};

// What the kinds have in common, and each one's own. A kind whose whole definition stands in Object.definition needs
// one row without functions.
struct ScriptKind {
  std::string_view kind = {};
  int rank = 0;             // the order in which kinds are made; the other way round when dropped
  bool dropped_early = {};  // others may stand in its way, it stands in nobody's
  Way (*way)(const Draft&, const Object& a, const Object& b) = nullptr;  // none: dropped and made again
  void (*make)(Draft&, const Object& b) = nullptr;                       // none: its definition
  void (*alter)(Draft&, const Object& a, const Object& b) = nullptr;
  void (*drop)(Draft&, const Object& a) = nullptr;  // none: as drop_statement has it
};
const ScriptKind* script_kind(std::string_view kind);

// The families' own.
Way way_of_column(const Draft&, const Object& a, const Object& b);
void make_column(Draft&, const Object& b);
void alter_column(Draft&, const Object& a, const Object& b);
void drop_column(Draft&, const Object& a);
std::string column_text(const Draft&, const Object& column);
void drop_default_early(Draft&, const Object& a);

Way way_of_table(const Draft&, const Object& a, const Object& b);
void make_table(Draft&, const Object& b);
void alter_table(Draft&, const Object& a, const Object& b);
void drop_table(Draft&, const Object& a);
bool is_partition(const Object& table);
bool is_partitioned(const Object& table);
// The column, constraint or index of the parent that an inherited one comes from.
const Object* inherited_from(const Draft&, const Object& object);

Way way_of_sequence(const Draft&, const Object& a, const Object& b);
void make_sequence(Draft&, const Object& b);
void alter_sequence(Draft&, const Object& a, const Object& b);
void drop_sequence(Draft&, const Object& a);
std::string identity_text(const Draft&, const Object& column);
// A serial column becomes an identity column or the other way round: the new sequence goes on where the old one stood.
// The statement for that after ADD … AS IDENTITY, and the one after DROP IDENTITY.
std::optional<std::string> counting_before(const Draft&, const Object& column_in_a);
std::optional<std::string> counting_after(const Draft&, const Object& column_in_b);

Way way_of_constraint(const Draft&, const Object& a, const Object& b);
void make_constraint(Draft&, const Object& b);
void alter_constraint(Draft&, const Object& a, const Object& b);
void drop_constraint(Draft&, const Object& a);

Way way_of_index(const Draft&, const Object& a, const Object& b);
void make_index(Draft&, const Object& b);
void alter_index(Draft&, const Object& a, const Object& b);
void drop_index(Draft&, const Object& a);
// Clustering, replica identity, table space, statistics of an index or of the one behind a constraint; of what
// differs from `a`, of everything without it.
void settle_index(Draft&, const Object& b, const Object* a);

Way way_of_type(const Draft&, const Object& a, const Object& b);
void make_type(Draft&, const Object& b);
void alter_type(Draft&, const Object& a, const Object& b);
void drop_type(Draft&, const Object& a);
// The name of a type of `a` after the early steps, when columns change over from it to a new one of its name.
std::string name_while_replaced(const Draft&, const Object& a);

Way way_of_view(const Draft&, const Object& a, const Object& b);
void make_view(Draft&, const Object& b);
void alter_view(Draft&, const Object& a, const Object& b);

Way way_of_routine(const Draft&, const Object& a, const Object& b);
void alter_routine(Draft&, const Object& a, const Object& b);
void drop_routine(Draft&, const Object& a);

Way way_of_switchable(const Draft&, const Object& a, const Object& b);  // trigger, rule, event trigger
void make_switchable(Draft&, const Object& b);
void alter_switchable(Draft&, const Object& a, const Object& b);
void drop_switchable(Draft&, const Object& a);

Way way_of_statistics(const Draft&, const Object& a, const Object& b);
void make_statistics(Draft&, const Object& b);
void alter_statistics(Draft&, const Object& a, const Object& b);

Way way_of_row_security(const Draft&, const Object& a, const Object& b);
void make_row_security(Draft&, const Object& b);
void alter_row_security(Draft&, const Object& a, const Object& b);
void drop_row_security(Draft&, const Object& a);

Way way_of_extension(const Draft&, const Object& a, const Object& b);
void alter_extension(Draft&, const Object& a, const Object& b);

Way way_of_comment(const Draft&, const Object& a, const Object& b);
void make_comment(Draft&, const Object& b);
void alter_comment(Draft&, const Object& a, const Object& b);
void drop_comment(Draft&, const Object& a);

void alter_security_label(Draft&, const Object& a, const Object& b);
void drop_security_label(Draft&, const Object& a);

Way way_of_operator(const Draft&, const Object& a, const Object& b);
void alter_operator(Draft&, const Object& a, const Object& b);

Way way_of_foreign(const Draft&, const Object& a, const Object& b);  // foreign-data wrapper, server
void alter_foreign(Draft&, const Object& a, const Object& b);

// What holds secrets that no snapshot has.
Way way_of_user_mapping(const Draft&, const Object& a, const Object& b);
void make_user_mapping(Draft&, const Object& b);
void alter_user_mapping(Draft&, const Object& a, const Object& b);
Way way_of_subscription(const Draft&, const Object& a, const Object& b);
void make_subscription(Draft&, const Object& b);
void alter_subscription(Draft&, const Object& a, const Object& b);
void drop_subscription(Draft&, const Object& a);

Way way_of_defaults(const Draft&, const Object& a, const Object& b);  // default privileges
void make_defaults(Draft&, const Object& b);
void alter_defaults(Draft&, const Object& a, const Object& b);
void drop_defaults(Draft&, const Object& a);

// What a snapshot does not hold.
Way way_of_large_object(const Draft&, const Object& a, const Object& b);
void make_large_object(Draft&, const Object& b);
void drop_large_object(Draft&, const Object& a);

// Owner and privileges: of a changed object what was asked to be compared, of one made again what it had.
void alter_access(Draft&, const Object& a, const Object& b);
void restore_access(Draft&, const Object& b);

// The names that an object takes: no other may have them at the same time.
std::vector<std::string> names_of(const Object& object);

// Cuts "a integer, b numeric(10,2)" at commas outside quotes and parentheses.
std::vector<std::string> cut_list(std::string_view text);
// "x integer" as name (quoted as it was) and the rest.
std::pair<std::string, std::string> cut_name(std::string_view entry);
// "fillfactor=70, autovacuum_enabled=off": SET and RESET actions that lead from a to b; empty names nothing.
std::vector<std::string> option_actions(std::string_view a, std::string_view b, std::string_view prefix = {});
std::string option_list(std::string_view options, std::string_view prefix = {});
// "file=/x, format=csv" as OPTIONS (…) of a foreign object; with `a`, what leads from there.
std::string foreign_options(std::string_view b);
std::string foreign_option_changes(std::string_view a, std::string_view b);

}  // namespace prodclone::schema
