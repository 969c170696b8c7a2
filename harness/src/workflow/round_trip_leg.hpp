// One way of moving a database up and down: by our runner, or by an external tool's commands.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <prodclone/migrations/project.hpp>
#include <prodclone/pg/conninfo.hpp>
#include <prodclone/rehearsal/round_trip.hpp>
#include <prodclone/workflow/provisioning.hpp>

namespace prodclone::workflow {

class Mover {
 public:
  // `migrations` in the order in which they go up; none: an external tool, all that is pending.
  Mover(Provisioning& provisioning, std::vector<const migrations::Migration*> migrations);

  rehearsal::Leg up(const pg::ConnInfo& database) const;
  // `undone` gets the names of what was undone, where that is not what went up.
  rehearsal::Leg down(const pg::ConnInfo& database, std::vector<std::string>& undone) const;
  // How many steps down the external tool has to be told. Throws Error(could_not_check) when that cannot be known.
  void count_steps(const pg::ConnInfo& before);

 private:
  Provisioning& provisioning_;
  std::vector<const migrations::Migration*> migrations_;
  std::size_t steps_ = 1;   // times that the external tool's down command runs, or its {steps}
  bool steps_in_command_ = false;
};

}  // namespace prodclone::workflow
