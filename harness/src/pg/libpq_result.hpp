// libpq's answers as our values.
#pragma once

#include <libpq-fe.h>

#include <memory>
#include <string>
#include <string_view>

#include <prodclone/pg/result.hpp>
#include <prodclone/pg/sql_error.hpp>

namespace prodclone::pg {

using ResultHandle = std::unique_ptr<PGresult, decltype(&PQclear)>;

std::string field(const PGresult* result, int code);   // of an error or a notice; empty where it has none
SqlFacts facts_of(const PGresult* result, std::string_view statement);
Result to_result(const PGresult* result);

}  // namespace prodclone::pg
