// The texts that `prodclone init` writes.
#pragma once

#include <string>
#include <string_view>

#include <prodclone/workflow/init.hpp>

namespace prodclone::workflow {

std::string project_json(const Repository& repository, const InitOptions& options);
std::string case_json(const std::string& migration);
std::string cpp_case(const std::string& migration);
std::string cmake_lists(const std::string& project, const std::string& source);
// The calls alone; `prefix` goes before paths from the repository's root.
std::string cmake_calls(const std::string& source, const std::string& prefix);
// Letters, digits and underscores.
std::string identifier(std::string_view text);

extern const std::string_view no_invalid_index;
extern const std::string_view ctest_testfile;

}  // namespace prodclone::workflow
