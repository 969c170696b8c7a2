# A rehearsal without CMake: included by the CTestTestfile.cmake that `prodclone init` writes.
#   prodclone_rehearse(<folder>)
#     The entries of the project whose prodclone.json is in that folder: provisioning, clean-up, census, the standard
#     suites and the cases in SQL, as prodclone_project() and prodclone_add_standard_suites() register them.
cmake_minimum_required(VERSION 3.25)
include(${CMAKE_CURRENT_LIST_DIR}/ProdcloneDiscover.cmake)
if(NOT PRODCLONE_PROGRAMS)
  include(${CMAKE_CURRENT_LIST_DIR}/ProdclonePrograms.cmake)  # where this installation keeps its binaries
endif()

function(prodclone_rehearse folder)
  set(config "${folder}/prodclone.json")
  set(provision "${PRODCLONE_PROGRAMS}/prodclone_provision")
  prodclone_discover_provisioning("${provision}" CONFIG "${config}")
  set(suites "")
  foreach(suite IN LISTS PRODCLONE_STANDARD_SUITES)
    set(binary "${PRODCLONE_PROGRAMS}/${suite}")
    prodclone_discover(${suite} "${binary}" CONFIG "${config}")
    # Only the cases in SQL may well be none.
    if(suite STREQUAL "suite_sql_cases")
      string(APPEND suites "${suite}?${binary}?\n")
    else()
      string(APPEND suites "${suite}=${binary}\n")
    endif()
  endforeach()

  set(list "${folder}/.prodclone/ctest-suites.txt")
  if(NOT EXISTS "${folder}/.prodclone")
    file(MAKE_DIRECTORY "${folder}/.prodclone")
    file(CHMOD "${folder}/.prodclone" PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE)
  endif()
  file(CONFIGURE OUTPUT "${list}" CONTENT "${suites}" @ONLY)
  file(READ_SYMLINK /proc/self/exe ctest_)  # the one that reads this
  add_test(prodclone.census "${provision}" --gtest_filter=Census.EverySuiteIsBuiltAndItsCasesAreRegistered)
  set_tests_properties(prodclone.census PROPERTIES LABELS prodclone ENVIRONMENT
    "PRODCLONE_UNDER_CTEST=1;PRODCLONE_PROJECT=${config};PRODCLONE_CTEST=${ctest_};PRODCLONE_CTEST_DIR=${folder};PRODCLONE_SUITES_FILE=${list}")
endfunction()
