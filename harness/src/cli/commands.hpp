// The commands: each returns its exit code or throws Error.
#pragma once

#include <prodclone/config/project.hpp>

#include "arguments.hpp"

namespace prodclone::cli {

int init(const Arguments& arguments);
int ctest_script(const Arguments& arguments);
int clone(const Arguments& arguments);
int load(const Arguments& arguments);
int reset(const Arguments& arguments);
int doctor(const Arguments& arguments);
int drop_clone(const Arguments& arguments);
int fresh(const Arguments& arguments);
int migrate(const Arguments& arguments);
int status(const Arguments& arguments);
int schema_diff(const Arguments& arguments);
int plan(const Arguments& arguments);
int rehearse(const Arguments& arguments);
int report(const Arguments& arguments);
int preflight(const Arguments& arguments);
int postflight(const Arguments& arguments);
int server(const Arguments& arguments);

config::Project project_of(const Arguments& arguments);

}  // namespace prodclone::cli
