// The databases that we own on one server: made under a temporary name, marked, filled, renamed.
// Whatever bears its final name is therefore complete. Nothing that lacks our mark is ever dropped or changed.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <prodclone/base/quantities.hpp>
#include <prodclone/databases/mark.hpp>
#include <prodclone/pg/conninfo.hpp>
#include <prodclone/pg/session.hpp>

namespace prodclone::databases {

struct OwnedDatabase {
  std::string name = {};
  Mark mark = {};
  bool sealed = false;
  bool unfinished = false;   // still under its temporary name
  int sessions = 0;
};

// How a copy is made, best first; see docs/architecture.md for the measurements.
enum class CopyStrategy { clone_files, file_copy, wal_log };
std::string to_string(CopyStrategy strategy);

struct CopyReport {
  CopyStrategy strategy = CopyStrategy::file_copy;
  Bytes size = {};
  std::chrono::milliseconds took = {};
};

struct Locale {
  std::string encoding = {}, collate = {}, ctype = {};   // empty: the server's
};

class Cluster {
 public:
  // `maintenance` is a database that is only connected to (postgres); nothing is created in it.
  // `free_bytes` tells how much room the data folder's disk has, where that can be known.
  Cluster(pg::ConnInfo maintenance, std::string workspace, std::string project,
          std::function<std::optional<Bytes>()> free_bytes = {});

  std::vector<OwnedDatabase> owned();                 // of this workspace
  std::optional<OwnedDatabase> find(const std::string& name);  // none: not there. Throws Error(refused) when it is
                                                      // there without our mark.
  bool exists(const std::string& name);               // whoever owns it
  Bytes size(const std::string& name);

  // Throws Error(could_not_check) when `needed` exceeds the room that is left.
  void ensure_room_for(Bytes needed, const std::string& what);

  // An empty database, filled by `fill`, which may open and must close its sessions. When `fill` throws, the
  // database is dropped. Returns what people should know about its locale; empty: it is as wanted.
  std::string make(const std::string& name, Mark mark, const Locale& locale,
                   const std::function<void(const pg::ConnInfo&)>& fill);

  // A copy of `source`, which must have no sessions. `alter` is called on the copy before it gets its name: comments
  // and ALTER DATABASE … SET do not travel with TEMPLATE.
  CopyReport copy(const std::string& source, const std::string& name, Mark mark,
                  const std::function<void(const pg::ConnInfo&)>& alter = {});

  // No connections any more, ours included: only a sealed database can be copied at any time.
  void seal(const std::string& name);

  // Ends sessions, rolls back what was prepared in it, drops it. Refuses what is not marked as ours; a database that
  // is not there is no error.
  void drop(const std::string& name);

  // For a run that is over: ends what it was making, marked already or not, and returns the names of what is dropped.
  std::vector<std::string> abandon(const std::string& run);

  pg::ConnInfo conninfo(const std::string& name) const { return maintenance_.with_database(name); }
  int server_major();
  pg::Session& session();

 private:
  template <typename Fill>
  void make_named(const std::string& name, Mark mark, const std::string& create_tail, const Fill& fill);
  CopyStrategy strategy_for(Bytes size);

  pg::ConnInfo maintenance_;
  std::string workspace_, project_;
  std::function<std::optional<Bytes>()> free_bytes_;
  std::unique_ptr<pg::Session> session_;
};

}  // namespace prodclone::databases
