// Runs statements under the observer exactly as a migration runner would call its hooks, and prints a trace in words
// that tests can compare as a whole.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include <prodclone/pg/conninfo.hpp>
#include <prodclone/rehearsal/lock_observer.hpp>
#include <prodclone/rehearsal/lock_trace.hpp>

namespace prodclone::rehearsal::test {

enum class Transactions { one, each };  // one for all the statements, or each commits by itself

// A failing statement ends the run, as it would end a migration.
LockTrace observe(const pg::ConnInfo& database, const std::vector<std::string>& statements, Transactions transactions = Transactions::one);
void run(LockObserver& observer, pg::Driver& driver, const std::string& migration, const std::vector<std::string>& statements,
         Transactions transactions = Transactions::one);
void run_hooked(const migrations::RunHooks& hooks, pg::Driver& driver, const std::string& migration, const std::vector<std::string>& statements,
                Transactions transactions = Transactions::one);

// Nobody looks on. Throws migrations::MigrationFailed, as a runner would.
void apply(const pg::ConnInfo& database, const std::vector<std::string>& statements, Transactions transactions);

// "public.parent SHARE ROW EXCLUSIVE bystander": pre-existing tables and the like, modes from SHARE UPDATE EXCLUSIVE on.
std::vector<std::string> locks_of(const LockTrace& trace);
std::vector<std::string> rewrites_of(const LockTrace& trace);  // "public.t rewritten"
std::vector<std::string> scans_of(const LockTrace& trace);     // "public.t verify under ACCESS EXCLUSIVE"

}  // namespace prodclone::rehearsal::test
