#pragma once
#include <prodclone/checks/finding.hpp>
namespace prodclone::rehearsal { struct LiveLocks {}; inline LiveLocks read_live_locks(const pg::ConnInfo&) { return {}; } }
namespace prodclone::checks { inline Findings live_lock_findings(const rehearsal::LiveLocks&) { return {}; } }
