// Fork and exec with everything prepared: what `run` and `start_detached` have in common.
#pragma once

#include <sys/types.h>

#include <prodclone/process/child.hpp>

#include "descriptor.hpp"

namespace prodclone::process {

// Above the three standard descriptors: when ours are closed, a new one would land there and dup2 would tread on it.
Descriptor above_standard(Descriptor descriptor);

struct Pipe {
  Descriptor read, write;
};

Pipe make_pipe();

struct Plumbing {
  int input = -1, output = -1, error = -1;
  bool detached = false;  // in a session of its own, and no child of ours
  pid_t dies_with = 0;    // our pid: the child is killed when we die
};

// The new process. Throws Error(could_not_check) when it cannot be started, with the reason that exec gave.
pid_t launch(const Command& command, const Plumbing& plumbing);

}  // namespace prodclone::process
