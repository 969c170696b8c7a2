#include <prodclone/workflow/round_trip.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <set>

#include <prodclone/base/day.hpp>
#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/checks/lock_budgets.hpp>
#include <prodclone/config/waivers.hpp>
#include <prodclone/data/content.hpp>
#include <prodclone/migrations/runner.hpp>
#include <prodclone/rehearsal/round_trip_json.hpp>
#include <prodclone/schema/diff.hpp>
#include <prodclone/schema/snapshot.hpp>
#include <prodclone/schema/snapshot_json.hpp>

#include "borrowed.hpp"
#include "recorded_once.hpp"
#include "round_trip_leg.hpp"

namespace prodclone::workflow {

namespace {

using rehearsal::Apart;
using rehearsal::RoundTrip;
using rehearsal::SchemaGap;
using Open = std::function<pg::ConnInfo()>;

struct State {
  schema::Snapshot schema;
  data::Fingerprint content;
};

// Tools that keep their history in a table of their own write the time into it: nobody's data.
std::vector<std::string> left_out(Provisioning& provisioning) {
  std::vector<std::string> tables{provisioning.state_table()};
  if (provisioning.migrations().layout == migrations::Layout::command)
    for (const char* name : {"alembic_version", "flyway_schema_history", "databasechangelog", "databasechangeloglock", "schema_migrations", "ar_internal_metadata",
                             "knex_migrations", "knex_migrations_lock", "_prisma_migrations", "django_migrations", "goose_db_version", "migrations", "SequelizeMeta",
                             "gorp_migrations", "schema_version", "_sqlx_migrations", "refinery_schema_history", "doctrine_migration_versions", "__drizzle_migrations"})
      tables.push_back(fmt::format("public.{}", name == std::string_view("SequelizeMeta") ? "\"SequelizeMeta\"" : name));
  return tables;
}

class Trip {
 public:
  Trip(Provisioning& provisioning, const pg::ConnInfo& database, Mover mover, Open open_before)
      : provisioning_(provisioning), database_(database), mover_(std::move(mover)), open_before_(std::move(open_before)), excluded_(left_out(provisioning)) {}

  // Whether the database stands after the migration, so that the next can go on from there.
  bool run(RoundTrip& trip) {
    const auto before = state();
    trip.up = mover_.up(database_);
    if (!trip.up.error.empty()) return false;
    const auto after = state();
    note_added(trip, before, after);
    if (!trip.without_down.empty()) return true;
    trip.down = mover_.down(database_, trip.undone);
    if (!trip.down.error.empty() || !trip.undone.empty()) return false;
    trip.after_down = compare(before, open_before_, false);
    trip.up_again = mover_.up(database_);
    if (!trip.up_again.error.empty()) return false;
    trip.after_second_up = compare(after, [this] { return after_first_up(); }, true);
    return true;
  }

  State state() const { return {snapshot(database_), data::take_fingerprint(database_, reading())}; }
  schema::Snapshot snapshot(const pg::ConnInfo& database) const {
    pg::Session session(database);
    return schema::take_snapshot(session, {.exclude_tables = excluded_});
  }

 private:
  data::FingerprintOptions reading() const { return {.exclude = excluded_}; }

  pg::ConnInfo after_first_up() {
    const auto copy = open_before_();
    if (const auto leg = mover_.up(copy); !leg.error.empty()) throw Error(Failure::could_not_check, "A migration that ran before failed on a second copy: " + leg.error);
    return copy;
  }

  // Opens what `open` gives when it is first needed, and drops it in the end.
  class Lazily {
   public:
    Lazily(Provisioning& provisioning, Open open) : provisioning_(provisioning), open_(std::move(open)) {}
    pg::ConnInfo operator()() {
      if (!opened_) opened_ = std::make_unique<Borrowed>(provisioning_, open_());
      return opened_->database();
    }

   private:
    Provisioning& provisioning_;
    Open open_;
    std::unique_ptr<Borrowed> opened_;
  };

  Apart compare(const State& wanted, const Open& open_wanted, bool first_run_again) {
    Lazily reopened(provisioning_, open_wanted);
    Apart apart;
    apart.schema = schema_gaps(wanted.schema, [&] { return reopened(); });
    apart.content = data::compare_content(wanted.content, [&] { return reopened(); }, database_, {.reading = reading(), .reveal_keys = provisioning_.project().show_keys});
    const bool same = std::all_of(apart.content.tables.begin(), apart.content.tables.end(), [](const auto& table) { return data::nothing_changed(table); });
    if (first_run_again && !same) apart.of_the_moment = differing(wanted.content, data::take_fingerprint(reopened(), reading()));
    return apart;
  }

