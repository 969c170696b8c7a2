// Clean-up on a disk that is full to the last byte. Book-keeping writes, DROP DATABASE writes, a server that is started
// writes: so a ballast that nobody needs is given up first, and a server that nobody needs any more goes as a whole.
#pragma once

#include <string>
#include <vector>

#include <prodclone/config/project.hpp>
#include <prodclone/databases/leases.hpp>

namespace prodclone::workflow {

// Before anything is made, on a disk with room; again after it was given up.
void lay_in_ballast(const config::Project& project);
void remove_ballast(const config::Project& project);

// Before clean-up, when the disk of the project or of its server's data has no room: gives up the ballast, and removes the
// embedded server with its data unless a living run other than these needs something on it, or something is kept there
// and that counts, or somebody made a database there by hand. Returns what was removed.
enum class Kept { counts, does_not_count };
std::vector<std::string> make_room_for_clean_up(const config::Project& project, const databases::Leases& leases, const std::vector<std::string>& ended, Kept kept);

}  // namespace prodclone::workflow
