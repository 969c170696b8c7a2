# prodclone_tests(<room> [UNIT <file>_test.cpp…] [PG <file>_pgtest.cpp…] [USES <room>…] [LIBRARIES <target>…])
#
# The self-tests of one room: binaries <room>_test and <room>_pgtest, each test case its own CTest entry.
# Labels: unit needs nothing, pg needs a server (the fixture selftest_server). Labels of self-tests must not match the
# regular expressions that users pass to `ctest -L` for the suites.
function(prodclone_tests room)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "UNIT;PG;USES;LIBRARIES")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "prodclone_tests(${room}): unknown arguments: ${arg_UNPARSED_ARGUMENTS}")
  endif()
  list(TRANSFORM arg_USES PREPEND prodclone::)
  foreach(kind IN ITEMS UNIT PG)
    if(NOT arg_${kind})
      continue()
    endif()
    if(kind STREQUAL "UNIT")
      set(target ${room}_test)
      set(properties LABELS unit)
      set(main GTest::gmock_main)
    else()
      set(target ${room}_pgtest)
      set(properties LABELS pg FIXTURES_REQUIRED selftest_server)
      set(main prodclone_selftest_main)
    endif()
    add_executable(${target} ${arg_${kind}})
    target_link_libraries(${target} PRIVATE
      prodclone::${room} ${arg_USES} ${arg_LIBRARIES} ${main} GTest::gmock prodclone_warnings)
    gtest_discover_tests(${target}
      TEST_PREFIX ${room}. NO_PRETTY_VALUES DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
      PROPERTIES ${properties} TIMEOUT 300)
  endforeach()
endfunction()
