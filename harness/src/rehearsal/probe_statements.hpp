// The statements with which a probe asks a table whether it can be read and written. None changes anything.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include <prodclone/pg/session.hpp>

#include "relations.hpp"

namespace prodclone::rehearsal {

struct ProbedTable {
  std::string name = {};                                // now; a migration may rename it
  std::vector<std::string> key = {}, columns = {};      // quoted
};
std::map<Oid, ProbedTable> look_at_tables(pg::Session& session, const std::vector<Oid>& tables);

// Primary keys of rows that are there, spread over the table and the same each time; one literal for each.
std::vector<std::string> sample_of_keys(pg::Session& session, const ProbedTable& table, std::size_t most);

// By primary key where there is one: planning it locks every index too.
std::string read_statement(const ProbedTable& table, const std::vector<std::string>& keys);
// Of no row: it waits where a write would, and writes nothing.
std::string write_statement(const ProbedTable& table);
// How many of the sampled rows are there, and how many of them nobody has locked (SKIP LOCKED); never waits. One
// statement string is one transaction, so the row locks are gone with its answer.
std::string row_statement(const ProbedTable& table, const std::vector<std::string>& keys);

// What makes a session a probe: it gives up after 100 ms in a lock queue and asks again, so that it is in nobody's way
// for long, and no trigger fires for it where the role may say so.
void become_probe(const std::function<void(const std::string&, bool required)>& set);

}  // namespace prodclone::rehearsal
