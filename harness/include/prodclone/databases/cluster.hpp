// The databases that we own on one server: made under a temporary name, marked, filled, renamed.
// Whatever bears its final name is therefore complete. Nothing that lacks our mark is ever dropped or changed.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <prodclone/base/progress.hpp>
#include <prodclone/base/quantities.hpp>
#include <prodclone/databases/mark.hpp>
#include <prodclone/pg/conninfo.hpp>
#include <prodclone/pg/reflink.hpp>
#include <prodclone/pg/session.hpp>

namespace prodclone::databases {

struct OwnedDatabase {
  std::string name = {};
  Mark mark = {};
  bool sealed = false;
  bool unfinished = false;   // still under its temporary name
  int sessions = 0;
};

// How a copy is made, best first; see docs/architecture.md for the measurements. `reflink`: by us, below PostgreSQL 18.
enum class CopyStrategy { clone_files, reflink, file_copy, wal_log };
std::string to_string(CopyStrategy strategy);

struct CopyReport {
  CopyStrategy strategy = CopyStrategy::file_copy;
  Bytes size = {};
  std::chrono::milliseconds took = {};   // of the copy itself
  bool shares_blocks = false;            // its files are the source's until one of them is written to
  std::string not_better = {};           // why no better strategy was used, where one is known
};
// "copied 1.2 GB by reflink in 40 ms", and why not better.
std::string to_string(const CopyReport& report);

// What a copy tells, and what copies before it took: none of which a copy waits for.
struct CopyWatch {
  ProgressSink progress = {};
  std::function<std::optional<double>(CopyStrategy)> rate = {};   // bytes in a second, the last time
  std::function<void(CopyStrategy, double)> learn = {};
  std::chrono::milliseconds every{200};
};

// The data folder of a server that is ours alone, and what its disk can do.
struct OwnFiles {
  std::filesystem::path data = {};
  pg::Reflinks reflinks = {};
};

struct Locale {
  std::string encoding = {}, collate = {}, ctype = {};   // empty: the server's
};

class Cluster {
 public:
  // `maintenance` is a database that is only connected to (postgres); nothing is created in it.
  // `free_bytes` tells how much room the data folder's disk has, where that can be known; `files`: it is ours.
  Cluster(pg::ConnInfo maintenance, std::string workspace, std::string project,
          std::function<std::optional<Bytes>()> free_bytes = {}, std::optional<OwnFiles> files = {});

  std::vector<OwnedDatabase> owned();                 // of this workspace
  std::optional<OwnedDatabase> find(const std::string& name);  // none: not there. Throws Error(refused) when it is
                                                      // there without our mark.
  bool exists(const std::string& name);               // whoever owns it
  Bytes size(const std::string& name);

  // Throws Error(could_not_check) when `needed` exceeds the room that is left; `instead` is one more thing to do then.
  void ensure_room_for(Bytes needed, const std::string& what, const std::string& instead = {});
  // What a copy of so much takes of the disk.
  Bytes room_of_copy(Bytes size);

  // An empty database, filled by `fill`, which may open and must close its sessions. When `fill` throws, the
  // database is dropped. Returns what people should know about its locale; empty: it is as wanted.
  std::string make(const std::string& name, Mark mark, const Locale& locale,
                   const std::function<void(const pg::ConnInfo&)>& fill);

  // A copy of `source`, which must have no sessions. `alter` is called on the copy before it gets its name: comments
  // and ALTER DATABASE … SET do not travel with TEMPLATE.
  CopyReport copy(const std::string& source, const std::string& name, Mark mark,
                  const std::function<void(const pg::ConnInfo&)>& alter = {});

  // `source` itself becomes `name`, with a new mark and open to connections; `alter` is called before it bears the name.
  // When that throws, it is dropped: half altered it is neither. A database of that name gives way.
  void turn_into(const std::string& source, const std::string& name, Mark mark, const std::function<void(const pg::ConnInfo&)>& alter);

  // No connections any more, ours included: only a sealed database can be copied at any time.
  void seal(const std::string& name);

  // Ends sessions, rolls back what was prepared in it, drops it. Refuses what is not marked as ours; a database that
  // is not there is no error.
  void drop(const std::string& name);

  // For a run that is over: ends what it was making, marked already or not, and returns the names of what is dropped.
  std::vector<std::string> abandon(const std::string& run);

  void watch(CopyWatch watch) { watch_ = std::move(watch); }

  pg::ConnInfo conninfo(const std::string& name) const { return maintenance_.with_database(name); }
  int server_major();
  pg::Session& session();

 private:
  template <typename Create, typename Fill>
  void make_named(const std::string& name, Mark mark, const Create& create, const Fill& fill);
  std::vector<CopyStrategy> ladder(Bytes size);
  void create_copy(CopyStrategy strategy, const std::string& source, const std::string& name);
  void create_copy_watched(CopyStrategy strategy, const std::string& source, const std::string& name, Use use, Bytes size);

  pg::ConnInfo maintenance_;
  std::string workspace_, project_;
  std::function<std::optional<Bytes>()> free_bytes_;
  std::optional<OwnFiles> files_;
  CopyWatch watch_;
  std::unique_ptr<pg::Session> session_;
};

}  // namespace prodclone::databases
