// Where dumps come from: a live server, and in cloud/ a throw-away instance. The seam between what obtains a dump and
// what a project does with it.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <prodclone/base/quantities.hpp>
#include <prodclone/dump/store.hpp>
#include <prodclone/dump/take.hpp>
#include <prodclone/pg/conninfo.hpp>

namespace prodclone::dump {

// What is known before time or money is spent.
struct SourceLook {
  std::string server = {};                  // masked: the one that will be read
  std::string version = {};
  int major = 0;
  bool standby = false;
  Bytes size = {};                          // of the tables whose rows will come
  std::vector<std::string> warnings = {};   // one sentence each
};

class Source {
 public:
  virtual ~Source() = default;
  // Reads only, and starts nothing. Throws when no dump can be taken.
  virtual SourceLook look() = 0;
  // Of the server that was looked at. `options.tools`, where empty, are found by the source's major.
  virtual StoredDump take(const DumpStore& store, const TakeOptions& options) = 0;
};

struct LiveSource {
  std::vector<pg::ConnInfo> hosts = {};            // one server, or its primary and replicas
  std::vector<pg::ConnInfo> replicas = {};         // asked first
  std::vector<std::string> exclude_data = {};      // globs
  std::chrono::seconds long_transaction = std::chrono::minutes(5);  // open for longer than this: told of
};

// Which of the servers is read: the first replica that answers; else of `hosts` by their target_session_attrs as libpq
// knows them, where several hosts without one mean prefer-standby. Each candidate that did not answer is a warning.
std::unique_ptr<Source> live_source(LiveSource source);

}  // namespace prodclone::dump
