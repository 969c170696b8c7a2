// Who needs what: runs hold leases on servers and databases; the last one out drops them. What a command made to stay
// is kept until a command removes it. The book is a file in the workspace, changed only under a lock.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <prodclone/base/files.hpp>
#include <prodclone/process/identity.hpp>

namespace prodclone::databases {

struct Run {
  std::string id = {};
  process::Identity owner = {};   // ctest, a suite run by hand, or the command line
  std::string what = {};          // "ctest", "prodclone rehearse"
  std::string started_at = {};
  bool ended = false;             // it gave back what it held, and what that was could not all be removed yet
};

struct Lease {
  std::string thing = {};         // "server:15", "database:orcha_prod_clone"
  std::vector<std::string> holders = {};
  std::string kept_by = {};       // the command that made it to stay; empty: nobody
};

class Leases {
 public:
  explicit Leases(std::filesystem::path state_directory);

  void begin(const Run& run);
  std::optional<Run> run_of(const process::Identity& owner) const;  // that has not ended
  std::vector<Run> runs() const;
  std::vector<Run> dead_runs() const;       // their owner is gone

  // Call while holding the thing's own lock, and keep that until the thing is made: it is then not dropped between being
  // found and being held, and a release waits for it instead of missing it. Throws Error(could_not_check) when the run
  // has ended.
  void hold(const std::string& thing, const std::string& run);
  void keep(const std::string& thing, const std::string& by);
  // Ends a `keep`: the thing goes when nobody holds it.
  void unkeep(const std::string& thing);
  void forget(const std::string& thing);
  std::optional<Lease> find(const std::string& thing) const;
  std::vector<Lease> all() const;

  // The run needs nothing any more, and can take nothing more; it stays in the book until `end`, so that what cannot be
  // removed now is still somebody's.
  void give_back(const std::string& run);
  // Gives back, and the run is forgotten.
  void end(const std::string& run);
  // Things that nobody holds and nobody keeps, newest first, servers last.
  std::vector<std::string> unwanted() const;

  // Serialises making, finding and dropping one thing between processes.
  FileLock lock(const std::string& thing) const;

 private:
  struct Book;
  Book read() const;
  void change(const std::function<void(Book&)>& edit);

  std::filesystem::path directory_;
};

}  // namespace prodclone::databases
