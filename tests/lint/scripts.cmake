# The shell scripts parse.
#   cmake -DROOT=<source tree> -P scripts.cmake
cmake_minimum_required(VERSION 3.25)
foreach(script IN ITEMS ctest/rehearse.sh ctest/selftest.sh ctest/setup.sh .ci/run)
  execute_process(COMMAND bash -n ${ROOT}/${script} RESULT_VARIABLE result ERROR_VARIABLE error)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${script}: ${error}")
  endif()
endforeach()
