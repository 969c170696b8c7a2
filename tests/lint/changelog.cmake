# The changelog's top entry is the version that is built.
#   cmake -DROOT=<source tree> -DVERSION=<project version> -P changelog.cmake
cmake_minimum_required(VERSION 3.25)
file(STRINGS ${ROOT}/CHANGELOG.md headings REGEX "^## ")
list(GET headings 0 top)
if(NOT top STREQUAL "## ${VERSION}")
  message(FATAL_ERROR "CHANGELOG.md begins with \"${top}\", and the project's version is ${VERSION}")
endif()
