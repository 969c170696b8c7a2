// A TCP port of 127.0.0.1 that nobody listens on.
#pragma once

namespace prodclone::process {

// Free when asked: another process may take it before it is bound. Throws Error(could_not_check) when there is none.
int free_port();

}  // namespace prodclone::process
