// Production to a dump in the store: `prodclone clone`. Nothing is started, read or spent unless a source is named, on
// the command line or in default_source.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <prodclone/base/progress.hpp>
#include <prodclone/config/project.hpp>
#include <prodclone/dump/source.hpp>
#include <prodclone/dump/store.hpp>

namespace prodclone::workflow {

// Where a source that is a live server is. Throws as open_source.
dump::LiveSource live_source_of(const config::Project& project, const config::Source& source);

// Of a source that is a live server. Connects to nothing yet. Throws Error(usage) naming the variable that is not set,
// or the kind that is not built yet.
std::unique_ptr<dump::Source> open_source(const config::Project& project, const config::Source& source);

struct ObtainOptions {
  std::optional<std::string> source = {};
  bool keep_clone = false;                   // of a source in the cloud: its throw-away instance stays
  ProgressSink progress = {};
  // What is known before it begins: warnings among it.
  std::function<void(const dump::SourceLook&)> before = {};
};

struct Obtained {
  std::string source = {};
  dump::StoredDump dump = {};
  bool taken = false;                        // false: the source is a dump already
  std::vector<std::string> removed = {};     // unfinished dumps of writers that were killed
  std::vector<std::string> warnings = {};
  std::chrono::milliseconds took = {};
};

Obtained obtain_dump(const config::Project& project, const ObtainOptions& options);

}  // namespace prodclone::workflow
