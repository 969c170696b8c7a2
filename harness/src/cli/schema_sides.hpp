// The two sides of a comparison, and the script between them.
#pragma once

#include <string>

#include <prodclone/pg/conninfo.hpp>
#include <prodclone/schema/snapshot.hpp>

#include "arguments.hpp"
#include "output.hpp"

namespace prodclone::cli {

struct Side {
  std::string label = {};
  pg::ConnInfo database = {};
  bool scratch = {};  // ours: a dump's, gone at the end of the run
};

// What is read of each side.
schema::SnapshotOptions read_options(const Arguments& arguments);

// Prints the script from `a` to `b`; returns the exit code.
int print_script(CommandRun& run, const Arguments& arguments, const Side& a, const Side& b);

}  // namespace prodclone::cli