  // By name, and what by identity has another name. What a script makes anew may print otherwise than what came out of
  // a dump: a difference counts when one more dump and restore of both sides does not take it away.
  std::vector<SchemaGap> schema_gaps(const schema::Snapshot& wanted, const Open& open_wanted) {
    const auto found = snapshot(database_);
    auto gaps = gaps_of(schema::diff(wanted, found));
    if (!gaps.empty()) {
      const Borrowed a(provisioning_, provisioning_.schema_copy_from(open_wanted()));
      const Borrowed b(provisioning_, provisioning_.schema_copy_from(database_));
      const auto restored = gaps_of(schema::diff(snapshot(a.database()), snapshot(b.database())));
      std::erase_if(gaps, [&](const SchemaGap& gap) {
        return std::none_of(restored.begin(), restored.end(), [&](const SchemaGap& other) { return other.text == gap.text; });
      });
    }
    for (const auto& entry : schema::diff_by_identity(wanted, found).entries) {
      if (entry.change != schema::Change::renamed) continue;
      auto gap = gap_of(entry);
      if (std::none_of(gaps.begin(), gaps.end(), [&](const SchemaGap& other) { return other.text == gap.text; })) gaps.push_back(std::move(gap));
    }
    return gaps;
  }

  static SchemaGap gap_of(const schema::Difference& entry) {
    return {entry.kind, entry.name, schema::to_string(entry), entry.a.value_or(""), entry.b.value_or("")};
  }
  static std::vector<SchemaGap> gaps_of(const schema::Differences& differences) {
    std::vector<SchemaGap> gaps;
    for (const auto& entry : differences.entries) gaps.push_back(gap_of(entry));
    return gaps;
  }

  // Tables and columns by name whose sums differ between two first runs of the same migration.
  static std::vector<std::string> differing(const data::Fingerprint& one, const data::Fingerprint& other) {
    const auto named = [](const data::Fingerprint& print) {
      std::map<std::string, std::string> sums;
      for (const auto& table : print.tables) {
        const auto* relation = data::find_relation(print.catalog, table.oid);
        if (relation == nullptr) continue;
        sums[relation->name] = fmt::format("{}", table.rows) + (table.reading.keyed ? " " + table.keys : "");
        for (std::size_t i = 0; i < table.columns.size() && i < table.reading.columns.size(); ++i)
          sums[relation->name + '.' + table.reading.columns[i].name] = table.columns[i].sum;
      }
      return sums;
    };
    const auto a = named(one), b = named(other);
    std::vector<std::string> differing;
    for (const auto& [name, sum] : a)
      if (const auto found = b.find(name); found == b.end() || found->second != sum) differing.push_back(name);
    return differing;
  }

  static void note_added(RoundTrip& trip, const State& before, const State& after) {
    for (const auto& entry : schema::diff_by_identity(before.schema, after.schema).entries) {
      if (entry.change != schema::Change::added || (entry.kind != "table" && entry.kind != "column")) continue;
      const auto split = schema::split_name(entry.name);
      const auto table = entry.kind == "table" ? entry.name : split.owner;
      rehearsal::Added added{.table = table, .column = entry.kind == "table" ? "" : split.last};
      const auto* relation = data::find_relation(after.content.catalog, table);
      for (const auto& print : after.content.tables) {
        if (relation == nullptr || print.oid != relation->oid) continue;
        if (added.column.empty()) added.rows = print.rows;
        for (std::size_t i = 0; i < print.columns.size() && i < print.reading.columns.size(); ++i)
          if (print.reading.columns[i].name == added.column) added.rows = print.columns[i].values;
      }
      trip.added.push_back(std::move(added));
    }
  }

