# The CMake functions for users.
#
#   prodclone_project(CONFIG <prodclone.json>)
#     Names the project that the suites below rehearse, and registers its provisioning and clean-up with CTest.
#     The environment variable PRODCLONE_CONFIG, read when a test runs, names another.
#   prodclone_add_standard_suites()
#     The suites that every migration should pass: schema, fk, data, locks, dirty, leftovers, roundtrip, ingestion, smoke, preflight.
#   prodclone_add_suite(<name> SOURCES <file>… [NEEDS <stage>…] [LABELS <label>…] [AFTER <stage>])
#     A suite: one GoogleTest binary, each of its tests a CTest entry labelled prodclone and <label>….
#     Stages: pristine migrated traffic clone fresh expected. AFTER <stage>: it waits for that one too, which may fail.
#   prodclone_add_case(<name> SOURCES <file>… [NEEDS <stage>…] [LABELS <label>…] [TIMED])
#     The same with the label refactor: one folder for each refactor. TIMED (also of suites): it judges durations, so
#     nothing else may run beside it.
#   prodclone_add_sql_cases([DIRECTORY <folder>])
#     The cases written in SQL alone in the project's folder refactors/, or in another one (from the project's own):
#     each file a CTest entry labelled prodclone, refactor and what its case.json names. They are looked for each time
#     ctest starts, so a new file needs no build. Part of the standard suites.
include_guard(GLOBAL)
include(GoogleTest)

set(PRODCLONE_STAGES pristine migrated traffic clone fresh expected CACHE INTERNAL "what a suite may need")
get_filename_component(PRODCLONE_SUITES_DIR ${CMAKE_CURRENT_LIST_DIR}/../suites ABSOLUTE)
set(PRODCLONE_SUITES_DIR ${PRODCLONE_SUITES_DIR} CACHE INTERNAL "where the standard suites are; unused once installed")
set(PRODCLONE_DISCOVER ${CMAKE_CURRENT_LIST_DIR}/ProdcloneDiscover.cmake CACHE INTERNAL "lists tests when ctest starts")
# Installed, it stands beside this file.
find_file(main_ suite_main.cpp PATHS ${CMAKE_CURRENT_LIST_DIR} ${CMAKE_CURRENT_LIST_DIR}/../fixtures/src
  NO_DEFAULT_PATH NO_CACHE REQUIRED)
set(PRODCLONE_SUITE_MAIN ${main_} CACHE INTERNAL "the main of every case")

function(prodclone_project)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "CONFIG" "")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "prodclone_project: unknown arguments: ${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT arg_CONFIG)
    message(FATAL_ERROR "prodclone_project: CONFIG <prodclone.json> is missing")
  endif()
  get_filename_component(config ${arg_CONFIG} ABSOLUTE)
  if(NOT EXISTS ${config})
    message(FATAL_ERROR "prodclone_project: ${config} does not exist")
  endif()
  set_property(GLOBAL PROPERTY prodclone_config ${config})
  set_property(GLOBAL PROPERTY prodclone_suites "")

  set(requires_migrated pristine)
  set(requires_traffic migrated)
  set(requires_clone migrated)
  set(requires_fresh pristine)
  set(requires_expected migrated)
  foreach(stage IN LISTS PRODCLONE_STAGES)
    # Not by REGEX REPLACE: its "^" matches again after every replacement.
    string(SUBSTRING ${stage} 0 1 first)
    string(SUBSTRING ${stage} 1 -1 rest)
    string(TOUPPER ${first} first)
    prodclone_add_entry_(prodclone.provision.${stage} Provision.${first}${rest})
    # A clone of production takes as long as it takes: the default of 1,500 s would kill it half-way.
    set_tests_properties(prodclone.provision.${stage} PROPERTIES FIXTURES_SETUP prodclone_${stage} TIMEOUT 86400)
    if(requires_${stage})
      set_tests_properties(prodclone.provision.${stage} PROPERTIES FIXTURES_REQUIRED prodclone_${requires_${stage}})
    endif()
  endforeach()
  # What it measures is only worth something when nothing else runs.
  set_tests_properties(prodclone.provision.migrated prodclone.provision.traffic PROPERTIES RUN_SERIAL TRUE)
  prodclone_add_entry_(prodclone.cleanup Cleanup.LeavesNothingOfThisRun)
  set(fixtures ${PRODCLONE_STAGES})
  list(TRANSFORM fixtures PREPEND prodclone_)
  set_tests_properties(prodclone.cleanup PROPERTIES FIXTURES_CLEANUP "${fixtures}" TIMEOUT 3600)
  prodclone_add_entry_(prodclone.census Census.EverySuiteIsBuiltAndItsCasesAreRegistered)
  set_property(TEST prodclone.census APPEND PROPERTY ENVIRONMENT "PRODCLONE_CTEST=${CMAKE_CTEST_COMMAND}"
    "PRODCLONE_CTEST_DIR=${CMAKE_BINARY_DIR}" "PRODCLONE_SUITES_FILE=${CMAKE_BINARY_DIR}/prodclone-suites.txt")
  cmake_language(DEFER DIRECTORY ${CMAKE_SOURCE_DIR} CALL prodclone_write_suites_)
