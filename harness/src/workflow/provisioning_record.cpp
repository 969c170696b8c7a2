// Which folder a run's record is in. Facts and findings are those of one state (dump, migrations): runs of the same
// state share them, and a run that meets a living one of another state keeps its own, so that none judges by another's.
#include <fmt/format.h>

#include <algorithm>

#include <prodclone/base/files.hpp>

#include "provisioning_state.hpp"

namespace prodclone::workflow {

namespace {

namespace fs = std::filesystem;

const std::string prefix = "record:";
const std::string of_its_own = "record-";

struct Claim {
  std::string folder = {};
  std::string key = {};
  std::vector<std::string> holders = {};
};

std::vector<Claim> claims(const databases::Leases& leases) {
  std::vector<Claim> all;
  for (const auto& lease : leases.all()) {
    if (!lease.thing.starts_with(prefix) || lease.holders.empty()) continue;
    const auto colon = lease.thing.rfind(':');
    all.push_back({lease.thing.substr(prefix.size(), colon - prefix.size()), lease.thing.substr(colon + 1), lease.holders});
  }
  return all;
}

// They stay after their run, for whoever reads its report, until the next one.
void remove_unclaimed(const fs::path& state, const std::vector<Claim>& held) {
  std::error_code error;
  for (fs::directory_iterator entry(state, error), end; !error && entry != end; entry.increment(error)) {
    const auto name = entry->path().filename().string();
    if (!name.starts_with(of_its_own) || std::any_of(held.begin(), held.end(), [&](const Claim& one) { return one.folder == name; })) continue;
    std::error_code ignored;
    fs::remove_all(entry->path(), ignored);
  }
}

}  // namespace

void Provisioning::claim_record() {
  const auto key = migrated_key().substr(0, 12);
  const auto guard = leases_.lock("record");
  const auto held = claims(leases_);
  const auto claim = [&](const std::string& folder) {
    project_.record = folder;
    state_->record_claimed = true;
  };
  for (const auto& one : held)
    if (std::find(one.holders.begin(), one.holders.end(), run_) != one.holders.end()) return claim(one.folder);
  const auto same = std::find_if(held.begin(), held.end(), [&](const Claim& one) { return one.key == key; });
  const bool taken = std::any_of(held.begin(), held.end(), [](const Claim& one) { return one.folder == "record"; });
  const auto folder = same != held.end() ? same->folder : taken ? of_its_own + key : "record";
  if (same == held.end()) remove_unclaimed(project_.state_directory(), held);
  const auto thing = fmt::format("{}{}:{}", prefix, folder, key);
  const auto its_own = leases_.lock(thing);
  leases_.hold(thing, run_);
  claim(folder);
  make_private_directory(project_.record_directory());
  if (folder != "record")
    fmt::print(stderr, "prodclone: another run rehearses something else here; the record of this one is {}\n", project_.record_directory().string());
}

}  // namespace prodclone::workflow
