// Runs a file of queries in one read-only transaction and reports the rows of each, as facts. A query that fails hides
// no other: it is a value.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <prodclone/pg/conninfo.hpp>

namespace prodclone::data {

struct QueryReport {
  std::size_t line = {};                        // 1-based, where the statement begins, or where its error is
  std::string text = {};
  bool query = false;                           // it has a result, if an empty one
  std::vector<std::string> columns = {};
  std::vector<std::vector<std::optional<std::string>>> rows = {};   // the first ones
  std::int64_t count = 0;                       // of all rows
  std::string error = {};                       // what the server said, or why it was not sent
};

struct QueryScriptReport {
  std::string database = {};
  std::vector<QueryReport> statements = {};
  // Whether any statement could have returned rows, so that none is an answer.
  bool asks() const;
};

struct QueryScriptOptions {
  std::size_t rows = 10;
  std::chrono::milliseconds deadline{0};        // of one statement; zero: none
};

// Row security that would hide rows is an error of the statement, until the script sets row_security = on.
// Throws SqlError when the connection fails.
QueryScriptReport run_query_script(const pg::ConnInfo& database, std::string_view script, const QueryScriptOptions& options = {});

}  // namespace prodclone::data