endfunction()

# Their binaries belong to no project: prodclone's own build makes them, every project registers them.
function(prodclone_add_standard_suites)
  if(NOT prodclone_standard_)
    set(prodclone_standard_ register)
  endif()
  prodclone_add_suite(suite_schema SOURCES ${PRODCLONE_SUITES_DIR}/schema/schema_suite.cpp
    NEEDS clone fresh expected LABELS schema)
  prodclone_add_suite(suite_fk SOURCES ${PRODCLONE_SUITES_DIR}/fk/foreign_key_suite.cpp NEEDS clone LABELS fk)
  prodclone_add_suite(suite_data SOURCES ${PRODCLONE_SUITES_DIR}/data/data_suite.cpp NEEDS migrated LABELS data)
  prodclone_add_suite(suite_locks SOURCES ${PRODCLONE_SUITES_DIR}/locks/lock_suite.cpp NEEDS migrated traffic LABELS locks)
  prodclone_add_suite(suite_dirty SOURCES ${PRODCLONE_SUITES_DIR}/dirty/dirty_suite.cpp NEEDS pristine LABELS dirty)
  prodclone_add_suite(suite_load SOURCES ${PRODCLONE_SUITES_DIR}/load/load_suite.cpp NEEDS pristine LABELS data)
  prodclone_add_suite(suite_leftovers SOURCES ${PRODCLONE_SUITES_DIR}/leftovers/leftover_suite.cpp NEEDS migrated LABELS leftovers)
  prodclone_add_suite(suite_foreign_key_feasibility
    SOURCES ${PRODCLONE_SUITES_DIR}/feasibility/foreign_key_feasibility_suite.cpp NEEDS pristine LABELS fk AFTER migrated)
  prodclone_add_suite(suite_row_feasibility
    SOURCES ${PRODCLONE_SUITES_DIR}/feasibility/row_feasibility_suite.cpp NEEDS pristine LABELS data AFTER migrated)
  prodclone_add_suite(suite_ingestion SOURCES ${PRODCLONE_SUITES_DIR}/ingestion/ingestion_suite.cpp
    NEEDS migrated LABELS ingestion)
  prodclone_add_suite(suite_smoke SOURCES ${PRODCLONE_SUITES_DIR}/smoke/smoke_suite.cpp NEEDS migrated LABELS smoke)
  prodclone_add_suite(suite_roundtrip SOURCES ${PRODCLONE_SUITES_DIR}/roundtrip/round_trip_suite.cpp NEEDS migrated LABELS roundtrip TIMED)
  prodclone_add_suite(suite_preflight SOURCES ${PRODCLONE_SUITES_DIR}/preflight/preflight_suite.cpp
    NEEDS pristine LABELS preflight AFTER migrated)
  if(prodclone_standard_ STREQUAL "build")
    prodclone_build_standard_suite_(suite_sql_cases ${PRODCLONE_SUITES_DIR}/refactors/sql_cases.cpp "" refactor FALSE)
  else()
    prodclone_add_sql_cases()
  endif()
endfunction()

function(prodclone_add_sql_cases)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "DIRECTORY" "")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "prodclone_add_sql_cases: unknown arguments: ${arg_UNPARSED_ARGUMENTS}")
  endif()
  get_property(config GLOBAL PROPERTY prodclone_config)
  if(NOT config)
    message(FATAL_ERROR "prodclone_add_sql_cases: call prodclone_project(CONFIG prodclone.json) first")
  endif()
  set(arguments "")
  if(arg_DIRECTORY)
    set(arguments "--prodclone-cases=${arg_DIRECTORY}")
  endif()
  string(MD5 digest "${arguments}")
  string(SUBSTRING ${digest} 0 8 digest)
  set(script ${CMAKE_CURRENT_BINARY_DIR}/prodclone-sql-cases-${digest}.cmake)
  set(binary $<TARGET_FILE:prodclone::suite_sql_cases>)
  file(GENERATE OUTPUT ${script} CONTENT
    "include(\"${PRODCLONE_DISCOVER}\")\nprodclone_discover(suite_sql_cases \"${binary}\" CONFIG \"${config}\" ARGUMENTS \"${arguments}\")\n")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${script})
  prodclone_join_suites_(prodclone::suite_sql_cases)
  # It may have no case, unlike a suite in C++.
  set_property(GLOBAL APPEND PROPERTY prodclone_suites "suite_sql_cases?${binary}?${arguments}")
endfunction()

function(prodclone_add_suite name)
  prodclone_add_(prodclone_add_suite ${name} "" ${ARGN})
endfunction()

function(prodclone_add_case name)
  prodclone_add_(prodclone_add_case ${name} refactor ${ARGN})
endfunction()

