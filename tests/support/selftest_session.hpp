// The end of a test process: what it took from the shared server goes back.
#pragma once

namespace prodclone::selftest {

void give_everything_back();

}  // namespace prodclone::selftest