  Provisioning& provisioning_;
  pg::ConnInfo database_;
  Mover mover_;
  Open open_before_;
  std::vector<std::string> excluded_;
};

bool has_way_back(const migrations::Migration& migration) { return migration.down && !migration.down->statements.empty(); }

RoundTrip trip_of(const std::vector<const migrations::Migration*>& some) {
  RoundTrip trip{.id = some.size() == 1 ? some.front()->id : "", .name = some.size() == 1 ? some.front()->name : "the whole chain",
                 .up_file = some.back()->up.file.string(), .down_file = some.back()->down ? some.back()->down->file.string() : some.back()->up.file.string()};
  for (const auto* migration : some) {
    trip.migrations.push_back(migration->name);
    if (!has_way_back(*migration)) trip.without_down.push_back(migration->name);
  }
  return trip;
}

std::vector<SchemaGap> beside_clone(Provisioning& provisioning, const schema::Snapshot& found) {
  const auto clone = schema::snapshot_from_json(read_file(provisioning.project().record_directory() / "schema-migrated.json"));
  std::vector<SchemaGap> gaps;
  for (const auto& entry : schema::diff(clone, found).entries)
    gaps.push_back({entry.kind, entry.name, schema::to_string(entry), entry.a.value_or(""), entry.b.value_or("")});
  return gaps;
}

RoundTrip chain_trip(Provisioning& provisioning, const std::vector<const migrations::Migration*>& pending) {
  auto trip = trip_of(pending);
  const Borrowed copy(provisioning, provisioning.private_copy_of(Stage::pristine));
  Trip run(provisioning, copy.database(), Mover(provisioning, pending), [&] { return provisioning.private_copy_of(Stage::pristine); });
  if (run.run(trip) && trip.after_second_up && trip.after_second_up->schema.empty()) trip.beside_clone = beside_clone(provisioning, run.snapshot(copy.database()));
  return trip;
}

// An external tool's migrations are only known as a whole: what is pending goes up, down and up again.
RoundTrip external_trip(Provisioning& provisioning) {
  const auto& command = provisioning.migrations().settings.command;
  RoundTrip trip{.name = "what is pending", .up_file = provisioning.project().file.string(), .down_file = provisioning.project().file.string()};
  trip.migrations.push_back(trip.name);
  if (command.down.empty()) trip.without_down.push_back(trip.name);
  const Borrowed copy(provisioning, provisioning.private_copy_of(Stage::pristine));
  Mover mover(provisioning, {});
  if (!command.down.empty()) mover.count_steps(copy.database());
  Trip(provisioning, copy.database(), mover, [&] { return provisioning.private_copy_of(Stage::pristine); }).run(trip);
  return trip;
}

rehearsal::RoundTrips make_round_trips(Provisioning& provisioning) {
  rehearsal::RoundTrips trips{.database = provisioning.require(Stage::pristine).database};
  if (provisioning.migrations().layout == migrations::Layout::command) {
    trips.migrations.push_back(external_trip(provisioning));
    return trips;
  }
  auto pending = provisioning.pending();
  // A tool with a high-water mark never applies what sorts before it: that is for the dirty suite to tell.
  if (migrations::tool_facts(provisioning.migrations().layout).high_water_mark)
    for (const auto& condition : provisioning.production_history().migrations)
      if (condition.out_of_order) std::erase_if(pending, [&](const auto* migration) { return migration->id == condition.id; });
  std::unique_ptr<Borrowed> copy;  // stands right before the next migration
  for (const auto* migration : pending) {
    if (!copy) copy = std::make_unique<Borrowed>(provisioning, provisioning.private_copy_before(migration->id));
    auto trip = trip_of({migration});
    Trip run(provisioning, copy->database(), Mover(provisioning, {migration}), [&] { return provisioning.private_copy_before(migration->id); });
    const bool stands = run.run(trip);
    if (stands && pending.size() == 1) trip.beside_clone = beside_clone(provisioning, run.snapshot(copy->database()));
    const bool exact = stands && (!trip.after_second_up || trip.after_second_up->schema.empty());
    trips.migrations.push_back(std::move(trip));
    if (!exact) copy.reset();
  }
  copy.reset();
  if (pending.size() > 1) trips.chain = chain_trip(provisioning, pending);
  return trips;
}

}  // namespace

rehearsal::RoundTrip round_trip_of(Provisioning& provisioning, const pg::ConnInfo& copy, const migrations::Migration& migration) {
  auto trip = trip_of({&migration});
  Trip(provisioning, copy, Mover(provisioning, {&migration}), [&] { return provisioning.private_copy_before(migration.id); }).run(trip);
  return trip;
}

rehearsal::RoundTrips round_trips(Provisioning& provisioning) {
  return recorded_once(provisioning, "roundtrip", rehearsal::round_trips_from_json, [&] {
    return doing("taking the pending migrations up, down and up again", [&] { return make_round_trips(provisioning); });
  });
}

checks::TripContext trip_context(Provisioning& provisioning) {
  const auto& project = provisioning.project();
  auto waivers = config::read_waivers(project.schema.waivers);
  const auto now = today();
  // What the migration may lose, no down script can bring back; what it moves elsewhere, one can. Expired ones are for the data suite to tell.
  for (const auto& loss : waivers.losses)
    if (loss.until >= now && loss.moved_to.empty()) waivers.down_losses.push_back({loss.migration, loss.table, loss.column.empty() ? "*" : loss.column, loss.reason, loss.until});
  return {.budget = checks::lock_budgets(project.budgets).migration,
          .exceptions = project.budgets.exceptions,
          .losses = waivers.down_losses,
          .irreversible = waivers.irreversible,
          .today = now};
}

checks::Findings round_trip_findings(Provisioning& provisioning, checks::TripRule rule) {
  return checks::round_trip_findings(round_trips(provisioning), trip_context(provisioning), rule);
}

checks::Findings round_trip_findings(Provisioning& provisioning) {
  return checks::round_trip_findings(round_trips(provisioning), trip_context(provisioning));
}

}  // namespace prodclone::workflow