function(prodclone_add_ caller name label)
  cmake_parse_arguments(PARSE_ARGV 3 arg "TIMED" "AFTER" "SOURCES;NEEDS;LABELS")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "${caller}(${name}): unknown arguments: ${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT arg_SOURCES)
    message(FATAL_ERROR "${caller}(${name}): SOURCES is missing")
  endif()
  get_property(config GLOBAL PROPERTY prodclone_config)
  if(NOT config AND NOT prodclone_standard_ STREQUAL "build")
    message(FATAL_ERROR "${caller}(${name}): call prodclone_project(CONFIG prodclone.json) first")
  endif()
  if(NOT arg_NEEDS)
    set(arg_NEEDS pristine)
  endif()
  foreach(stage IN LISTS arg_NEEDS)
    if(NOT stage IN_LIST PRODCLONE_STAGES)
      message(FATAL_ERROR "${caller}(${name}): NEEDS ${stage} is none of: ${PRODCLONE_STAGES}")
    endif()
  endforeach()
  set(target ${name})
  if(prodclone_standard_ STREQUAL "build")
    prodclone_build_standard_suite_(${name} "${arg_SOURCES}" "${arg_NEEDS}" "${arg_LABELS}" ${arg_TIMED})
    return()
  elseif(prodclone_standard_ STREQUAL "register")
    # In one build with prodclone it is the target itself, since nothing can be set on an alias.
    if(NOT TARGET ${name})
      set(target prodclone::${name})
    endif()
  else()
    add_executable(${name} ${arg_SOURCES})
    target_link_libraries(${name} PRIVATE prodclone::testing)
    prodclone_configure_suite_(${name} "${arg_NEEDS}" "${label};${arg_LABELS}" ${arg_TIMED})
    target_sources(${name} PRIVATE ${PRODCLONE_SUITE_MAIN})
    target_compile_definitions(${name} PRIVATE
      PRODCLONE_DEFAULT_CONFIG="${config}" PRODCLONE_CASE_DIR="${CMAKE_CURRENT_SOURCE_DIR}")
  endif()
  # The discovery script of CMake 3.25 keeps only the first of a list: each value gets its own key.
  set(properties LABELS prodclone)
  foreach(one IN LISTS label arg_LABELS)
    list(APPEND properties LABELS ${one})
  endforeach()
  foreach(stage IN LISTS arg_NEEDS)
    list(APPEND properties FIXTURES_REQUIRED prodclone_${stage})
  endforeach()
  if(arg_TIMED)
    list(APPEND properties RUN_SERIAL TRUE)
  endif()
  if(arg_AFTER)
    list(APPEND properties DEPENDS prodclone.provision.${arg_AFTER})
  endif()
  include(GoogleTest)  # in this scope too: it finds its script through a variable
  gtest_discover_tests(${target} NO_PRETTY_VALUES DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
    PROPERTIES ${properties} ENVIRONMENT PRODCLONE_UNDER_CTEST=1 ENVIRONMENT PRODCLONE_PROJECT=${config} TIMEOUT 3600)
  prodclone_join_suites_(${target})
  set_property(GLOBAL APPEND PROPERTY prodclone_suites "${name}=$<TARGET_FILE:${target}>")
endfunction()

function(prodclone_join_suites_ target)
  if(NOT TARGET prodclone_suites)
    add_custom_target(prodclone_suites)
    add_dependencies(prodclone_suites prodclone::provision)
  endif()
  add_dependencies(prodclone_suites ${target})
endfunction()

# What the suite's main must know, so that it can say it of itself where there is no CMake.
function(prodclone_configure_suite_ target needs labels timed)
  list(JOIN needs "," needs)
  list(REMOVE_ITEM labels "")
  list(JOIN labels "," labels)
  set(is_timed false)
  if(timed)
    set(is_timed true)
  endif()
  target_compile_definitions(${target} PRIVATE
    PRODCLONE_SUITE_NEEDS="${needs}" PRODCLONE_SUITE_LABELS="${labels}" PRODCLONE_SUITE_TIMED=${is_timed})
endfunction()

function(prodclone_build_standard_suite_ name sources needs labels timed)
  add_executable(${name} ${sources})
  add_executable(prodclone::${name} ALIAS ${name})
  target_link_libraries(${name} PRIVATE prodclone::testing)
  prodclone_configure_suite_(${name} "${needs}" "${labels}" ${timed})
  if(NOT name STREQUAL "suite_sql_cases")  # it has a main of its own
    target_sources(${name} PRIVATE ${PRODCLONE_SUITE_MAIN})
  endif()
  prodclone_install_program(${name} ${CMAKE_INSTALL_LIBEXECDIR}/prodclone)
  set_property(GLOBAL APPEND PROPERTY prodclone_standard_suites ${name})
endfunction()

function(prodclone_add_entry_ name filter)
  add_test(NAME ${name} COMMAND $<TARGET_FILE:prodclone::provision> --gtest_filter=${filter})
  get_property(config GLOBAL PROPERTY prodclone_config)
  set_tests_properties(${name} PROPERTIES LABELS prodclone
    ENVIRONMENT "PRODCLONE_UNDER_CTEST=1;PRODCLONE_PROJECT=${config}")
endfunction()

# What the census compares with what CTest knows.
function(prodclone_write_suites_)
  get_property(suites GLOBAL PROPERTY prodclone_suites)
  list(JOIN suites "\n" text)
  file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/prodclone-suites.txt CONTENT "${text}\n")
endfunction()
