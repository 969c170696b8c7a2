// Databases at one moment of the chain of migrations, for many readers.
#include <algorithm>

#include <prodclone/base/error.hpp>
#include <prodclone/base/hash.hpp>
#include <prodclone/migrations/runner.hpp>

#include "provisioning_state.hpp"

namespace prodclone::workflow {

using databases::Use;

bool Provisioning::is_pending(const std::string& migration) {
  if (migrations().layout == migrations::Layout::command) return true;
  const auto ids = migrations::pending_ids(production_history());
  return std::find(ids.begin(), ids.end(), migrations::find_migration(migrations(), migration).id) != ids.end();
}

pg::ConnInfo Provisioning::shared_copy_before(const std::string& migration) { return shared_copy(migration, Side::before); }
pg::ConnInfo Provisioning::shared_copy_after(const std::string& migration) { return shared_copy(migration, Side::after); }

pg::ConnInfo Provisioning::private_copy_after(const std::string& migration) {
  const auto name = name_of("case", random_hex(12));
  const auto guard = leases_.lock(thing_of(name));
  leases_.hold(thing_of(name), run_);
  make_at(name, migration, Side::after);
  return cluster().conninfo(name);
}

pg::ConnInfo Provisioning::shared_copy(const std::string& migration, Side side) {
  const auto id = migrations().layout == migrations::Layout::command ? "" : migrations::find_migration(migrations(), migration).id;
  const auto name = name_of(side == Side::before ? "before" : "after", Sha256().add_field(run_).add_field(id).hex());
  const auto guard = leases_.lock(thing_of(name));
  leases_.hold(thing_of(name), run_);
  if (!cluster().find(name)) make_at(name, migration, side);
  return cluster().conninfo(name);
}

// An external tool cannot be stopped in between: before is before everything that is pending, after is after it.
void Provisioning::make_at(const std::string& name, const std::string& migration, Side side) {
  const bool before = side == Side::before;
  const bool external = migrations().layout == migrations::Layout::command;
  const auto id = external ? "" : migrations::find_migration(migrations(), migration).id;
  const auto note = (before ? "before " : "after ") + migration;
  doing("making the database " + note, [&] {
    if (!is_pending(migration)) {
      std::vector<std::string> wanted;
      for (const auto& one : migrations().migrations) {
        if (before && one.id == id) break;
        wanted.push_back(one.id);
        if (one.id == id) break;
      }
      cluster().make(name, mark(Use::private_copy, "", note), {}, [&](const pg::ConnInfo& database) { build_from_nothing(database, wanted); });
      return;
    }
    const auto ids = external ? std::vector<std::string>{} : migrations::pending_ids(production_history());
    const bool whole = external || (before ? ids.front() == id : ids.back() == id);
    refuse_copy_of(whole && !before ? Stage::migrated : Stage::pristine);
    const auto& source = require(whole && !before ? Stage::migrated : Stage::pristine);
    cluster().copy(source.database, name, mark(Use::private_copy, source.key, note), [&](const pg::ConnInfo& copy) {
      apply_settings(copy);
      if (whole) return;
      pg::Driver driver(copy);
      migrations::RunOptions options{.accept_dirty = true, .accept_edited = true};
      (before ? options.stop_before : options.up_to) = id;
      migrations::run_up(driver, migrations(), options);
    });
  });
}

}  // namespace prodclone::workflow
