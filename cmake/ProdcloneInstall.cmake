# What `cmake --install` puts where, and the package that find_package(prodclone) finds.
#
# prodclone_install_library(<target> <name>)                       lib, exported as prodclone::<name>
# prodclone_install_program(<target> <folder> [EXPORT_NAME <name>]) exported as prodclone::<name or target>
# prodclone_install_package()                                      headers, CMake files, docs; called once, at the end
set(prodclone_cmake_dir_ ${CMAKE_CURRENT_LIST_DIR})

function(prodclone_install_library target name)
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name})
  if(PRODCLONE_INSTALL)
    install(TARGETS ${target} EXPORT prodcloneTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
  endif()
endfunction()

function(prodclone_install_program target folder)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "EXPORT_NAME" "")
  if(arg_EXPORT_NAME)
    set_target_properties(${target} PROPERTIES EXPORT_NAME ${arg_EXPORT_NAME})
  endif()
  if(PRODCLONE_INSTALL)
    install(TARGETS ${target} EXPORT prodcloneTargets RUNTIME DESTINATION ${folder})
  endif()
endfunction()

# What ctest/ProdcloneRehearse.cmake must know, of this build and of the installation.
function(prodclone_name_programs_)
  get_property(suites GLOBAL PROPERTY prodclone_standard_suites)
  set(list "set(PRODCLONE_STANDARD_SUITES ${suites})\n")
  file(WRITE ${PROJECT_BINARY_DIR}/package/ProdcloneRehearse.cmake
    "set(PRODCLONE_PROGRAMS \"${CMAKE_RUNTIME_OUTPUT_DIRECTORY}\")\n${list}include(\"${PROJECT_SOURCE_DIR}/ctest/ProdcloneRehearse.cmake\")\n")
  file(RELATIVE_PATH programs /${CMAKE_INSTALL_LIBDIR}/cmake/prodclone /${CMAKE_INSTALL_LIBEXECDIR}/prodclone)
  file(WRITE ${PROJECT_BINARY_DIR}/package/ProdclonePrograms.cmake
    "get_filename_component(PRODCLONE_PROGRAMS \"\${CMAKE_CURRENT_LIST_DIR}/${programs}\" ABSOLUTE)\n${list}")
endfunction()

# What the installed libraries link to, by the rooms' own LIBRARIES: "OpenSSL::Crypto" is of the package OpenSSL.
function(prodclone_find_dependencies_ result)
  get_property(libraries GLOBAL PROPERTY prodclone_libraries)
  list(APPEND libraries GTest::gmock)
  list(REMOVE_DUPLICATES libraries)
  set(lines "find_dependency(PkgConfig)")
  foreach(library IN LISTS libraries)
    if(library MATCHES "^PkgConfig::(.+)$")
      list(APPEND lines "pkg_check_modules(${CMAKE_MATCH_1} REQUIRED IMPORTED_TARGET ${CMAKE_MATCH_1})")
    elseif(library MATCHES "^(.+)::")
      list(APPEND lines "find_dependency(${CMAKE_MATCH_1})")
    endif()
  endforeach()
  list(REMOVE_DUPLICATES lines)
  list(JOIN lines "\n" text)
  set(${result} "${text}" PARENT_SCOPE)
endfunction()

function(prodclone_install_package)
  prodclone_name_programs_()
  if(NOT PRODCLONE_INSTALL)
    return()
  endif()
  include(CMakePackageConfigHelpers)
  set(package ${CMAKE_INSTALL_LIBDIR}/cmake/prodclone)
  prodclone_find_dependencies_(PRODCLONE_DEPENDENCIES)
  configure_package_config_file(${prodclone_cmake_dir_}/prodcloneConfig.cmake.in
    ${PROJECT_BINARY_DIR}/package/prodcloneConfig.cmake INSTALL_DESTINATION ${package})
  # Before 1.0 every minor version may break its users.
  write_basic_package_version_file(${PROJECT_BINARY_DIR}/package/prodcloneConfigVersion.cmake COMPATIBILITY SameMinorVersion)
  install(FILES ${PROJECT_BINARY_DIR}/package/prodcloneConfig.cmake ${PROJECT_BINARY_DIR}/package/prodcloneConfigVersion.cmake
    ${PROJECT_BINARY_DIR}/package/ProdclonePrograms.cmake DESTINATION ${package})
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/ctest/ DESTINATION ${package} FILES_MATCHING PATTERN "*.cmake")
  install(EXPORT prodcloneTargets NAMESPACE prodclone:: DESTINATION ${package})
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/harness/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
  install(FILES ${PROJECT_SOURCE_DIR}/docs/prodclone.schema.json DESTINATION ${CMAKE_INSTALL_DATADIR}/prodclone)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} FILES_MATCHING PATTERN "*.md")
  install(FILES ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
endfunction()
