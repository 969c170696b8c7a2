// Who needs the shared test server: one file for each holder, which is also the order of the warden that watches it.
// The last one out stops the server and removes its cluster, so that every run begins with an empty one.
#pragma once

#include <filesystem>

#include <prodclone/pg/server_record.hpp>
#include <prodclone/process/identity.hpp>

namespace prodclone::selftest {

// The ctest above this process, or this process itself.
process::Identity holder();

// The running server, started when it is not. The holder has a lease from now on; it may ask again.
pg::ServerRecord acquire(const process::Identity& holder);

void release(const process::Identity& holder);

// For `main`: the exit code when the warden of a dead holder has started this process to release its lease; else
// nothing.
std::optional<int> serve_as_releaser(int argc, char** argv);

}  // namespace prodclone::selftest
