// The end of a run: what nobody else needs and nobody keeps is dropped, the embedded server stopped, and its folder
// removed when nothing is left in it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <prodclone/config/project.hpp>
#include <prodclone/databases/leases.hpp>

namespace prodclone::workflow {

struct ReleaseReport {
  std::vector<std::string> removed = {};   // by name
  std::vector<std::string> kept = {};      // and by whom
  std::vector<std::string> failed = {};    // name and reason: something may remain
};

// Ends the run, then removes what is unwanted. Safe to call again, and from several processes at once.
ReleaseReport release(const config::Project& project, const std::string& run);

// For `drop-clone`: also what commands kept, unless a living run holds it.
ReleaseReport release_everything(const config::Project& project);

// How the warden and our own main functions come here: `--prodclone-release=<run>` with PRODCLONE_CONFIG set.
// None: the arguments are none of ours. Call it first thing in main.
std::optional<int> serve_internal(int argc, char** argv);

}  // namespace prodclone::workflow
